"""Wall time and CPU time of a piece of work, and the core that it runs on.

function and items → `timed` → `Spent`: wall and CPU seconds, number of items

>>> spent = timed(abs, [-1, -2])
>>> spent.items, spent.wall > 0
(2, True)
"""

import os
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ser_features import threads

PROCESSES = Path("/proc")

ONE_THREAD = {**threads.ONE_THREAD, "NUMBA_NUM_THREADS": "1"}
"""Environment of processes in which every library uses one thread."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What some work has taken.

    Attributes:
        items: number of items, such as recordings.
        wall: seconds from start to end.
        cpu: CPU seconds of the process and its descendants.
    """

    items: int
    wall: float
    cpu: float


def cpu_seconds() -> float:
    """CPU time so far of this process and of all its descendants, in s.

    Those that still run are read from /proc, where the system has it: workers that another process started
    for this one count only there.
    """
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages) + sum(_running())


def _running() -> Iterator[float]:
    """CPU seconds of each descendant that runs, with those of its own ended children."""
    processes: dict[int, tuple[int, float]] = {}
    tick = os.sysconf("SC_CLK_TCK")
    for entry in PROCESSES.glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            values = (entry / "stat").read_text().rpartition(")")[2].split()
            processes[int(entry.name)] = int(values[1]), sum(map(int, values[11:15])) / tick
    parents = [os.getpid()]
    while parents:
        parent = parents.pop()
        children = [process for process, (of, _) in processes.items() if of == parent]
        parents += children
        yield from (processes[child][1] for child in children)


def measured(work: Callable[[], object], items: int) -> Spent:
    """What one call of a function takes, which processes that many items."""
    cpu, wall = cpu_seconds(), time.perf_counter()
    work()
    wall = time.perf_counter() - wall
    return Spent(items, wall, cpu_seconds() - cpu)


def timed(function: Callable[[Any], object], items: Sequence[Any]) -> Spent:
    """What a function takes for items, one after the other."""

    def work() -> None:
        for item in items:
            function(item)

    return measured(work, len(items))


@contextmanager
def pinned(core: int | None) -> Iterator[None]:
    """Keep this process and the processes that it starts on one core, where the system can.

    Args:
        core: number of the core; None for all.
    """
    if core is None or not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def last_core() -> int | None:
    """The core to pin to: the last one, as systems place most of their own work on the first."""
    return max(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
