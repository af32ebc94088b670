"""Corpora → store, from scan to report: what `ser extract` does in one call.

report = extract_corpora(["ravdess", "mine.csv"], data=Path("data/raw"), store=Path("data/store"))
report.stored, report.unchanged, len(report.failures)
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ser_features import corpora
from ser_features.config import PROFILES, EncoderConfig, Profile
from ser_features.engine.local import Local
from ser_features.engine.open_store import open_for
from ser_features.engine.plan import Plan, plan
from ser_features.engine.report import ExtractReport, begin, finish
from ser_features.engine.runner import Progress, Runner, Work
from ser_features.engine.shard import failure_row, read_rows
from ser_features.engine.task import Failure, Target
from ser_features.engine.work import probe, run_shard
from ser_features.errors import InputError
from ser_features.extractors import columns, encoder_free
from ser_features.extractors.encoder import check
from ser_features.files import is_local, writing
from ser_features.manifest import Scan
from ser_features.store import Store, layout, locks
from ser_features.store.schema import FRAME_COLUMNS, VARIANT_COLUMNS
from ser_features.store.sweep import sweep, sweep_frames
from ser_features.store.write import commit_failures

NAMES_SHARD = "names"
"""Shard of failures/ that lists files whose names do not parse."""


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
    features: Sequence[str] | None = None,
    encoder: EncoderConfig | None = None,
    workers: int | None = None,
    runner: Runner | None = None,
    limit: int | None = None,
    observer: Observer | None = None,
) -> ExtractReport:
    """Bring a store up to date with corpora: do what is missing or changed, and nothing else.

    Args:
        datasets: names of corpora, or paths of users' own tables (*.csv).
        data: folder with a folder per corpus.
        store: folder of the store; made if it does not exist.
        profile: feature configuration; that of the store, or speech16k for a new one, by default.
        features: feature families to store; default: those of the store, `DEFAULT_FAMILIES` for a new one.
        encoder: of the family ssl, from `extractors.encoder.configure`; that of the store by default.
        workers: processes of this machine; one per core by default.
        runner: who does the work instead, such as `cluster.Dask`.
        limit: at most so many recordings per corpus, evenly spread.
        observer: told of the progress.

    Returns:
        What was done, refused and noticed.

    Raises:
        InputError: if a corpus is not where it should be, or the store has another profile.
    """
    observer = observer or Observer()
    scans = scan_corpora(datasets, data)
    if encoder:
        check(encoder)
    with ExitStack() as stack:
        with writing("the store", store):
            opened = open_for(store, profile, features, encoder)
            run = stack.enter_context(locks.running(opened.root))
            plans = plan_corpora(scans, opened, run, limit)
        report = begin(scans, plans, opened)
        tasks = [task for each in plans for task in each.tasks]
        todo = sum(len(task.compute) for task in tasks)
        if todo and opened.profile.encoder and not encoder:
            check(opened.profile.encoder)
        observer.on_plan(todo, report.unchanged)
        work = Work(run_shard, probe)
        for summary in (runner or Local(workers)).run(tasks, work, observer.on_progress):
            report.stored += summary.stored
            report.failures += summary.failures
        with writing("the store", store):
            if run.become_alone():  # what died just before this run may have been dying still when it began
                sweep(opened.root)
    finish(report, opened, [scan.dataset for scan in scans])
    return report


def scan_corpora(datasets: Sequence[str], data: Path) -> list[Scan]:
    """Scan each corpus once.

    Raises:
        InputError: if none is named, or two have the same name.
    """
    if not datasets:
        raise InputError(f"no corpus named: expected --datasets with some of {', '.join(corpora.names())}")
    scans = [corpora.scan(name, data, is_reserved=is_reserved) for name in dict.fromkeys(datasets)]
    names = [scan.dataset for scan in scans]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise InputError(f"two corpora are called {min(twice)!r}: expected different names: rename one table")
    return scans


def is_reserved(name: str) -> bool:
    """Whether a column of this name is a feature of some profile, or tells where frames and copies are."""
    features = (column for profile in PROFILES.values() for column in columns(encoder_free(), profile))
    return any(name == column.name for column in (*FRAME_COLUMNS, *VARIANT_COLUMNS, *features))


def plan_corpora(scans: Sequence[Scan], store: Store, run: locks.Run, limit: int | None = None) -> list[Plan]:
    """Find out what a store lacks, and clear away what died in it if nobody else is there.

    Args:
        scans: the corpora.
        store: the store.
        run: this run, which lets others in once it is done here.
        limit: at most so many recordings per corpus.
    """
    target = Target.of(store.root, store.profile, store.families)
    plans = [plan(scan, store, target, limit) for scan in scans]
    if run.alone or not is_local(store.root):
        sweep(store.root)
        for scan, each in zip(scans, plans, strict=True):
            sweep_frames(store.root, scan.dataset, each.referenced)
    run.share()
    _store_rejected(store, scans)
    return plans


def _store_rejected(store: Store, scans: Sequence[Scan]) -> None:
    """Keep the names that do not parse in failures/, touching the file only if they changed."""
    for scan in scans:
        part = layout.part_path(store.root, "failures", scan.dataset, NAMES_SHARD)
        before = {row["file_id"]: row for row in read_rows(part)}
        failures = [
            Failure(
                f"{scan.dataset}/{rejected.path}", rejected.path, "name", "FileNameError", rejected.reason
            )
            for rejected in scan.rejected
        ]
        if {f.file_id: f.message for f in failures} != {i: row["message"] for i, row in before.items()}:
            rows = [failure_row(failure, before.get(failure.file_id)) for failure in failures]
            with locks.committing(store.root):
                commit_failures(part, rows)
