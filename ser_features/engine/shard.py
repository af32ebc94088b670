"""In a worker: bring one shard of a store up to date. TensorFlow and pandas are never imported.

`ShardTask` → `run_shard` → each recording's bytes → `pipeline.extract_bytes` → row and frames, or a `Failure`
table as stored → rows that stay + rows of computed recordings → failures, then frames, then the table

The rename of the table is the commit. It happens only if the table is still the one that was read; otherwise
the task starts again from what another run has committed.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ser_features import audio, pipeline
from ser_features.audio import excerpts
from ser_features.engine.task import DONE, FAILED, SECOND_COPY, Failure, ShardSummary, ShardTask, Task
from ser_features.errors import AudioError, SerError
from ser_features.files import writing
from ser_features.manifest import NAME_COLUMNS, Recording
from ser_features.store import layout, locks
from ser_features.store.part import StoredTable, read_table, version
from ser_features.store.write import FrameWriter, commit_failures, commit_rows, table_of

Row = dict[str, Any]

Computed = tuple[Row, Mapping[str, np.ndarray], Mapping[str, np.ndarray]]
"""A row without the position of its frames, frames by family, and values of the wide families."""

Compute = Callable[[Recording], Iterable[Computed | Failure]]
"""Computes the rows of one recording."""


@dataclass(slots=True)
class _Outcome:
    """Results of a task's recordings.

    Attributes:
        rows: computed rows.
        failures: recordings or copies that could not be computed.
        others: file_ids of rows that another run committed since the task was planned.
    """

    rows: list[Row] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    others: set[str] = field(default_factory=set)


def run_shard(task: ShardTask) -> ShardSummary:
    """Bring one shard of recordings up to date.

    Returns:
        Number of recordings stored, and those that were refused.
    """
    relabelled = {recording.file_id: names(recording) for recording in task.relabel}
    return bring_up_to_date(task, lambda recording: _extract(task, recording), relabelled)


def probe(task: ShardTask, recording: Recording) -> None:
    """Compute one recording and discard the result, to see whether its worker survives."""
    list(_extract(task, recording))


def _extract(task: ShardTask, recording: Recording) -> Iterator[Computed | Failure]:
    """Features of a recording, or the reason of its refusal. No error of a recording stops the others.

    Of several files of a recording the first one that is not refused counts; the refusal of the best one is
    recorded as well.
    """
    first = _measured(task, recording)
    result = first
    for path in recording.alternatives:
        if not isinstance(result, Failure):
            break
        result = _measured(task, replace(recording, path=path))
    if isinstance(result, Failure):
        yield first
        return
    yield result
    if isinstance(first, Failure):
        yield replace(first, stage=SECOND_COPY)


def _measured(task: ShardTask, recording: Recording) -> Computed | Failure:
    """Features of one file, or the reason of its refusal."""
    path = task.data_root / recording.path
    content: bytes | None = None
    profile, families = task.target.profile, task.target.families

    def failure(stage: str, error_class: str, message: str, digest: str | None) -> Failure:
        return Failure(recording.file_id, recording.path, stage, error_class, message, digest)

    if message := task.quarantined.get(recording.file_id):
        return failure("worker", "WorkerDiedError", message, audio.sha256_if_readable(path))
    try:
        size, modified = _stamp(path)  # before it is read: later changes are noticed
        if recording.is_part:
            features = pipeline.extract_part(task.source(recording), profile, families)
        else:
            content = audio.read_bytes(path)
            features = pipeline.extract_bytes(content, profile, families, recording.audio_channel)
    except Exception as error:
        digest = digest_of(recording, path, content)
        stage = "audio" if isinstance(error, AudioError) else "features"
        return failure(stage, type(error).__name__, explain(error), digest)
    about_file = {
        "source_sample_rate": features.source_sample_rate,
        "channels": features.channels,
        "audio_notes": features.audio_notes,
        "audio_sha256": features.audio_sha256,
        "source_size": size,
        "source_mtime": modified,
    }
    return names(recording) | numbers(features.columns) | about_file, features.frames, features.wide


def digest_of(recording: Recording, path: Path, content: bytes | None) -> str | None:
    """SHA-256 of a recording's file; None if it was not read.

    Args:
        recording: a file, or a part of one.
        path: of the file.
        content: its bytes; None for a part, or if they were not read.
    """
    if recording.is_part:
        return excerpts.sha256_of(path)
    return None if content is None else hashlib.sha256(content).hexdigest()


def _stamp(path: Path) -> tuple[int | None, int | None]:
    """Size and modification time for the row; no time if a later change might not show in it."""
    size, modified = audio.stamp(path) or (None, None)
    return size, modified if modified is not None and audio.is_settled(modified) else None


def bring_up_to_date(
    task: Task, compute: Compute, relabelled: Mapping[str, Row] | None = None
) -> ShardSummary:
    """Keep the rows that the task keeps, compute the others, commit both.

    Args:
        task: the shard.
        compute: called with each recording of `task.compute`.
        relabelled: values that replace those of kept rows, by file_id.

    Returns:
        Number of the task's rows that are stored now, and those that could not be computed. Some rows may
        have been committed by another run, or by a worker that died before it returned.

    Raises:
        StoreError: if the store cannot be written to, or is damaged.
    """
    what, root = f"shard {task.shard} of {task.dataset}", task.target.root
    with writing(what, root), locks.shared(root):
        while True:
            stored = read_table(task.part)
            with _frame_writer(task) as writer:
                outcome = _compute_all(task, compute, writer, _committed_since(task, stored))
                if _commit(task, stored, outcome, relabelled or {}, writer):
                    count = len(outcome.rows) + len(outcome.others)
                    return ShardSummary(task.dataset, task.shard, count, tuple(outcome.failures))


def _frame_writer(task: Task) -> FrameWriter:
    target = task.target
    return FrameWriter(target.root, task.dataset, task.label, target.frame_families, target.wide)


def _committed_since(task: Task, stored: StoredTable) -> dict[str, str | None]:
    """Hash by file_id of the rows that another run may have committed since the task was planned."""
    table = stored.table
    if table is None or stored.version == task.version or "audio_sha256" not in table.column_names:
        return {}
    return dict(zip(table["file_id"].to_pylist(), table["audio_sha256"].to_pylist(), strict=True))


def _compute_all(
    task: Task, compute: Compute, writer: FrameWriter, committed: Mapping[str, str | None]
) -> _Outcome:
    outcome = _Outcome()
    with _progress(task) as mark:
        for recording in task.compute:
            failed = len(outcome.failures)
            if _is_committed(task, recording, committed):
                outcome.others.add(recording.file_id)
            else:
                _add(compute(recording), writer, outcome)
            refused = [one for one in outcome.failures[failed:] if one.stage != SECOND_COPY]
            mark(FAILED if refused else DONE)
    return outcome


def _is_committed(task: Task, recording: Recording, committed: Mapping[str, str | None]) -> bool:
    digest = committed.get(recording.file_id)
    if digest is None:
        return False
    path = task.data_root / recording.path
    return digest == (excerpts.sha256_of(path) if recording.is_part else audio.sha256_if_readable(path))


def _add(results: Iterable[Computed | Failure], writer: FrameWriter, outcome: _Outcome) -> None:
    for result in results:
        if isinstance(result, Failure):
            outcome.failures.append(result)
            continue
        row, frames, wide = result
        if wide:
            writer.append_wide(row["file_id"], wide)
        offset, count = writer.append(frames) if frames else (None, None)
        outcome.rows.append(row | {"frame_offset": offset, "frame_count": count})


@contextmanager
def _progress(task: Task) -> Iterator[Callable[[bytes], Any]]:
    """Yield a function that appends a mark to the task's progress file."""
    with ExitStack() as stack:
        file: Any = None
        with suppress(OSError):  # a progress bar that stops is no reason to lose a shard
            file = task.progress and stack.enter_context(task.progress.open("wb", buffering=0))

        def mark(byte: bytes) -> None:
            with suppress(OSError):
                if file:
                    file.write(byte)

        yield mark


def _commit(
    task: Task, stored: StoredTable, outcome: _Outcome, relabelled: Mapping[str, Row], writer: FrameWriter
) -> bool:
    """Commit frames, failures and rows in this order; False if the table was replaced meanwhile."""
    frame_shard, checksums = writer.commit()
    computed = [row | {"frame_shard": frame_shard} for row in outcome.rows]
    rows = len(stored.table) if stored.table is not None else None
    leaving = _leaving(task, stored, outcome) if isinstance(task, ShardTask) else set()
    if isinstance(task, ShardTask) and not task.drop.isdisjoint(leaving):
        from ser_features.engine.leaving import without_frames_of  # few tasks need it

        keeps = task.keeps()
        stored = without_frames_of(task, stored, lambda name: name in outcome.others or keeps(name))
    same, changed = _kept(task, stored, outcome.others, relabelled)
    table = table_of(computed + changed, (*task.columns, *task.own), same)
    checksums_of = stored.metadata.get("frames", {}) | ({frame_shard: checksums} if frame_shard else {})
    used = set(table["frame_shard"].to_pylist()) - {None}
    with locks.committing(task.target.root):
        if version(task.part) != stored.version:
            return False  # frames that no table refers to are swept
        if isinstance(task, ShardTask) and (leaving or relabelled):
            from ser_features.engine.leaving import follow_copies

            follow_copies(task, leaving, relabelled)
        _commit_failures(task, outcome)
        if not computed and not changed and len(table) == rows:
            return True  # another run has committed everything
        if len(table) or task.stores_empty:
            frames = {name: digests for name, digests in checksums_of.items() if name in used}
            commit_rows(task.part, table, task.metadata | {"frames": frames})
        else:
            task.part.unlink(missing_ok=True)
    _remove_frames(task, set(checksums_of) - used)
    return True


def _leaving(task: ShardTask, stored: StoredTable, outcome: _Outcome) -> set[str]:
    """Recordings whose row leaves the table, or is replaced by that of other bytes."""
    changing = task.drop | {recording.file_id for recording in task.compute}
    if stored.table is None or not changing:
        return set()
    new = {row["file_id"]: row["audio_sha256"] for row in outcome.rows}
    before = zip(*(stored.table[name].to_pylist() for name in ("file_id", "audio_sha256")), strict=True)
    leaving = {file_id for file_id, digest in before if file_id in changing and new.get(file_id) != digest}
    return leaving - outcome.others


def _kept(
    task: Task, stored: StoredTable, others: set[str], relabelled: Mapping[str, Row]
) -> tuple[pa.Table | None, list[Row]]:
    """Rows of the table that stay as they are, and those whose labels have changed."""
    if stored.table is None:
        return None, []
    file_ids, keeps = stored.table["file_id"].to_pylist(), task.keeps()
    stays = [file_id in others or keeps(file_id) for file_id in file_ids]
    same = [stay and file_id not in relabelled for stay, file_id in zip(stays, file_ids, strict=True)]
    other = [stay and file_id in relabelled for stay, file_id in zip(stays, file_ids, strict=True)]
    changed = stored.table.filter(pa.array(other, pa.bool_())).to_pylist()
    unchanged = stored.table.filter(pa.array(same, pa.bool_()))
    return unchanged, [row | relabelled[row["file_id"]] for row in changed]


def _remove_frames(task: Task, frame_shards: set[str]) -> None:
    """Remove frame files that the table no longer refers to; a later run sweeps those that remain."""
    for name in frame_shards:
        for family in task.target.frame_families:
            with suppress(OSError):
                path = layout.frame_path(
                    task.target.root, task.dataset, name, family, wide=family in task.target.wide
                )
                path.unlink(missing_ok=True)


def _commit_failures(task: Task, outcome: _Outcome) -> None:
    """Write the failures of the shard: the new ones, and the old ones that were not tried again."""
    part = layout.part_path(task.target.root, "failures", task.dataset, task.label)
    old, keeps = {row["file_id"]: row for row in read_rows(part)}, task.keeps()
    rows = [row for file_id, row in old.items() if keeps(file_id)]
    rows += [failure_row(failure, old.get(failure.file_id)) for failure in outcome.failures]
    if rows or old:
        commit_failures(part, sorted(rows, key=lambda row: row["file_id"]))


def read_rows(part: Path) -> list[Row]:
    """Rows of a committed table; empty if it does not exist."""
    stored = read_table(part)
    return [] if stored.table is None else stored.table.to_pylist()


def names(recording: Recording) -> Row:
    """Manifest columns that a recording's name determines."""
    return {column.name: getattr(recording, column.name) for column in NAME_COLUMNS} | dict(recording.extra)


def numbers(columns: Mapping[str, float]) -> Row:
    """Feature columns as they are stored: null where a value cannot be computed."""
    return {name: None if isnan(value) else value for name, value in columns.items()}


def explain(error: Exception) -> str:
    """Message of a failure; errors other than our own are marked as unexpected."""
    return str(error) if isinstance(error, SerError) else f"unexpected: {error!r}"


def failure_row(failure: Failure, before: Row | None) -> Row:
    """A row of failures/; `before` is the row of the previous attempt, if there was one."""
    return {
        **{name: getattr(failure, name) for name in Failure.__slots__},
        "attempts": 1 + (before["attempts"] if before else 0),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
