"""In a worker: what bringing a shard up to date is, whatever its rows are made of.

table as it is → rows that stay + rows made of each recording → failures, then frames, then the table

The table's rename is the commit; it happens only if the table is still the one that was read, and else
everything begins anew with what another run has put there. Never imports TensorFlow or pandas.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ser_features.audio import sha256_if_readable
from ser_features.engine.task import Failure, ShardSummary, Task
from ser_features.errors import SerError
from ser_features.files import writing
from ser_features.manifest import NAME_COLUMNS, Recording
from ser_features.store import layout, locks
from ser_features.store.part import Held, read_held, version
from ser_features.store.write import FrameWriter, commit_failures, commit_rows, table_of

DONE, FAILED = b".", b"x"
"""Bytes that a worker appends to its progress file, one per recording."""

Row = dict[str, Any]

Made = tuple[Row, Mapping[str, np.ndarray], Mapping[str, np.ndarray]]
"""A row without its frames' place, its frames by family, and the values of its wide families."""

Make = Callable[[Recording], Iterable[Made | Failure]]
"""What becomes of one recording."""


@dataclass(slots=True)
class _Outcome:
    """What became of a task's recordings.

    Attributes:
        rows: those that were made.
        failures: what could not be made.
        found: file_ids of rows that another run made since the task was planned.
    """

    rows: list[Row] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    found: set[str] = field(default_factory=set)


def bring_up_to_date(task: Task, make: Make, renamed: Mapping[str, Row] | None = None) -> ShardSummary:
    """Keep what the task keeps, make the rest, commit both.

    Args:
        task: what to do.
        make: called with each recording of `task.compute`.
        renamed: values that replace those of kept rows, by file_id.

    Returns:
        How many of the task's rows are stored now, and which could not be made. Some may have been found:
        another run made them meanwhile, or a worker that died before it could tell.

    Raises:
        StoreError: if the store cannot be written to, or is damaged.
    """
    what, root = f"shard {task.shard} of {task.dataset}", task.target.root
    with writing(what, root), locks.present(root):
        while True:
            held = read_held(task.part)
            with _frame_writer(task) as writer:
                outcome = _make_all(task, make, writer, _found(task, held))
                if _commit(task, held, outcome, renamed or {}, writer):
                    stored = len(outcome.rows) + len(outcome.found)
                    return ShardSummary(task.dataset, task.shard, stored, tuple(outcome.failures))


def _frame_writer(task: Task) -> FrameWriter:
    target = task.target
    return FrameWriter(target.root, task.dataset, task.label, target.frame_families, target.wide)


def _found(task: Task, held: Held) -> dict[str, str | None]:
    """Hash by file_id of the rows that another run may have made since the task was planned."""
    if held.table is None or held.version == task.version or "audio_sha256" not in held.table.column_names:
        return {}
    return dict(zip(held.table["file_id"].to_pylist(), held.table["audio_sha256"].to_pylist(), strict=True))


def _make_all(task: Task, make: Make, writer: FrameWriter, found: Mapping[str, str | None]) -> _Outcome:
    outcome = _Outcome()
    with _progress(task) as tick:
        for recording in task.compute:
            refused = len(outcome.failures)
            if _is_found(task, recording, found):
                outcome.found.add(recording.file_id)
            else:
                _make_one(make(recording), writer, outcome)
            tick(DONE if len(outcome.failures) == refused else FAILED)
    return outcome


def _is_found(task: Task, recording: Recording, found: Mapping[str, str | None]) -> bool:
    digest = found.get(recording.file_id)
    return digest is not None and digest == sha256_if_readable(task.data_root / recording.path)


def _make_one(outcomes: Iterable[Made | Failure], writer: FrameWriter, outcome: _Outcome) -> None:
    for each in outcomes:
        if isinstance(each, Failure):
            outcome.failures.append(each)
        else:
            row, frames, wide = each
            if wide:
                writer.append_wide(row["file_id"], wide)
            outcome.rows.append(row | _append(writer, frames))


@contextmanager
def _progress(task: Task) -> Iterator[Callable[[bytes], Any]]:
    """Yield a function that notes a finished recording where the planning process can see it."""
    with ExitStack() as stack:
        file: Any = None
        with suppress(OSError):  # a bar that stands still is no reason to lose a shard
            file = task.progress and stack.enter_context(task.progress.open("wb", buffering=0))

        def note(mark: bytes) -> None:
            with suppress(OSError):
                if file:
                    file.write(mark)

        yield note


def _append(writer: FrameWriter, frames: Mapping[str, np.ndarray]) -> Row:
    if not frames:
        return {"frame_offset": None, "frame_count": None}
    offset, count = writer.append(frames)
    return {"frame_offset": offset, "frame_count": count}


def _commit(
    task: Task, held: Held, outcome: _Outcome, renamed: Mapping[str, Row], writer: FrameWriter
) -> bool:
    """Commit frames, failures and rows in this order; False if somebody else changed the table meanwhile."""
    frame_shard, checksums = writer.commit()
    made = [row | {"frame_shard": frame_shard} for row in outcome.rows]
    kept, changed = _kept(task, held, outcome.found, renamed)
    table = table_of(made + changed, task.columns, kept)
    known = held.metadata.get("frames", {}) | ({frame_shard: checksums} if frame_shard else {})
    used = set(table["frame_shard"].unique().to_pylist()) - {None}
    with locks.committing(task.target.root):
        if version(task.part) != held.version:
            return False  # frames that nobody refers to are swept
        _commit_failures(task, outcome)
        if not made and not changed and held.table is not None and len(table) == len(held.table):
            return True  # another run has done it all
        if len(table) or task.stays_empty:
            frames = {name: digests for name, digests in known.items() if name in used}
            commit_rows(task.part, table, task.stamp | {"frames": frames})
        else:
            task.part.unlink(missing_ok=True)
    _remove_frames(task, set(known) - used)
    return True


def _kept(
    task: Task, held: Held, found: set[str], renamed: Mapping[str, Row]
) -> tuple[pa.Table | None, list[Row]]:
    """Rows of the table that stay as they are, and those of which the corpus says something else now."""
    if held.table is None:
        return None, []
    file_ids, keeps = held.table["file_id"].to_pylist(), task.keeper()
    stays = [file_id in found or keeps(file_id) for file_id in file_ids]
    same = [stay and file_id not in renamed for stay, file_id in zip(stays, file_ids, strict=True)]
    other = [stay and file_id in renamed for stay, file_id in zip(stays, file_ids, strict=True)]
    changed = held.table.filter(pa.array(other, pa.bool_())).to_pylist()
    return held.table.filter(pa.array(same, pa.bool_())), [row | renamed[row["file_id"]] for row in changed]


def _remove_frames(task: Task, frame_shards: set[str]) -> None:
    """Remove frame files that the table no longer refers to; what stays behind is swept by a later run."""
    for name in frame_shards:
        for family in task.target.frame_families:
            with suppress(OSError):
                path = layout.frame_path(
                    task.target.root, task.dataset, name, family, wide=family in task.target.wide
                )
                path.unlink(missing_ok=True)


def _commit_failures(task: Task, outcome: _Outcome) -> None:
    """Write the shard's failures: the new ones, and the old ones of what was not tried again."""
    part = layout.part_path(task.target.root, "failures", task.dataset, task.label)
    old, keeps = {row["file_id"]: row for row in read_rows(part)}, task.keeper()
    rows = [row for file_id, row in old.items() if keeps(file_id)]
    rows += [failure_row(failure, old.get(failure.file_id)) for failure in outcome.failures]
    if rows or old:
        commit_failures(part, sorted(rows, key=lambda row: row["file_id"]))


def read_rows(part: Path) -> list[Row]:
    """Rows of a committed table; none if it does not exist."""
    held = read_held(part)
    return [] if held.table is None else held.table.to_pylist()


def names(recording: Recording) -> Row:
    """The manifest columns that a recording's name gives."""
    return {column.name: getattr(recording, column.name) for column in NAME_COLUMNS} | dict(recording.extra)


def numbers(columns: Mapping[str, float]) -> Row:
    """Feature columns as they are stored: null where a value cannot be computed."""
    return {name: None if np.isnan(value) else value for name, value in columns.items()}


def explain(error: Exception) -> str:
    """What a failure says of an error; a bug or a library's surprise is named as such."""
    return str(error) if isinstance(error, SerError) else f"unexpected: {error!r}"


def failure_row(failure: Failure, before: Row | None) -> Row:
    """A row of failures/; `before` is the row of the previous attempt, if there was one."""
    return {
        "file_id": failure.file_id,
        "path": failure.path,
        "stage": failure.stage,
        "error_class": failure.error_class,
        "message": failure.message,
        "audio_sha256": failure.audio_sha256,
        "attempts": 1 + (before["attempts"] if before else 0),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
