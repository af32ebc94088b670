"""Worker processes of this machine: one BLAS thread each; they end when their parent ends."""

import os
import threading
import time
from collections.abc import Callable
from typing import Any

import loky

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""The matrices are small: BLAS threads of several workers would compete for the same cores."""

POLL_SECONDS = 0.2
"""Interval at which a worker checks whether its parent is alive."""

KILLED = "it killed its worker process twice (crash or memory): convert the file, or leave it out"
"""Message of a file that is quarantined."""


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


def _begin(parent: int, begin: Callable[..., None] | None, arguments: tuple[Any, ...]) -> None:
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()
    if begin is not None:
        begin(*arguments)


def end_with(parent: int) -> None:
    """End this process once the parent is gone; loky's workers would wait for ever."""
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os._exit(1)
