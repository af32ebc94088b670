"""In a worker: what bringing a shard up to date is, whatever its rows are made of.

kept rows with their frames + rows made of each recording → failures, then frames, then the table

The table's rename is the commit. Never imports TensorFlow or pandas.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ser_features.engine.task import Failure, ShardSummary, Task
from ser_features.errors import SerError
from ser_features.manifest import NAME_COLUMNS, Recording
from ser_features.store import layout, open_frames, read_part
from ser_features.store.write import FrameWriter, commit_failures, commit_rows

DONE, FAILED = b".", b"x"
"""Bytes that a worker appends to its progress file, one per recording."""

Row = dict[str, Any]

Made = tuple[Row, Mapping[str, np.ndarray]]
"""A row without its frames' place, and its frames by family."""

Make = Callable[[Recording], Iterable[Made | Failure]]
"""What becomes of one recording."""


def bring_up_to_date(task: Task, make: Make, renamed: Mapping[str, Row] | None = None) -> ShardSummary:
    """Keep what the task keeps, make the rest, commit both.

    Args:
        task: what to do.
        make: called with each recording of `task.compute`.
        renamed: values that replace those of kept rows, by file_id.

    Returns:
        How many rows were made and stored, and which could not be.
    """
    target = task.target
    with (
        FrameWriter(target.root, task.dataset, task.label, target.frame_families, target.run) as writer,
        _progress(task) as tick,
    ):
        old = read_rows(task.part)
        rows = [
            row | (renamed or {}).get(row["file_id"], {}) | _append(writer, _stored_frames(task, row))
            for row in old
            if task.keeps(row["file_id"])
        ]
        made, failures = _make_all(task, make, writer, tick)
        rows = sorted(rows + made, key=lambda row: row["file_id"])
        _commit(task, rows, failures, writer, {row["frame_shard"] for row in old} - {None})
    return ShardSummary(task.dataset, task.shard, len(made), tuple(failures))


@contextmanager
def _progress(task: Task) -> Iterator[Any]:
    """Yield a function that notes a finished recording where the planning process can see it."""
    if task.progress is None:
        yield lambda mark: None
        return
    with task.progress.open("wb", buffering=0) as file:
        yield file.write


def _make_all(task: Task, make: Make, writer: FrameWriter, tick: Any) -> tuple[list[Row], list[Failure]]:
    rows: list[Row] = []
    failures: list[Failure] = []
    for recording in task.compute:
        refused = len(failures)
        for outcome in make(recording):
            if isinstance(outcome, Failure):
                failures.append(outcome)
            else:
                row, frames = outcome
                rows.append(row | _append(writer, frames))
        tick(DONE if len(failures) == refused else FAILED)
    return rows, failures


def _append(writer: FrameWriter, frames: Mapping[str, np.ndarray]) -> Row:
    if not frames:
        return {"frame_offset": None, "frame_count": None}
    offset, count = writer.append(frames)
    return {"frame_offset": offset, "frame_count": count}


def _stored_frames(task: Task, row: Row) -> dict[str, np.ndarray]:
    frames = {}
    for family in task.target.frame_families:
        array = open_frames(task.target.root, task.dataset, row["frame_shard"], family)
        frames[family] = array[row["frame_offset"] : row["frame_offset"] + row["frame_count"]]
    return frames


def _commit(
    task: Task, rows: list[Row], failures: list[Failure], writer: FrameWriter, old_frames: set[str]
) -> None:
    """Commit failures, frames and rows in this order, then remove the frame files that were replaced."""
    _commit_failures(task, failures)
    if not rows and not task.stays_empty:
        task.part.unlink(missing_ok=True)
        return
    frame_shard, checksums = writer.commit()
    for row in rows:
        row["frame_shard"] = frame_shard
    commit_rows(task.part, rows, task.columns, task.stamp | {"frames": checksums}, task.target.run)
    for name in old_frames - {frame_shard}:
        for family in task.target.frame_families:
            layout.frame_path(task.target.root, task.dataset, name, family).unlink(missing_ok=True)


def _commit_failures(task: Task, failures: list[Failure]) -> None:
    """Write the shard's failures: the new ones, and the old ones of what was not tried again."""
    folder = layout.dataset_folder(task.target.root, "failures", task.dataset)
    part = folder / layout.part_name(task.label)
    old = {row["file_id"]: row for row in read_rows(part)}
    rows = [row for file_id, row in old.items() if task.keeps(file_id)]
    rows += [failure_row(failure, old.get(failure.file_id)) for failure in failures]
    commit_failures(part, sorted(rows, key=lambda row: row["file_id"]), task.target.run)


def read_rows(part: Path) -> list[Row]:
    """Rows of a committed table; none if it does not exist."""
    return read_part(part).to_pylist() if part.exists() else []


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
