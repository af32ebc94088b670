"""Shard tasks → worker processes of this machine, which may die without taking the run with them.

A worker that is killed breaks loky's pool; the pool is rebuilt and what was not finished starts again.
The recording that each interrupted shard was at is then tried alone: if its worker dies again, it is
quarantined, and the shard goes on without it.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import loky

from ser_features.engine.processes import pool
from ser_features.engine.runner import Key, Progress, T, Work, persist, quarantined
from ser_features.engine.shard import FAILED
from ser_features.engine.task import ShardSummary, Task
from ser_features.errors import SerError
from ser_features.manifest import Recording

POLL_SECONDS = 0.2
"""How often progress is looked at."""

MAX_REBUILDS = 20
"""Pools rebuilt in a row without any shard finished or recording quarantined, before giving up."""


@dataclass(frozen=True, slots=True)
class Local:
    """Worker processes of this machine.

    Attributes:
        workers: how many; one per core by default.
    """

    workers: int | None = None

    def run(
        self, tasks: Sequence[T], work: Work[T], on_progress: Progress | None = None
    ) -> Iterator[ShardSummary]:
        """As `Runner.run`; progress is told about five times a second."""
        with _explained(), tempfile.TemporaryDirectory(prefix="ser-") as folder:
            watch = _Watch(Path(folder), on_progress)
            yield from persist(
                [watch.follow(task) for task in tasks],
                lambda left: self._run_pool(left, work, watch),
                lambda left: _quarantine_culprits(left, work, watch),
                MAX_REBUILDS,
            )

    def _run_pool(self, left: dict[Key, T], work: Work[T], watch: "_Watch") -> Iterator[ShardSummary]:
        """One pool's life: until all is done, or until a worker dies. Finished tasks leave `left`."""
        workers = pool(min(self.workers or loky.cpu_count(), len(left)))
        try:
            futures = {workers.submit(work.run, task): key for key, task in left.items()}
            yield from _collect(futures, left, watch)
        finally:
            workers.shutdown(wait=True, kill_workers=True)


@contextmanager
def _explained() -> Iterator[None]:
    """Say what it means if processes, their pipes or the folder of their progress cannot be made."""
    try:
        yield
    except OSError as error:
        raise SerError(
            f"workers cannot be run ({error.strerror or error}): expected memory, open files and room for "
            "temporary files (also in /dev/shm): free some: what is finished is stored"
        ) from error


def _collect(futures: Mapping[Future, Key], left: dict[Key, T], watch: "_Watch") -> Iterator[ShardSummary]:
    waiting = set(futures)
    while waiting:
        done, waiting = wait(waiting, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
        watch.report()
        for future in done:
            try:
                summary = future.result()
            except BrokenExecutor:
                continue
            del left[futures[future]]
            yield summary


def _quarantine_culprits(left: dict[Key, T], work: Work[T], watch: "_Watch") -> None:
    """Try each recording that was at work when a worker died alone; quarantine it if that dies too."""
    for key, task in left.items():
        suspect = watch.interrupted_at(task)
        if suspect is not None and not _survives(task, suspect, work):
            left[key] = quarantined(task, suspect)
        watch.restart(task)


def _survives(task: T, recording: Recording, work: Work[T]) -> bool:
    alone = pool(1)
    try:
        alone.submit(work.probe, task, recording).result()
    except BrokenExecutor:
        return False
    finally:
        alone.shutdown(wait=True, kill_workers=True)
    return True


class _Watch:
    """Reads the progress files: a byte per finished recording, the cheapest message that survives a kill."""

    def __init__(self, folder: Path, on_progress: Progress | None) -> None:
        self._folder = folder
        self._on_progress = on_progress
        self._files: list[Path] = []
        self._seen = (0, 0)

    def follow(self, task: T) -> T:
        path = self._folder / str(len(self._files))
        self._files.append(path)
        return replace(task, progress=path)

    def interrupted_at(self, task: Task) -> Recording | None:
        """The recording that an interrupted task was at; None if it had not begun or was committing."""
        marks = _marks(task.progress)
        if marks is None or len(marks) >= len(task.compute):
            return None
        return task.compute[len(marks)]

    def restart(self, task: Task) -> None:
        if task.progress is not None:
            task.progress.unlink(missing_ok=True)

    def report(self) -> None:
        if self._on_progress is None:
            return
        marks = [_marks(path) or b"" for path in self._files]
        seen = sum(map(len, marks)), sum(mark.count(FAILED) for mark in marks)
        if seen != self._seen:
            self._on_progress(*seen)
            self._seen = seen


def _marks(path: Path | None) -> bytes | None:
    try:
        return None if path is None else path.read_bytes()
    except FileNotFoundError:
        return None
