"""The seam between what is to be done and who does it: tasks → `Runner` → a summary per committed shard.

`local.Local` works on processes of this machine, `cluster.Dask` on a cluster. Under either a worker may die
without taking the run with it: what was not finished starts again, and a recording that kills its worker is
quarantined.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from ser_features.engine.processes import KILLED
from ser_features.engine.task import ShardSummary, Task
from ser_features.errors import SerError
from ser_features.manifest import Recording

Progress = Callable[[int, int], None]
"""Called with (recordings finished, of which failed) so far."""

Key = tuple[str, str]
T = TypeVar("T", bound=Task)


@dataclass(frozen=True, slots=True)
class Work(Generic[T]):
    """What a worker does with one kind of task. Both are pickled by name: functions of a module.

    Attributes:
        run: bring the task's shard up to date.
        probe: do what `run` does with one recording, and forget the result.
    """

    run: Callable[[T], ShardSummary]
    probe: Callable[[T, Recording], None]


class Runner(Protocol):
    """Whatever has tasks done by workers."""

    def run(
        self, tasks: Sequence[T], work: Work[T], on_progress: Progress | None = None
    ) -> Iterator[ShardSummary]:
        """Yield each task's summary as its shard is committed.

        Args:
            tasks: what to do, each of another shard.
            work: how to do it.
            on_progress: told how far the run is.

        Raises:
            SerError: if workers keep dying and no single recording is to blame.
        """
        ...


def persist(
    tasks: Sequence[T],
    attempt: Callable[[dict[Key, T]], Iterator[ShardSummary]],
    quarantine: Callable[[dict[Key, T]], None],
    patience: int,
) -> Iterator[ShardSummary]:
    """Attempt tasks until all are done, however often workers die.

    Args:
        tasks: what to do.
        attempt: works on the tasks that are left and takes those out that it finishes.
        quarantine: puts a task without its culprit in the place of each that a recording stopped.
        patience: attempts in a row that neither finish a task nor find a culprit, before giving up.

    Raises:
        SerError: when patience is at its end.
    """
    left = {(task.dataset, task.shard): task for task in tasks}
    fruitless = 0
    while left:
        before = dict(left)
        yield from attempt(left)
        if left:
            quarantine(left)
        fruitless = fruitless + 1 if left == before else 0
        if fruitless > patience:
            raise SerError(
                f"workers were killed {fruitless} times in a row, and no recording did it: "
                "free memory or use fewer workers; what is finished is stored"
            )


def quarantined(task: T, recording: Recording) -> T:
    """The task without a recording that killed its workers."""
    return replace(task, quarantined={**task.quarantined, recording.file_id: KILLED})
