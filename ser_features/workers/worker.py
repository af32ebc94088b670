"""In a worker: arguments → the job's function → its result or error, until the pool is closed."""

import faulthandler
import os
import pickle
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

POLL_SECONDS = 0.2
"""Interval at which a process checks whether its parent is alive."""


@dataclass(frozen=True, slots=True)
class Job:
    """What the workers of a pool do; the functions are pickled by name.

    Attributes:
        function: called with the arguments of each call.
        once: called before the workers start, where they are forks of one process; it must start no thread.
        begin: called in each worker before its first call; its error ends the worker.
    """

    function: Callable[..., Any]
    once: Callable[[], object] | None = None
    begin: Callable[[], object] | None = None


def work(pool: Connection, job: Job, parent: int) -> None:
    """Answer each message, which is the arguments of a call, until the pool is closed.

    Args:
        pool: connection to it.
        job: what is called.
        parent: process that this one ends with.
    """
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()
    faulthandler.enable()  # a crash prints where it happened
    if job.begin is not None:
        job.begin()
    with suppress(EOFError, OSError):  # the pool is closed
        while True:
            pool.send_bytes(_answer(job.function, pool.recv_bytes()))


def _answer(function: Callable[..., Any], arguments: bytes) -> bytes:
    """(True, result) or (False, error) as bytes."""
    try:
        return pickle.dumps((True, function(*pickle.loads(arguments))))
    except Exception as error:
        error.add_note(f"In a worker process:\n{traceback.format_exc()}")
        try:
            content = pickle.dumps((False, error))
            pickle.loads(content)
        except Exception:  # not every error can be sent
            content = pickle.dumps((False, RuntimeError("".join(traceback.format_exception(error)))))
        return content


def end_with(parent: int) -> None:
    """End this process once its parent is gone."""
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os._exit(1)
