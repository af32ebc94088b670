"""A function of many items on several cores, in threads.

model, size of its data → `shared_out` → folds at the same time, cores for each
items → `parallel` → results in the order of the items

Threads, as most of the work is in libraries that release the interpreter lock: they start at once, and share
the tables and arrays that were read. A result does not depend on the number of threads: inside of them BLAS
and OpenMP use one thread, as `one_thread_each` sees to it elsewhere, because the order of their sums, and so
the last bits of a result, depends on theirs.

>>> list(parallel(abs, [-1, -2], jobs=2))
[1, 2]
"""

import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from ser_models.models.base import Model

Item = TypeVar("Item")
Result = TypeVar("Result")

COPIES = 4
"""How often the arrays of a fold are in memory, at most: as read, joined, of one member, and its design."""


def shared_out(model: Model, jobs: int | None, *, folds: int, fold_bytes: int) -> tuple[int, int]:
    """Share the cores among folds.

    Args:
        model: whose folds are trained.
        jobs: cores to use; None: all, for as many folds as half of the machine's memory holds, or 1 if the
            model uses several cores by itself.
        folds: number of folds.
        fold_bytes: size of the arrays of one fold.

    Returns:
        Number of folds that are trained at the same time, and of cores for each. Networks on a GPU are
        trained one at a time.
    """
    if jobs is None:
        if not model.fits_in_threads:
            return 1, 1
        from loky import cpu_count

        jobs = cpu_count()
        folds = min(folds, max(1, memory() // 2 // (COPIES * fold_bytes)))
    if jobs > 1 and model.on_gpu:
        return 1, 1
    at_once = min(jobs, folds)
    return at_once, jobs // at_once


def memory() -> int:
    """Bytes of memory of this machine."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def parallel(function: Callable[[Item], Result], items: Iterable[Item], *, jobs: int) -> Iterator[Result]:
    """Results in the order of the items, computed in `jobs` threads.

    Args:
        function: safe to call in several threads at once.
        items: its arguments.
        jobs: number of threads; with 1, this one, and each result is computed when it is needed.
    """
    if jobs == 1:
        yield from map(function, items)
        return
    from joblib import Parallel, delayed  # slow to import, not needed for prediction
    from sklearn.exceptions import ConvergenceWarning

    def limited(item: Item) -> Result:
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1, user_api="openmp"):  # OpenMP has a limit of its own in every thread
            return function(item)

    with one_thread_each(), warnings.catch_warnings():
        # A model ignores it for itself, but filters belong to all threads: another may take that back.
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield from Parallel(n_jobs=jobs, backend="threading", return_as="generator")(
            delayed(limited)(item) for item in items
        )


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Limit BLAS and OpenMP to one thread per call while the block runs."""
    # Loads the libraries of both: those that are loaded later would not be limited.
    import scipy.linalg  # noqa: F401
    import sklearn  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield
