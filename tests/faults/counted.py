"""Worker processes that note which shards they compute, in a file that survives them.

A line is appended when the first recording of a shard is decoded: the time, the process, the shard. A shard
that is taken up again only to find that another process has committed it decodes nothing.
"""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ser_features import pipeline
from ser_features.engine.runner import Local, Progress, T, Work
from ser_features.engine.task import ShardSummary, ShardTask


@dataclass(frozen=True, slots=True)
class Computed:
    """A shard whose computation began.

    Attributes:
        at: when, in seconds of the machine's monotonic clock.
        process: the worker.
        shard: corpus and shard.
    """

    at: float
    process: int
    shard: str


@dataclass(frozen=True, slots=True)
class Counted:
    """`Local` workers that take notes.

    Attributes:
        workers: how many.
        log: the file.
    """

    workers: int
    log: Path

    def run(
        self, tasks: Sequence[T], work: Work[T], on_progress: Progress | None = None
    ) -> Iterator[ShardSummary]:
        """As `Runner.run`."""
        yield from Local(self.workers).run(tasks, Work(partial(run_shard, self.log), work.probe), on_progress)


def run_shard(log: Path, task: ShardTask) -> ShardSummary:
    """As `work.run_shard`, taking notes."""
    from ser_features.engine import work

    original, noted = pipeline.extract_bytes, []

    def extract_bytes(*words: Any) -> pipeline.Features:
        if not noted:
            noted.append(_note(log, f"{task.dataset}/{task.shard}"))
        return original(*words)

    with patch.object(pipeline, "extract_bytes", extract_bytes):
        return work.run_shard(task)


def _note(log: Path, shard: str) -> int:
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        return os.write(descriptor, f"{time.monotonic()} {os.getpid()} {shard}\n".encode())
    finally:
        os.close(descriptor)


def read(log: Path) -> list[Computed]:
    """What workers have noted so far, in the order of time."""
    if not log.is_file():
        return []
    lines = (line.split() for line in log.read_text().splitlines())
    return [Computed(float(at), int(process), shard) for at, process, shard in lines]
