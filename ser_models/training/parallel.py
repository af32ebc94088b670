"""Folds in parallel: in threads, or of networks in processes of their own; and their progress.

folds → `ser_models.models.parallel` → threads; every `Step` → `one_at_a_time` → progress callback
folds of networks → joblib → `train_fold` in a worker → state on disk; every `Step` → progress callback here
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from ser_models.training.config import Progress, RunContext, Step, ignore

if TYPE_CHECKING:
    from queue import Queue


def one_at_a_time(progress: Progress) -> Progress:
    """The callback, called by one thread at a time."""
    lock = Lock()

    def report(step: Step) -> None:
        with lock:
            progress(step)

    return report


def train_in_processes(
    train_fold: Callable[..., Any], numbers: Iterable[int], context: RunContext, *, jobs: int
) -> None:
    """Train folds in processes of their own; each leaves its result in the state.

    Args:
        train_fold: trains one fold, by its number and with a `context`; picklable.
        numbers: of the folds.
        context: with a state, which the results go to: a fitted network cannot be pickled.
        jobs: number of processes.
    """
    from joblib import Parallel, delayed, parallel_config
    from joblib.externals.loky.backend.context import get_context

    # As many threads as without parallel folds: the order of sums, and so the result, may depend on it.
    threads = os.cpu_count() or 1
    with get_context("loky").Manager() as manager:
        steps: Queue[Step | None] = manager.Queue()
        forward = Thread(target=_forward, args=(steps, context), daemon=True)
        forward.start()
        # Folds are parallel already, so their models are fitted serially.
        worker = replace(context, progress=ignore, jobs=1)
        train = partial(_in_worker, train_fold, worker, steps, os.getpid())
        try:
            with parallel_config("loky", n_jobs=jobs, inner_max_num_threads=threads):
                Parallel(pre_dispatch="n_jobs")(delayed(train)(number) for number in numbers)
        finally:
            steps.put(None)
            forward.join()


def _in_worker(
    train_fold: Callable[..., Any],
    context: RunContext,
    steps: "Queue[Step | None]",
    parent: int,
    number: int,
) -> None:
    """Train a fold, in a process that ends with its parent."""
    from ser_features.workers.worker import end_with

    Thread(target=end_with, args=(parent,), daemon=True).start()
    queues = [steps]
    try:
        train_fold(number, context=replace(context, progress=lambda step: queues[0].put(step)))
    finally:
        # A library may keep the callback in a reference cycle. If the proxy of the queue died with it, in
        # a later fold of this process, that would close the connection which this fold is writing to.
        queues.clear()


def _forward(steps: "Queue[Step | None]", context: RunContext) -> None:
    """Call the progress callback with the steps of all workers until None arrives."""
    while (step := steps.get()) is not None:
        context.progress(step)
