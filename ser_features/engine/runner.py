"""Tasks → `Runner` → one `ShardSummary` per committed shard.

`Local` runs tasks in processes of this machine, a `pool`; `cluster.Dask` on a cluster. Under both, a worker
may die without ending the run: unfinished tasks start again, and a recording that kills its worker is
quarantined.

`Local`: a killed worker breaks loky's pool; the pool is rebuilt, and unfinished tasks start again. The
recording at which each interrupted task stopped is then tried alone: if it kills its worker again, it is
quarantined, and the shard goes on without it.
"""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import loky

from ser_features.engine.task import FAILED, ShardSummary, Task
from ser_features.errors import SerError
from ser_features.manifest import Recording

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""The matrices are small: BLAS threads of several workers would compete for the same cores."""

POLL_SECONDS = 0.2
"""Interval at which progress is read, and at which a worker checks whether its parent is alive."""

KILLED = "it killed its worker process twice (crash or memory): convert the file, or leave it out"
"""Message of a file that is quarantined."""

CHUNK = 16
"""Items per message to a process."""

MAX_REBUILDS = 20
"""Pools rebuilt in a row without a finished shard or a quarantined recording, before giving up."""

Progress = Callable[[int, int], None]
"""Called with (recordings finished, of which failed) so far."""

Key = tuple[str, str]
T = TypeVar("T", bound=Task)
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Work(Generic[T]):
    """Functions that a worker calls for one kind of task; they are pickled by name.

    Attributes:
        run: bring the task's shard up to date.
        probe: compute one recording as `run` does, and discard the result.
    """

    run: Callable[[T], ShardSummary]
    probe: Callable[[T, Recording], None]


class Runner(Protocol):
    """Anything that has tasks run by workers."""

    def run(
        self, tasks: Sequence[T], work: Work[T], on_progress: Progress | None = None
    ) -> Iterator[ShardSummary]:
        """Yield each task's summary once its shard is committed.

        Args:
            tasks: tasks of different shards.
            work: how to run them.
            on_progress: called with the progress of the run.

        Raises:
            SerError: if workers keep dying and no single recording causes it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Local:
    """Worker processes of this machine.

    Attributes:
        workers: number of processes; one per core by default.
    """

    workers: int | None = None

    def run(
        self, tasks: Sequence[T], work: Work[T], on_progress: Progress | None = None
    ) -> Iterator[ShardSummary]:
        """As `Runner.run`; progress is reported about five times a second."""
        with _resource_errors(), tempfile.TemporaryDirectory(prefix="ser-") as folder:
            files = _ProgressFiles(Path(folder), on_progress)
            yield from run_until_done(
                [files.add(task) for task in tasks],
                lambda left: self._run_pool(left, work, files),
                lambda left: _quarantine_culprits(left, work, files),
                MAX_REBUILDS,
            )

    def _run_pool(self, left: dict[Key, T], work: Work[T], files: "_ProgressFiles") -> Iterator[ShardSummary]:
        """Run tasks in one pool until all are done or a worker dies; remove those finished from `left`."""
        workers = pool(min(self.workers or loky.cpu_count(), len(left)))
        try:
            futures = {workers.submit(work.run, task): key for key, task in left.items()}
            yield from _collect(futures, left, files)
        finally:
            workers.shutdown(wait=True, kill_workers=True)


def run_until_done(
    tasks: Sequence[T],
    attempt: Callable[[dict[Key, T]], Iterator[ShardSummary]],
    quarantine: Callable[[dict[Key, T]], None],
    max_fruitless: int,
) -> Iterator[ShardSummary]:
    """Attempt tasks until all are done, however often workers die.

    Args:
        tasks: tasks of different shards.
        attempt: runs the tasks that are left and removes those that it finishes.
        quarantine: replaces each task that a recording stopped by one without that recording.
        max_fruitless: attempts in a row that neither finish a task nor find a culprit, before giving up.

    Raises:
        SerError: after `max_fruitless` such attempts.
    """
    left = {(task.dataset, task.shard): task for task in tasks}
    fruitless = 0
    while left:
        before = dict(left)
        yield from attempt(left)
        if left:
            quarantine(left)
        fruitless = fruitless + 1 if left == before else 0
        if fruitless > max_fruitless:
            raise SerError(
                f"workers were killed {fruitless} times in a row, and no recording did it: "
                "free memory or use fewer workers; what is finished is stored"
            )


def quarantined(task: T, recording: Recording) -> T:
    """The task without a recording that killed its workers."""
    return replace(task, quarantined={**task.quarantined, recording.file_id: KILLED})


@contextmanager
def _resource_errors() -> Iterator[None]:
    """Explain errors while starting processes, their pipes or the folder of progress files."""
    try:
        yield
    except OSError as error:
        raise SerError(
            f"workers cannot be run ({error.strerror or error}): expected memory, open files and room for "
            "temporary files (also in /dev/shm): free some: what is finished is stored"
        ) from error


def _collect(
    futures: Mapping[Future, Key], left: dict[Key, T], files: "_ProgressFiles"
) -> Iterator[ShardSummary]:
    waiting = set(futures)
    while waiting:
        done, waiting = wait(waiting, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
        files.report()
        for future in done:
            try:
                summary = future.result()
            except BrokenExecutor:
                continue
            del left[futures[future]]
            yield summary


def _quarantine_culprits(left: dict[Key, T], work: Work[T], files: "_ProgressFiles") -> None:
    """Try each recording at which a task was interrupted alone; quarantine it if its worker dies again."""
    for key, task in left.items():
        suspect = files.interrupted_at(task)
        if suspect is not None and not _survives(task, suspect, work):
            left[key] = quarantined(task, suspect)
        files.restart(task)


def _survives(task: T, recording: Recording, work: Work[T]) -> bool:
    alone = pool(1)
    try:
        alone.submit(work.probe, task, recording).result()
    except BrokenExecutor:
        return False
    finally:
        alone.shutdown(wait=True, kill_workers=True)
    return True


def pool(
    workers: int, begin: Callable[..., None] | None = None, arguments: tuple[Any, ...] = ()
) -> loky.ProcessPoolExecutor:
    """Executor whose processes start when they are needed.

    Args:
        workers: number of processes.
        begin: called in each process before any work.
        arguments: of `begin`.
    """
    return loky.ProcessPoolExecutor(
        workers, env=ONE_THREAD, initializer=_begin, initargs=(os.getpid(), begin, arguments)
    )


def map_in_order(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    workers: int | None = None,
    on_item: Callable[[int, int], None] | None = None,
) -> Iterator[Result]:
    """Yield the result of a function for each item, in their order, computed in parallel.

    Args:
        function: pickled by name.
        items: `CHUNK` or fewer are computed in this process.
        workers: number of processes; None for one per core.
        on_item: called with the number of finished items and of all.
    """
    results = (
        map(function, items)
        if len(items) <= CHUNK or workers == 1
        else pool(workers or loky.cpu_count()).map(function, items, chunksize=CHUNK)
    )
    for number, result in enumerate(results, 1):
        if on_item:
            on_item(number, len(items))
        yield result


def _begin(parent: int, begin: Callable[..., None] | None, arguments: tuple[Any, ...]) -> None:
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()
    if begin is not None:
        begin(*arguments)


def end_with(parent: int) -> None:
    """End this process once the parent is gone; loky's workers would wait for ever."""
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os._exit(1)


class _ProgressFiles:
    """One file per task that grows by a byte per finished recording and survives the death of the worker."""

    def __init__(self, folder: Path, on_progress: Progress | None) -> None:
        self._folder = folder
        self._on_progress = on_progress
        self._files: list[Path] = []
        self._last = (0, 0)

    def add(self, task: T) -> T:
        """The task with a progress file of its own."""
        path = self._folder / str(len(self._files))
        self._files.append(path)
        return replace(task, progress=path)

    def interrupted_at(self, task: Task) -> Recording | None:
        """Recording at which a task was interrupted; None if it had not begun or was committing."""
        marks = _marks(task.progress)
        if marks is None or len(marks) >= len(task.compute):
            return None
        return task.compute[len(marks)]

    def restart(self, task: Task) -> None:
        """Remove the marks of a task that starts again."""
        if task.progress is not None:
            task.progress.unlink(missing_ok=True)

    def report(self) -> None:
        """Call `on_progress` if anything was finished since the last call."""
        if self._on_progress is None:
            return
        marks = [_marks(path) or b"" for path in self._files]
        now = sum(map(len, marks)), sum(mark.count(FAILED) for mark in marks)
        if now != self._last:
            self._on_progress(*now)
            self._last = now


def _marks(path: Path | None) -> bytes | None:
    try:
        return None if path is None else path.read_bytes()
    except FileNotFoundError:
        return None
