"""Corpora → store, from scan to report: what `ser extract` does in one call.

report = extract_corpora(["ravdess", "mine.csv"], data=Path("data/raw"), store=Path("data/store"))
report.stored, report.unchanged, len(report.failures)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import loky

from ser_features import corpora
from ser_features.config import PROFILES, SPEECH16K, Profile
from ser_features.engine.local import Progress, Work, run_local
from ser_features.engine.plan import Plan, plan, sweep
from ser_features.engine.shard import failure_row, read_rows
from ser_features.engine.task import Failure, Target
from ser_features.engine.work import probe, run_shard
from ser_features.errors import InputError
from ser_features.extractors import DEFAULT_FAMILIES, FAMILIES, FRAMES, check_families, columns
from ser_features.manifest import Copies, Scan
from ser_features.pipeline import digest
from ser_features.store import Store, layout, open_or_create
from ser_features.store.description import Description, FrameFamily, read_description
from ser_features.store.schema import FRAME_COLUMNS, VARIANT_COLUMNS
from ser_features.store.write import commit_failures

DEFAULT_PROFILE = SPEECH16K
"""Of a new store, unless another is asked for."""

NAMES_SHARD = "names"
"""Shard of failures/ that lists files whose names do not parse."""


@dataclass(slots=True)
class ExtractReport:
    """What a run did.

    Attributes:
        stored: recordings computed and stored by this run.
        unchanged: recordings that the store already held.
        failures: refused files, those of earlier runs whose bytes are the same among them.
        copies: second copies that were left out, by corpus.
        identical: groups of file_ids that hold the same bytes.
        counts: rows by (corpus, emotion) of the corpora of this run.
    """

    stored: int = 0
    unchanged: int = 0
    failures: list[Failure] = field(default_factory=list)
    copies: dict[str, tuple[Copies, ...]] = field(default_factory=dict)
    identical: list[tuple[str, ...]] = field(default_factory=list)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observer:
    """Told of a run's progress; the command line draws its bar from it.

    Attributes:
        on_plan: called once with the number of recordings to compute and of those that need nothing.
        on_progress: called with (finished, of which failed) so far.
    """

    on_plan: Callable[[int, int], None] = lambda todo, unchanged: None
    on_progress: Progress = lambda finished, failed: None


def extract_corpora(
    datasets: Sequence[str],
    *,
    data: Path,
    store: Path,
    profile: Profile | None = None,
    families: Sequence[str] | None = None,
    workers: int | None = None,
    limit: int | None = None,
    observer: Observer | None = None,
) -> ExtractReport:
    """Bring a store up to date with corpora: do what is missing or changed, and nothing else.

    Args:
        datasets: names of corpora, or paths of users' own tables (*.csv).
        data: folder with a folder per corpus.
        store: folder of the store; made if it does not exist.
        profile: feature configuration; that of the store, or speech16k for a new one, by default.
        families: what to store; what the store holds, or `DEFAULT_FAMILIES` for a new one, by default.
        workers: processes; one per core by default.
        limit: at most so many recordings per corpus, evenly spread.
        observer: told of the progress.

    Returns:
        What was done, refused and noticed.

    Raises:
        InputError: if a corpus is not where it should be, or the store has another profile.
    """
    observer = observer or Observer()
    scans = scan_corpora(datasets, data)
    opened = _open(store, profile, families)
    sweep(opened)
    target = Target.of(opened.root, opened.profile, opened.families)
    plans = [plan(scan, opened, target, limit) for scan in scans]
    _store_rejected(opened, scans)
    report = _begin(scans, plans, opened)
    tasks = [task for each in plans for task in each.tasks]
    observer.on_plan(sum(len(task.compute) for task in tasks), report.unchanged)
    work = Work(run_shard, probe)
    for summary in run_local(tasks, work, workers or loky.cpu_count(), observer.on_progress):
        report.stored += summary.stored
        report.failures += summary.failures
    _finish(report, opened, [scan.dataset for scan in scans])
    return report


def scan_corpora(datasets: Sequence[str], data: Path) -> list[Scan]:
    """Scan each corpus once.

    Raises:
        InputError: if none is named, or two have the same name.
    """
    if not datasets:
        raise InputError(f"no corpus named: expected --datasets with some of {', '.join(corpora.names())}")
    features = (column for profile in PROFILES.values() for column in columns(FAMILIES, profile))
    reserved = {column.name for column in (*features, *FRAME_COLUMNS, *VARIANT_COLUMNS)}
    scans = [corpora.scan(word, data, reserved=reserved) for word in dict.fromkeys(datasets)]
    names = [scan.dataset for scan in scans]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise InputError(f"two corpora are called {min(twice)!r}: expected different names: rename one table")
    return scans


def _open(root: Path, profile: Profile | None, families: Sequence[str] | None) -> Store:
    if (root / layout.DESCRIPTION).is_file():
        found = read_description(root)
        profile, families = profile or found.profile, families or found.families
    return open_or_create(root, describe(profile or DEFAULT_PROFILE, families or DEFAULT_FAMILIES))


def describe(profile: Profile, families: Sequence[str]) -> Description:
    """What a store of the given profile and families holds, by this version's extractors.

    Raises:
        InputError: if a family is unknown.
    """
    held = check_families(families)
    frames = (FRAMES[name] for name in held if name in FRAMES)
    return Description(
        profile=profile,
        digest=digest(profile, held),
        families=held,
        features=columns(held, profile),
        frames=tuple(FrameFamily(each.name, each.unit, each.description) for each in frames),
    )


def _begin(scans: Sequence[Scan], plans: Sequence[Plan], store: Store) -> ExtractReport:
    """The report as it stands before any work: what needs none, and what is refused by its name."""
    report = ExtractReport(unchanged=sum(each.unchanged for each in plans))
    known = {file_id for each in plans for file_id in each.known_failures}
    for row in store.failures([scan.dataset for scan in scans]).to_pylist():
        if row["stage"] == "name" or row["file_id"] in known:
            report.failures.append(Failure.of(row))
    report.copies = {scan.dataset: scan.copies for scan in scans if scan.copies}
    return report


def _store_rejected(store: Store, scans: Sequence[Scan]) -> None:
    """Keep the names that do not parse in failures/, touching the file only if they changed."""
    for scan in scans:
        part = layout.dataset_folder(store.root, "failures", scan.dataset) / layout.part_name(NAMES_SHARD)
        before = {row["file_id"]: row for row in read_rows(part)}
        failures = [
            Failure(
                f"{scan.dataset}/{rejected.path}", rejected.path, "name", "FileNameError", rejected.reason
            )
            for rejected in scan.rejected
        ]
        if {f.file_id: f.message for f in failures} != {i: row["message"] for i, row in before.items()}:
            rows = [failure_row(failure, before.get(failure.file_id)) for failure in failures]
            commit_failures(part, rows, layout.run_id())


def _finish(report: ExtractReport, store: Store, datasets: Sequence[str]) -> None:
    """Count what is stored, and find recordings that hold the same bytes."""
    rows = store.table(
        [name for name in datasets if store.parts(name)], ["file_id", "emotion", "audio_sha256"]
    ).to_pylist()
    same: dict[str, list[str]] = {}
    for row in rows:
        key = (row["dataset"], row["emotion"])
        report.counts[key] = report.counts.get(key, 0) + 1
        same.setdefault(row["audio_sha256"], []).append(row["file_id"])
    report.identical = sorted(tuple(sorted(group)) for group in same.values() if len(group) > 1)
    report.failures.sort(key=lambda failure: failure.file_id)
