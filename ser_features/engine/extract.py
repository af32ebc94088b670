"""Corpora → store, from scan to report: the call behind `ser extract`.

report = extract_corpora(["ravdess", "mine.csv"], data=Path("data/raw"), store=Path("data/store"))
report.stored, report.unchanged, len(report.failures)
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ser_features import corpora
from ser_features.arguments import PathLike
from ser_features.config import PROFILES, Channel, EncoderConfig, Profile
from ser_features.corpora.channels import by_channel
from ser_features.engine.open_store import open_for
from ser_features.engine.plan import Plan, plan
from ser_features.engine.prepare import prepare
from ser_features.engine.report import AudioNote, ExtractReport
from ser_features.engine.runner import Local, Progress, Runner, Work
from ser_features.engine.shard import failure_row, probe, read_rows, run_shard
from ser_features.engine.task import SECOND_COPY, Failure, Target
from ser_features.errors import InputError
from ser_features.extractors import columns, encoder_free
from ser_features.extractors.encoder import check
from ser_features.files import is_local, writing
from ser_features.labels import problem
from ser_features.manifest import NOTE_SEPARATOR, Scan
from ser_features.store import Store, layout, locks, oddities
from ser_features.store.description import FRAME_COLUMNS, VARIANT_COLUMNS
from ser_features.store.origins import claim
from ser_features.store.write import commit_failures, sweep, sweep_frames

if TYPE_CHECKING:
    from ser_features.label_map import LabelMap

NAMES_SHARD = "names"
"""Shard of failures/ that lists files whose names do not parse."""


@dataclass(frozen=True, slots=True)
class Observer:
    """Callbacks for the progress of a run.

    Attributes:
        on_plan: called once with the number of recordings to compute and of those that need no work.
        on_progress: called with (finished, of which failed) so far.
        on_copies: as `on_plan`, for the augmented copies: recordings whose copies are to compute, and those
            whose copies need no work. The progress after it is that of the copies.
    """

    on_plan: Callable[[int, int], None] = lambda todo, unchanged: None
    on_progress: Progress = lambda finished, failed: None
    on_copies: Callable[[int, int], None] = lambda todo, unchanged: None


def extract_corpora(
    datasets: Sequence[str],
    *,
    data: Path,
    store: Path,
    profile: Profile | None = None,
    features: Sequence[str] | None = None,
    encoder: EncoderConfig | None = None,
    emotions: Mapping[str, str] | None = None,
    labels: PathLike | None = None,
    root: Path | None = None,
    workers: int | None = None,
    runner: Runner | None = None,
    limit: int | None = None,
    keep_missing: bool = False,
    channel: Channel | None = None,
    observer: Observer | None = None,
) -> ExtractReport:
    """Bring a store up to date with corpora: compute only what is missing or changed, remove what is gone.

    Args:
        datasets: names of corpora, or paths of users' own tables.
        data: folder with one folder per corpus.
        store: folder of the store, created if it does not exist.
        profile: feature configuration; default: that of the store, `DEFAULT_PROFILE` for a new one.
        features: feature families to store; default: those of the store, `DEFAULT_FAMILIES` for a new one.
        encoder: of the family ssl, from `extractors.encoder.configure`; default: that of the store.
        emotions: word that replaces a word of a table.
        labels: "as-is", "none", or the path of a file of words and their labels, as for `read_label_map`
            (`label_map`); default: the usual spellings and synonyms.
        root: folder that relative paths of tables are below; default: that of each table.
        workers: number of processes of this machine; default: one per core.
        runner: runs the tasks instead of `workers` processes, such as `cluster.Dask`.
        limit: maximum number of recordings per corpus, evenly spread.
        keep_missing: whether rows stay whose recordings are gone; those of refused recordings leave anyway.
        channel: of recordings with several; "each" makes one row per channel. Default: that of the profile.
        observer: callbacks for the progress.

    Returns:
        Recordings stored, unchanged, refused and left out.

    Raises:
        InputError: if a corpus is not found, or the store has another profile.
    """
    observer = observer or Observer()
    scans = scan_corpora(datasets, data, emotions, labels, root)
    if channel == "each":
        scans = [by_channel(scan) for scan in scans]
    if encoder:
        check(encoder)
    with ExitStack() as stack:
        with writing("the store", store):
            opened = open_for(store, profile, features, encoder, None if channel == "each" else channel)
            run = stack.enter_context(locks.running(opened.root))
            plans = plan_corpora(scans, opened, run, limit, keep_missing=keep_missing)
        tasks = [task for one in plans for task in one.tasks]
        todo = sum(len(task.compute) for task in tasks)
        if todo and opened.profile.encoder and not encoder:
            check(opened.profile.encoder)
        observer.on_plan(todo, sum(one.unchanged for one in plans))
        work = Work(run_shard, probe, partial(prepare, opened.profile, opened.families))
        summaries = (runner or Local(workers)).run(tasks, work, observer.on_progress)
        report = begin_report(scans, plans, opened)  # while workers import what they need
        report.corpus_notes += [run.note] if run.note else []
        for summary in summaries:
            report.stored += summary.stored
            report.failures += (failure for failure in summary.failures if failure.stage != SECOND_COPY)
        with writing("the store", store):
            for scan in scans:
                if scan.votes or layout.parts(opened.root, "labels", scan.dataset):
                    _follow_votes(opened, scan)
            if run.try_exclusive():  # a process that was dying when this run began may have left files since
                sweep(opened.root)
    _finish_report(report, opened, [scan.dataset for scan in scans])
    return report


def scan_corpora(
    datasets: Sequence[str],
    data: Path,
    emotions: Mapping[str, str] | None = None,
    labels: PathLike | None = None,
    root: Path | None = None,
) -> list[Scan]:
    """Scan each corpus once.

    Args:
        datasets: names of corpora, or paths of tables.
        data: folder with one folder per corpus.
        emotions: word that replaces a word of a table.
        labels: as for `extract_corpora`.
        root: as for `extract_corpora`.

    Raises:
        InputError: if none is named, or two have the same name.
    """
    words = corpora.separated(datasets)
    if not words:
        raise InputError(f"no corpus named: expected --datasets with some of {', '.join(corpora.names())}")
    if (emotions or root) and not any(map(corpora.is_table, words)):
        what = "--emotions maps the labels" if emotions else "--root is the folder of the paths"
        raise InputError(f"{what} of a table, and no table is among the corpora: leave it out")
    if root and not root.is_dir():
        raise InputError(f"--root {root} is no folder: expected that of the recordings: check the path")
    for emotion in (emotions or {}).values():
        if why := problem(emotion):
            raise InputError(why)
    label_map = _label_map(labels) if labels else None
    read = [
        corpora.scan(name, data, emotions=emotions, labels=label_map, is_taken=is_taken, root=root)
        for name in words
    ]
    scans = list({(scan.dataset, scan.table): scan for scan in read}.values())  # `RAVDESS` is `ravdess`
    names = [scan.dataset for scan in scans]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise InputError(f"two corpora are called {min(twice)!r}: expected different names: rename one table")
    return scans


def _label_map(labels: PathLike) -> "LabelMap":
    from ser_features.label_map import read_label_map

    return read_label_map(labels)


def is_taken(name: str) -> bool:
    """Whether a column of this name is a feature of some profile, or tells where frames and copies are."""
    features = (column for profile in PROFILES.values() for column in columns(encoder_free(), profile))
    return any(name == column.name for column in (*FRAME_COLUMNS, *VARIANT_COLUMNS, *features))


def plan_corpora(
    scans: Sequence[Scan],
    store: Store,
    run: locks.Run,
    limit: int | None = None,
    *,
    keep_missing: bool = False,
) -> list[Plan]:
    """Determine what a store lacks; remove files of dead runs if no other run is in the store.

    Args:
        scans: the corpora.
        store: the store.
        run: lock of this run, shared with other runs on return.
        limit: maximum number of recordings per corpus.
        keep_missing: whether rows stay whose recordings are gone.

    Raises:
        InputError: if the store has another corpus of the same name.
    """
    for scan in scans:
        claim(store, scan, keep_missing=keep_missing, alone=run.exclusive)
    target = Target.of(store.root, store.profile, store.families)
    plans = [plan(scan, store, target, limit, keep_missing=keep_missing) for scan in scans]
    if run.exclusive or not is_local(store.root):
        sweep(store.root)
        for scan, one in zip(scans, plans, strict=True):
            sweep_frames(store.root, scan.dataset, one.referenced)
    run.share()
    _store_rejected(store, scans)
    return plans


def _store_rejected(store: Store, scans: Sequence[Scan]) -> None:
    """Store the names that do not parse in failures/; the file is written only if they changed."""
    for scan in scans:
        part = layout.part_path(store.root, "failures", scan.dataset, NAMES_SHARD)
        stored = read_rows(part)
        before = {row["file_id"]: row for row in stored}
        failures = [
            Failure(
                f"{scan.dataset}/{rejected.path}",
                rejected.path,
                "name",
                rejected.error_class,
                rejected.reason,
            )
            for rejected in scan.rejected
        ]
        # Wrong rows of a table that name one file have the same file_id.
        if {(f.file_id, f.message) for f in failures} != {(row["file_id"], row["message"]) for row in stored}:
            rows = [failure_row(failure, before.get(failure.file_id)) for failure in failures]
            with locks.committing(store.root):
                commit_failures(part, rows)


def begin_report(scans: Sequence[Scan], plans: Sequence[Plan], store: Store) -> ExtractReport:
    """Report before any task is run: unchanged recordings, and files refused by name or by earlier runs."""
    failed = {file_id for one in plans for file_id in one.failed}
    rows = store.failures([scan.dataset for scan in scans]).to_pylist()
    return ExtractReport(
        unchanged=sum(one.unchanged for one in plans),
        relabelled=sum(one.relabelled for one in plans),
        removed=[file_id for one in plans for file_id in one.removed],
        damaged=[path for one in plans for path in one.damaged],
        failures=[Failure.of(row) for row in rows if row["stage"] == "name" or row["file_id"] in failed],
        corpus_notes=[note for scan in scans for note in scan.notes],
        duplicates={scan.dataset: scan.duplicates for scan in scans if scan.duplicates},
    )


def _follow_votes(store: Store, scan: Scan) -> None:
    from ser_features.engine.votes import follow_votes

    follow_votes(store, scan)


def _finish_report(report: ExtractReport, store: Store, datasets: Sequence[str]) -> None:
    """Count the stored rows and their notes, and find those that contradict each other or do not belong."""
    held = [name for name in datasets if store.parts(name)]
    rows = store.table(held, ["path", "audio_notes", *oddities.COLUMNS])
    for row in rows.group_by(["dataset", "emotion"]).aggregate([([], "count_all")]).to_pylist():
        report.counts[row["dataset"], row["emotion"]] = row["count_all"]
    report.identical = oddities.identical(rows)
    twins = pa.array([file_id for group in report.identical for file_id in group], pa.string())
    report.contradictory = oddities.contradictory(rows.filter(pc.is_in(rows["file_id"], twins)))
    report.modalities = oddities.in_several_modalities(rows)
    report.overlong = oddities.overlong(rows)
    refused = (Failure.of(row) for row in store.failures(datasets).to_pylist() if row["stage"] == SECOND_COPY)
    report.second_copies = sorted(refused, key=lambda failure: failure.path)
    report.notes = _notes(rows)
    report.failures.sort(key=lambda failure: failure.file_id)


def _notes(rows: pa.Table) -> list[AudioNote]:
    """The distinct notes on files, each with its number of recordings and one of them."""
    noted = rows.filter(pc.is_valid(rows["audio_notes"])).select(["path", "audio_notes"])
    paths: dict[str, list[str]] = {}
    for row in noted.to_pylist():
        for note in row["audio_notes"].split(NOTE_SEPARATOR):
            paths.setdefault(note, []).append(row["path"])
    notes = [AudioNote(note, len(of_note), min(of_note)) for note, of_note in paths.items()]
    return sorted(notes, key=lambda note: (-note.count, note.note))
