"""Shard tasks → worker processes of this machine, which may die without taking the run with them.

A worker that is killed breaks loky's pool; the pool is rebuilt and what was not finished starts again.
The recording that each interrupted shard was at is then tried alone: if its worker dies again, it is
quarantined, and the shard goes on without it.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

import loky

from ser_features.engine.shard import FAILED
from ser_features.engine.task import ShardSummary, Task
from ser_features.errors import SerError
from ser_features.manifest import Recording

POLL_SECONDS = 0.2
"""How often progress is looked at."""

MAX_REBUILDS = 20
"""Pools rebuilt in a row without any shard finished or recording quarantined, before giving up."""

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""The matrices are small: BLAS threads of several workers only fight for the same cores."""

Progress = Callable[[int, int], None]
"""Called with (recordings finished, of which failed) so far."""

Key = tuple[str, str]
T = TypeVar("T", bound=Task)


@dataclass(frozen=True, slots=True)
class Work(Generic[T]):
    """What a worker does with one kind of task.

    Attributes:
        run: bring the task's shard up to date.
        probe: do what `run` does with one recording, and forget the result.
    """

    run: Callable[[T], ShardSummary]
    probe: Callable[[T, Recording], None]


def run_local(
    tasks: Sequence[T], work: Work[T], workers: int, on_progress: Progress | None = None
) -> Iterator[ShardSummary]:
    """Run tasks on `workers` processes and yield each summary as its shard is committed.

    Args:
        tasks: what to do.
        work: how to do it.
        workers: number of processes.
        on_progress: told how far the run is, about five times a second.

    Raises:
        SerError: if workers keep dying and no single recording is to blame.
    """
    with tempfile.TemporaryDirectory(prefix="ser-") as folder:
        watch = _Watch(Path(folder), on_progress)
        pending = {(t.dataset, t.shard): watch.follow(t) for t in tasks}
        rebuilds = 0
        while pending:
            before = dict(pending)
            yield from _run_pool(pending, work, workers, watch)
            if not pending:
                return
            _quarantine_culprits(pending, work, watch)
            rebuilds = 0 if pending != before else rebuilds + 1
            if rebuilds > MAX_REBUILDS:
                raise SerError(
                    f"workers were killed {rebuilds} times in a row, and no recording did it: "
                    "free memory or pass fewer --workers; what is finished is stored"
                )


def _run_pool(pending: dict[Key, T], work: Work[T], workers: int, watch: "_Watch") -> Iterator[ShardSummary]:
    """One pool's life: until all is done, or until a worker dies. Finished tasks leave `pending`."""
    pool = loky.ProcessPoolExecutor(min(workers, len(pending)), env=ONE_THREAD)
    try:
        futures = {pool.submit(work.run, task): key for key, task in pending.items()}
        yield from _collect(futures, pending, watch)
    finally:
        pool.shutdown(wait=True, kill_workers=True)


def _collect(futures: Mapping[Future, Key], pending: dict[Key, T], watch: "_Watch") -> Iterator[ShardSummary]:
    waiting = set(futures)
    while waiting:
        done, waiting = wait(waiting, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
        watch.report()
        for future in done:
            try:
                summary = future.result()
            except BrokenExecutor:
                continue
            del pending[futures[future]]
            yield summary


def _quarantine_culprits(pending: dict[Key, T], work: Work[T], watch: "_Watch") -> None:
    """Try each recording that was at work when a worker died alone; quarantine it if that dies too."""
    for key, task in pending.items():
        suspect = watch.interrupted_at(task)
        if suspect is not None and not _survives(task, suspect, work):
            message = (
                "it killed its worker process twice (crash or memory): convert the file, or leave it out"
            )
            pending[key] = replace(task, quarantined={**task.quarantined, suspect.file_id: message})
        watch.restart(task)


def _survives(task: T, recording: Recording, work: Work[T]) -> bool:
    pool = loky.ProcessPoolExecutor(1, env=ONE_THREAD)
    try:
        pool.submit(work.probe, task, recording).result()
    except BrokenExecutor:
        return False
    finally:
        pool.shutdown(wait=True, kill_workers=True)
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
