"""Calls → worker processes → their results; the death of a worker is the result of its call alone.

>>> from operator import add
>>> with Pool(2, Job(add)) as pool:
...     list(pool.map([(1, 2), (3, 4)]))
[3, 7]
"""

import os
import pickle
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from multiprocessing.connection import Connection, Pipe, wait
from typing import Any, Protocol, cast

from ser_features.threads import ONE_THREAD
from ser_features.workers.worker import POLL_SECONDS, Job, work

KEPT_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(8 << 20), "MALLOC_TRIM_THRESHOLD_": str(32 << 20)}
"""Of glibc, in bytes: smaller arrays than the first stay in the process when they are freed, up to the second
of them at once. By default it returns those of each recording to the system, which clears their pages again
for the next one."""

ENVIRONMENT = {**ONE_THREAD, **KEPT_MEMORY}
"""Of all workers."""

ALONE = {**ENVIRONMENT, "JE_ARROW_MALLOC_CONF": "background_thread:false"}
"""Of a process that is forked: its other threads, such as that of Arrow's allocator, would not be."""

AHEAD = 2
"""Calls per worker that `Pool.map` begins before the first of them is to be yielded."""

SECONDS_TO_END = 1.0
"""Time within which the server of a closed pool ends."""

FORKS = sys.platform == "linux"
"""Whether workers are forked; elsewhere, the systems' own libraries may not survive it."""


DIED: Any = object()
"""Result of a call whose worker died."""

Call = tuple[Any, ...]
"""Arguments of a call; they can be pickled."""


def cpu_count() -> int:
    """Cores that this process may use."""
    import loky  # here, as it imports more than all workers need

    count: int = loky.cpu_count()
    return count


class Pool:
    """Worker processes with one call each at a time; use as a context manager.

    They start when there are calls for them. One that died is replaced. Leaving the context ends them.
    """

    def __init__(self, workers: int, job: Job) -> None:
        """Begin what is done once before workers start, where they are forked.

        Args:
            workers: largest number of processes.
            job: what they do.
        """
        self._workers = workers
        self._source: _Source = _Server(job) if FORKS else _Processes(job)
        self._idle: list[Connection] = []
        self._running: dict[Connection, int] = {}

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None:
        for worker in (*self._idle, *self._running):
            worker.close()
        self._source.close()

    def map(self, calls: Iterable[Call]) -> Iterator[Any]:
        """Yield the result of each call, or `DIED`, in their order.

        Raises:
            Exception: of the first call that ended in an error.
        """
        numbered, ended, turn = enumerate(calls), dict[int, Any](), 0
        while True:
            begun = len(ended) + len(self._running)
            self._begin(islice(numbered, max(0, AHEAD * self._workers - begun)))
            if self._running:
                ended.update(self._ended(0 if turn in ended else None))
            elif not ended:
                return
            if turn in ended:
                yield ended.pop(turn)
                turn += 1

    def as_completed(
        self, calls: Iterable[Call], on_wait: Callable[[], None] = lambda: None
    ) -> Iterator[tuple[int, Any]]:
        """Yield (number of the call, its result or `DIED`) in the order in which calls end.

        Args:
            calls: their arguments.
            on_wait: called several times a second.

        Raises:
            Exception: of a call that ended in an error.
        """
        numbered = enumerate(calls)
        self._begin(numbered)
        while self._running:
            ended = list(self._ended(POLL_SECONDS))
            on_wait()
            self._begin(numbered)
            yield from ended

    def _begin(self, calls: Iterator[tuple[int, Call]]) -> None:
        """Begin calls while there are workers for them."""
        while len(self._running) < self._workers and (call := next(calls, None)) is not None:
            number, arguments = call
            worker = self._idle.pop() if self._idle else self._source.start()
            self._running[worker] = number
            with suppress(OSError):  # of a dead one, which is its result
                worker.send_bytes(pickle.dumps(arguments))

    def _ended(self, seconds: float | None) -> Iterator[tuple[int, Any]]:
        """(number, result or `DIED`) of the calls that end within some time; None waits for one."""
        for worker in cast(list[Connection], wait(list(self._running), seconds)):
            number = self._running.pop(worker)
            try:
                well, result = pickle.loads(worker.recv_bytes())
            except (EOFError, OSError):
                worker.close()
                yield number, DIED
                continue
            self._idle.append(worker)
            if not well:
                raise result
            yield number, result


class _Source(Protocol):
    """Starts workers."""

    def start(self) -> Connection:
        """Connection to a new worker; closed at its end if there can be none."""
        ...

    def close(self) -> None:
        """End all workers."""
        ...


class _Server:
    """Forks of a process that has imported what they need."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._start_server()

    def _start_server(self) -> None:
        self._control, theirs = Pipe()
        code = (
            f"import sys; sys.path[:] = {[*map(str, sys.path)]}; "
            f"from ser_features.workers.server import serve; serve({theirs.fileno()}, {os.getpid()})"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.DEVNULL,
            env={**os.environ, **ALONE},
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        self._control.send_bytes(pickle.dumps(self._job))

    def start(self) -> Connection:
        if self._process.poll() is not None:
            self._control.close()
            self._start_server()
        ours, theirs = Pipe()
        control = socket.socket(fileno=os.dup(self._control.fileno()))
        with theirs, control, suppress(OSError):  # of a dead server: the connection is closed then
            socket.send_fds(control, [b"w"], [theirs.fileno()])
        return ours

    def close(self) -> None:
        self._control.close()
        try:
            self._process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:  # it is still preparing the job: there are no workers yet
            self._process.kill()
            self._process.wait()


class _Processes:
    """New processes, each of which imports what it needs."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._processes: list[Any] = []

    def start(self) -> Connection:
        from loky.backend.context import get_context

        ours, theirs = Pipe()
        process = get_context("loky").Process(
            target=work, args=(theirs, self._job, os.getpid()), env=ENVIRONMENT, daemon=True
        )
        process.start()
        self._processes.append(process)
        theirs.close()
        return ours

    def close(self) -> None:
        for process in self._processes:
            process.terminate()
            process.join()
