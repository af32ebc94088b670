"""Processes that read uploads: a file that crashes or blocks one of them takes only itself down.

function, arguments → `Workers.run` → a free process → result

At most one call per process is in progress, so that few are affected when a process dies. Each of them is
then repeated alone, in a process of its own: the one that dies again is refused.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor
from typing import Any, TypeVar

from loky import ProcessPoolExecutor
from loky.process_executor import ShutdownExecutorError

from ser_features.engine.runner import KILLED
from ser_features.errors import SerError
from ser_features.workers.pool import ENVIRONMENT, cpu_count
from ser_models.service.reading import begin, process_id
from ser_models.web.body import Rejected

Result = TypeVar("Result")

DIED = (BrokenExecutor, ShutdownExecutorError)
"""What a call ends with if its process dies, or all are ended because of another call."""


def start_pool(workers: int) -> ProcessPoolExecutor:
    """Return an executor of worker processes, which start when they are needed."""
    return ProcessPoolExecutor(workers, env=ENVIRONMENT, initializer=begin, initargs=(os.getpid(),))


class Workers:
    """Worker processes of the service, used from one event loop.

    Attributes:
        number: of processes.
        seconds: longest duration of one call, in s; a process that takes longer is ended.
    """

    def __init__(
        self, number: int | None, seconds: float, start: Callable[[int], Executor] = start_pool
    ) -> None:
        self.number = number or cpu_count()
        self.seconds = seconds
        self._start = start
        self._pool: Executor | None = None
        self._free = asyncio.Semaphore(self.number)
        self._starting = asyncio.Lock()
        self._alone = asyncio.Lock()

    def begin(self) -> None:
        """Start the processes, before there is an event loop; otherwise the first call starts them.

        Raises:
            SerError: if they die as they start.
        """
        self._pool = self._started(self.number)

    async def run(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Call a function in a process, once one is free.

        Args:
            function: pickled by name.
            arguments: of the function.

        Raises:
            Rejected: with status 422 if it ends its process twice, 504 if it takes longer than `seconds`, 503
                if no process can be started.
            AudioError: and whatever else the function raises.
        """
        await self._free.acquire()
        call = asyncio.ensure_future(self._call(function, *arguments))
        call.add_done_callback(self._finished)
        return await asyncio.shield(call)  # a caller that gives up leaves a process that is still busy

    async def end(self) -> None:
        """End all processes."""
        await self._end(self._pool)

    def _finished(self, call: "asyncio.Future[Any]") -> None:
        self._free.release()
        _read(call)

    async def _call(self, function: Callable[..., Result], *arguments: Any) -> Result:
        processes = await self._processes()
        try:
            return await self._result(processes, function, *arguments)
        except DIED:
            await self._end(processes)
        async with self._alone:
            alone = await self._started_later(1)
            try:
                return await self._result(alone, function, *arguments)
            except DIED as error:
                raise Rejected(422, KILLED) from error
            finally:
                await _shut_down(alone)

    async def _result(self, processes: Executor, function: Callable[..., Result], *arguments: Any) -> Result:
        future = asyncio.wrap_future(processes.submit(function, *arguments))
        done, _ = await asyncio.wait([future], timeout=self.seconds)
        if done:
            return future.result()
        future.add_done_callback(_read)
        await self._end(processes)
        raise Rejected(504, f"not read after {self.seconds:g} s, expected less: send a shorter recording")

    async def _processes(self) -> Executor:
        async with self._starting:
            if self._pool is None:
                self._pool = await self._started_later(self.number)
            return self._pool

    async def _started_later(self, number: int) -> Executor:
        try:
            return await asyncio.to_thread(self._started, number)
        except SerError as error:
            raise Rejected(503, str(error)) from error

    def _started(self, number: int) -> Executor:
        """Start processes and wait for the first, so that the time of a call does not include it."""
        processes = self._start(number)
        try:
            processes.submit(process_id).result()
        except BrokenExecutor as error:
            raise SerError(
                "worker processes die as they start: free memory, or pass fewer --workers"
            ) from error
        return processes

    async def _end(self, processes: Executor | None) -> None:
        if processes is None:
            return
        if processes is self._pool:
            self._pool = None
        await _shut_down(processes)


def _read(future: "asyncio.Future[Any]") -> None:
    """Read the exception of a call whose caller may have given up, so that it is not logged."""
    if not future.cancelled():
        future.exception()


async def _shut_down(processes: Executor) -> None:
    options = {"kill_workers": True} if isinstance(processes, ProcessPoolExecutor) else {}
    await asyncio.to_thread(processes.shutdown, wait=True, **options)
