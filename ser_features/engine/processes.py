"""Worker processes of this machine: one BLAS thread each, and none outlives the process that it works for."""

import os
import threading
import time
from collections.abc import Callable
from typing import Any

import loky

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""The matrices are small: BLAS threads of several workers only fight for the same cores."""

LOOK_SECONDS = 0.2
"""How often a worker looks whether there is still somebody to work for."""

KILLED = "it killed its worker process twice (crash or memory): convert the file, or leave it out"
"""What is said of a file that is quarantined."""


def pool(
    workers: int, begin: Callable[..., None] | None = None, arguments: tuple[Any, ...] = ()
) -> loky.ProcessPoolExecutor:
    """Return an executor whose processes start when they are needed.

    Args:
        workers: how many processes.
        begin: called in each of them before any work.
        arguments: of `begin`.
    """
    return loky.ProcessPoolExecutor(
        workers, env=ONE_THREAD, initializer=_begin, initargs=(os.getpid(), begin, arguments)
    )


def _begin(parent: int, begin: Callable[..., None] | None, arguments: tuple[Any, ...]) -> None:
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    if begin is not None:
        begin(*arguments)


def _end_with(parent: int) -> None:
    """End when the parent is no more, for which loky's workers would wait for ever."""
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os._exit(1)
