"""Address of a Dask scheduler, or none → runner on that cluster, or on a new one of this machine."""

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from typing import Any

from ser_features.engine.cluster import Dask
from ser_features.errors import InputError, MissingExtraError
from ser_features.workers.pool import cpu_count

CONNECT_SECONDS = 5.0
"""Time that a scheduler may take to answer."""

QUIET = logging.CRITICAL
"""Level of Dask's log messages: the runner reports lost workers and schedulers itself, in one line."""


@contextmanager
def connect(scheduler: str | None = None, workers: int | None = None) -> Iterator[Dask]:
    """Connect to a Dask cluster for the duration of the block.

    Args:
        scheduler: address of a running one, such as tcp://head:8786; without it, a cluster of worker
            processes of this machine is started, and stopped at the end.
        workers: number of processes of that cluster; one per core by default.

    Raises:
        InputError: if no scheduler answers at the address.
        MissingExtraError: if Dask is not installed.
    """
    _, distributed = _dask()
    if scheduler is not None:
        _check_scheduler(distributed, scheduler)
    with (
        distributed.utils.silence_logging_cmgr(QUIET),
        own_cluster(workers) if scheduler is None else nullcontext(scheduler) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        yield Dask(client)


def _dask() -> tuple[Any, Any]:
    try:
        import dask
        import distributed
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            "--executor dask needs distributed, which is not installed: pip install 'ser-toolkit[dask]'"
        ) from error
    return dask, distributed


@contextmanager
def own_cluster(workers: int | None = None, **settings: Any) -> Iterator[Any]:
    """Start a cluster of processes of this machine for the duration of the block.

    Each process has one thread, also in BLAS, which Dask's nannies set (see `threads.ONE_THREAD`).

    Args:
        workers: number of processes; one per core by default.
        settings: further arguments of `distributed.LocalCluster`, such as memory_limit.
    """
    dask, distributed = _dask()
    # By default a worker that happens to be dead 15 s after it last died is not started again.
    with (
        dask.config.set({"distributed.deploy.lost-worker-timeout": "1 day"}),
        distributed.LocalCluster(
            n_workers=cpu_count() if workers is None else workers,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            silence_logs=QUIET,
            **settings,
        ) as cluster,
    ):
        yield cluster


def _check_scheduler(distributed: Any, address: str) -> None:
    """Check that a scheduler listens: a `Client` that fails to connect cannot be closed any more."""
    with ThreadPoolExecutor(1) as thread:  # the calling thread may have an event loop, as notebooks do
        try:
            kind = thread.submit(asyncio.run, _server_kind(distributed, address)).result()
        except (Exception, asyncio.CancelledError) as error:
            raise InputError(
                f"no Dask scheduler answers at {address!r} ({error}): expected an address such as "
                "tcp://head:8786: start one with dask scheduler"
            ) from error
    if kind != "Scheduler":
        raise InputError(f"{address!r} is a Dask {kind.lower()}: expected the address of the scheduler")


async def _server_kind(distributed: Any, address: str) -> str:
    security = distributed.Security().get_connection_args("client")
    async with distributed.rpc(address, timeout=CONNECT_SECONDS, connection_args=security) as server:
        answer = await asyncio.wait_for(server.identity(), CONNECT_SECONDS + 1)
    return answer["type"]
