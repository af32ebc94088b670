"""In a worker: one `ShardTask` → frames and rows in the store. Never imports TensorFlow or pandas.

Kept rows are copied with their frames; the others are decoded and analysed. Failures are written first,
then the frames, then the table: its rename is the commit.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ser_features import audio, pipeline
from ser_features.engine.task import Failure, ShardSummary, ShardTask
from ser_features.errors import AudioError
from ser_features.manifest import NAME_COLUMNS, Recording
from ser_features.store import layout, open_frames, read_part
from ser_features.store.write import FrameWriter, commit_failures, commit_rows

DONE, FAILED = b".", b"x"
"""Bytes that a worker appends to its progress file, one per recording."""

Row = dict[str, Any]


def run_shard(task: ShardTask) -> ShardSummary:
    """Bring one shard up to date.

    Args:
        task: what to do.

    Returns:
        How many recordings were computed and stored, and which were refused.
    """
    target = task.target
    writer = FrameWriter(target.root, task.dataset, task.shard, target.frame_families, target.run)
    with writer, _progress(task) as tick:
        old = read_rows(_part(task, "files"))
        rows = _kept_rows(task, old, writer)
        computed, failures = _compute(task, writer, tick)
        rows = sorted(rows + computed, key=lambda row: row["file_id"])
        old_frames = {row["frame_shard"] for row in old} - {None}
        _commit(task, rows, failures, writer, old_frames)
    return ShardSummary(task.dataset, task.shard, len(computed), tuple(failures))


@contextmanager
def _progress(task: ShardTask) -> Iterator[Any]:
    """Yield a function that notes a finished recording where the planning process can see it."""
    if task.progress is None:
        yield lambda mark: None
        return
    with task.progress.open("wb", buffering=0) as file:
        yield file.write


def _compute(task: ShardTask, writer: FrameWriter, tick: Any) -> tuple[list[Row], list[Failure]]:
    rows: list[Row] = []
    failures: list[Failure] = []
    for recording in task.compute:
        outcome = _one(task, recording)
        if isinstance(outcome, Failure):
            failures.append(outcome)
        else:
            rows.append(_row(recording, outcome, writer))
        tick(FAILED if isinstance(outcome, Failure) else DONE)
    return rows, failures


def _one(task: ShardTask, recording: Recording) -> pipeline.Features | Failure:
    """Features of a recording, or why there are none. No recording's fault may stop the others."""
    if recording.file_id in task.quarantined:
        message = task.quarantined[recording.file_id]
        digest = audio.sha256_if_readable(task.data_root / recording.path)
        return Failure(recording.file_id, recording.path, "worker", "WorkerDiedError", message, digest)
    content: bytes | None = None
    try:
        content = audio.read_bytes(task.data_root / recording.path)
        return pipeline.extract_bytes(content, task.target.profile, task.target.frame_families)
    except Exception as error:  # a bug or a library's surprise on one file is that file's failure
        digest = None if content is None else hashlib.sha256(content).hexdigest()
        stage = "audio" if isinstance(error, AudioError) else "features"
        message = str(error) if isinstance(error, AudioError) else f"unexpected: {error!r}"
        return Failure(recording.file_id, recording.path, stage, type(error).__name__, message, digest)


def probe(task: ShardTask, recording: Recording) -> None:
    """Compute one recording and forget the result, to see whether its worker survives."""
    _one(task, recording)


def _names(recording: Recording) -> Row:
    """The manifest columns that a recording's name gives."""
    return {column.name: getattr(recording, column.name) for column in NAME_COLUMNS} | dict(recording.extra)


def _row(recording: Recording, features: pipeline.Features, writer: FrameWriter) -> Row:
    numbers = {name: None if np.isnan(value) else value for name, value in features.columns.items()}
    row = _names(recording) | numbers
    row["source_sample_rate"] = features.source_sample_rate
    row["channels"] = features.channels
    row["audio_sha256"] = features.audio_sha256
    return row | _append(writer, features.frames)


def _append(writer: FrameWriter, frames: Mapping[str, np.ndarray]) -> Row:
    if not frames:
        return {"frame_offset": None, "frame_count": None}
    offset, count = writer.append(frames)
    return {"frame_offset": offset, "frame_count": count}


def _part(task: ShardTask, table: str) -> Path:
    folder = layout.dataset_folder(task.target.root, table, task.dataset)
    return folder / layout.part_name(task.shard)


def read_rows(part: Path) -> list[Row]:
    """Rows of a committed table; none if it does not exist."""
    return read_part(part).to_pylist() if part.exists() else []


def _kept_rows(task: ShardTask, old: list[Row], writer: FrameWriter) -> list[Row]:
    """Rows of the committed shard that need no computation, their frames copied to the new files."""
    redone = {recording.file_id for recording in task.compute}
    renamed = {recording.file_id: _names(recording) for recording in task.relabel}
    return [
        row | renamed.get(row["file_id"], {}) | _append(writer, _stored_frames(task, row))
        for row in old
        if row["file_id"] not in redone
    ]


def _stored_frames(task: ShardTask, row: Row) -> dict[str, np.ndarray]:
    frames = {}
    for family in task.target.frame_families:
        array = open_frames(task.target.root, task.dataset, row["frame_shard"], family)
        frames[family] = array[row["frame_offset"] : row["frame_offset"] + row["frame_count"]]
    return frames


def _commit(
    task: ShardTask, rows: list[Row], failures: list[Failure], writer: FrameWriter, old_frames: set[str]
) -> None:
    """Commit failures, frames and rows in this order, then remove the frame files that were replaced."""
    part = _part(task, "files")
    _commit_failures(task, failures)
    if not rows:
        part.unlink(missing_ok=True)
        return
    frame_shard, checksums = writer.commit()
    metadata = {"digest": task.target.digest, "frames": checksums}
    for row in rows:
        row["frame_shard"] = frame_shard
    commit_rows(part, rows, task.target.features, metadata, task.target.run)
    for name in old_frames - {frame_shard}:
        for family in task.target.frame_families:
            layout.frame_path(task.target.root, task.dataset, name, family).unlink(missing_ok=True)


def _commit_failures(task: ShardTask, failures: list[Failure]) -> None:
    """Write the shard's failures: the new ones, and the old ones of recordings that were not tried again."""
    part = _part(task, "failures")
    old = {row["file_id"]: row for row in read_rows(part)}
    tried = {recording.file_id for recording in task.compute}
    rows = [row for file_id, row in old.items() if file_id not in tried]
    rows += [failure_row(failure, old.get(failure.file_id)) for failure in failures]
    commit_failures(part, sorted(rows, key=lambda row: row["file_id"]), task.target.run)


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
