"""Tasks → `Runner` → one `ShardSummary` per committed shard.

`Local` runs tasks in processes of this machine, a `pool`; `cluster.Dask` on a cluster. Under both, a worker
may die without ending the run: unfinished tasks start again, and a recording that kills its worker is
quarantined.

`Local`: the tasks of killed workers start again when all others are done. The recording at which each of them
stopped is tried alone before: if it kills its worker again, it is quarantined, and the shard goes on without
it.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from ser_features.engine.task import FAILED, ShardSummary, Task
from ser_features.errors import SerError
from ser_features.manifest import Recording
from ser_features.workers.pool import DIED, Pool, cpu_count
from ser_features.workers.worker import Job

KILLED = "it killed its worker process twice (crash or memory): convert the file, or leave it out"
"""Message of a file that is quarantined."""

CHUNK = 16
"""Items per message to a process."""

MAX_ATTEMPTS = 20
"""Attempts in a row without a finished shard or a quarantined recording, before giving up."""

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
        prepare: load what every task needs, before workers of this machine are forked; it starts no thread.
    """

    run: Callable[[T], ShardSummary]
    probe: Callable[[T, Recording], None]
    prepare: Callable[[], None] | None = None


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
        """As `Runner.run`; progress is reported about five times a second.

        What workers need is imported from now on, in another process, and tasks start with the iteration.
        """
        if not tasks:
            return iter(())
        with _resource_errors():
            pool = Pool(min(self.workers or cpu_count(), len(tasks)), Job(work.run, work.prepare))
        return _results(pool, tasks, work, on_progress)


def _results(
    pool: Pool, tasks: Sequence[T], work: Work[T], on_progress: Progress | None
) -> Iterator[ShardSummary]:
    with _resource_errors(), pool, tempfile.TemporaryDirectory(prefix="ser-") as folder:
        files = _ProgressFiles(Path(folder), on_progress)
        yield from run_until_done(
            [files.add(task) for task in tasks],
            lambda left: _run_once(pool, left, files),
            lambda left: _quarantine_culprits(left, work, files),
            MAX_ATTEMPTS,
        )


def _run_once(pool: Pool, left: dict[Key, T], files: "_ProgressFiles") -> Iterator[ShardSummary]:
    """Run each task once, and remove those from `left` whose worker survives."""
    keys = list(left)
    for number, summary in pool.as_completed([(task,) for task in left.values()], files.report):
        if summary is not DIED:
            del left[keys[number]]
            yield summary


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


def _quarantine_culprits(left: dict[Key, T], work: Work[T], files: "_ProgressFiles") -> None:
    """Try each recording at which a task was interrupted alone; quarantine it if its worker dies again."""
    for key, task in left.items():
        suspect = files.interrupted_at(task)
        if suspect is not None and not _survives(task, suspect, work):
            left[key] = quarantined(task, suspect)
        files.restart(task)


def _survives(task: T, recording: Recording, work: Work[T]) -> bool:
    with Pool(1, Job(work.probe, work.prepare)) as alone:
        return next(alone.map([(task, recording)])) is not DIED


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

    Raises:
        SerError: if a worker dies.
    """
    alone = len(items) <= CHUNK or workers == 1
    results = map(function, items) if alone else _in_processes(function, items, workers or cpu_count())
    for number, result in enumerate(results, 1):
        if on_item:
            on_item(number, len(items))
        yield result


def _in_processes(
    function: Callable[[Item], Result], items: Sequence[Item], workers: int
) -> Iterator[Result]:
    chunks = [items[start : start + CHUNK] for start in range(0, len(items), CHUNK)]
    with Pool(min(workers, len(chunks)), Job(partial(_each, function))) as pool:
        for number, results in enumerate(pool.map((chunk,) for chunk in chunks)):
            if results is DIED:
                raise SerError(
                    f"a worker process was killed in items {number * CHUNK} to {number * CHUNK + CHUNK} of "
                    f"{len(items)} (crash or memory): free memory, or pass fewer --workers"
                )
            yield from results


def _each(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    return [function(item) for item in items]


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
