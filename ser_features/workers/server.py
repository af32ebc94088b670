"""In a process between the pool and its workers: import what they need once, then fork one per connection.

job, connections → `serve` → forks (`worker.work`); all end when the pool is closed or its process dies
"""

import gc
import os
import pickle
import signal
import socket
import sys
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from ser_features.workers.worker import POLL_SECONDS, Job, work


def serve(descriptor: int, parent: int) -> NoReturn:
    """Fork a worker for every connection that arrives, until the pool is closed; then end them.

    Args:
        descriptor: of the socket that the job, and then the connections arrive at.
        parent: process of the pool.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the pool's process decides what it means
    gc.disable()  # nothing that is imported becomes garbage
    workers: set[int] = set()
    with suppress(EOFError):  # its process may have died at once
        job = _prepared(Connection(os.dup(descriptor)).recv_bytes())
        gc.freeze()  # so that workers leave the memory of these objects as it is, which they share
        gc.enable()
        pool = socket.socket(fileno=descriptor)
        pool.settimeout(POLL_SECONDS)
        while (connection := _next(pool, parent, workers)) is not None:
            with suppress(OSError):  # the closed connection says that there is no worker
                process = os.fork()
                if not process:
                    pool.close()
                    _become_worker(connection, job)
                workers.add(process)
            os.close(connection)
    for process in workers:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    os._exit(0)


def _prepared(content: bytes) -> Job:
    """The job after what is done once; one whose calls raise the error if that fails."""
    try:
        job: Job = pickle.loads(content)
        if job.once is not None:
            job.once()
    except Exception as error:
        return Job(_Raising(error))
    return job


class _Raising:
    """A function that raises an error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __call__(self, *_: Any) -> NoReturn:
        raise self._error


def _next(pool: socket.socket, parent: int, workers: set[int]) -> int | None:
    """Descriptor of the next worker's connection; None once the pool is closed or its process is gone."""
    while os.getppid() == parent:
        _forget_dead(workers)
        with suppress(TimeoutError):
            _, descriptors, _, _ = socket.recv_fds(pool, 1, 1)
            return descriptors[0] if descriptors else None
    return None


def _forget_dead(workers: set[int]) -> None:
    """Remove those that have ended; until then the system gives their numbers to no other process."""
    workers.difference_update({process for process in workers if os.waitpid(process, os.WNOHANG)[0]})


def _become_worker(connection: int, job: Job) -> NoReturn:
    status = 1
    try:
        work(Connection(connection), job, os.getppid())
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)
