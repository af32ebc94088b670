"""Address of a Dask scheduler, or nothing → a runner on that cluster, or on one of this machine's own."""

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from typing import Any

import loky

from ser_features.engine.cluster import Dask
from ser_features.errors import InputError
from ser_features.extras import require

CONNECT_SECONDS = 5.0
"""How long a scheduler may take to answer."""

QUIET = logging.CRITICAL
"""What Dask may still log: what happened to workers and scheduler is the runner's to tell, in one line."""


@contextmanager
def connect(scheduler: str | None = None, workers: int | None = None) -> Iterator[Dask]:
    """Be connected to a Dask cluster for as long as the block runs.

    Args:
        scheduler: address of a running one, such as tcp://head:8786; without it, a cluster of worker
            processes of this machine is started, and stopped at the end.
        workers: processes of that cluster; one per core by default.

    Raises:
        InputError: if no scheduler answers at the address.
        MissingExtraError: if Dask is not installed.
    """
    _, distributed = _dask()
    if scheduler is not None:
        _knock(distributed, scheduler)
    with (
        distributed.utils.silence_logging_cmgr(QUIET),
        own_cluster(workers) if scheduler is None else nullcontext(scheduler) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        yield Dask(client)


def _dask() -> tuple[Any, Any]:
    require("--executor dask", "distributed")
    import dask
    import distributed

    return dask, distributed


@contextmanager
def own_cluster(workers: int | None = None, **settings: Any) -> Iterator[Any]:
    """Have a cluster of this machine's processes for as long as the block runs.

    One thread per process, also in BLAS, as Dask's nannies see to it (`processes.ONE_THREAD` says why).

    Args:
        workers: processes; one per core by default.
        settings: others of `distributed.LocalCluster`, such as memory_limit.
    """
    dask, distributed = _dask()
    # By default a worker that happens to be dead 15 s after it last died is not started again.
    with (
        dask.config.set({"distributed.deploy.lost-worker-timeout": "1 day"}),
        distributed.LocalCluster(
            n_workers=loky.cpu_count() if workers is None else workers,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            silence_logs=QUIET,
            **settings,
        ) as cluster,
    ):
        yield cluster


def _knock(distributed: Any, address: str) -> None:
    """Make sure that a scheduler listens: a `Client` that fails to connect cannot be closed any more."""
    with ThreadPoolExecutor(1) as thread:  # the caller's may have an event loop, as notebooks do
        try:
            kind = thread.submit(asyncio.run, _kind(distributed, address)).result()
        except (Exception, asyncio.CancelledError) as error:
            raise InputError(
                f"no Dask scheduler answers at {address!r} ({error}): expected an address such as "
                "tcp://head:8786: start one with dask scheduler"
            ) from error
    if kind != "Scheduler":
        raise InputError(f"{address!r} is a Dask {kind.lower()}: expected the address of the scheduler")


async def _kind(distributed: Any, address: str) -> str:
    security = distributed.Security().get_connection_args("client")
    async with distributed.rpc(address, timeout=CONNECT_SECONDS, connection_args=security) as server:
        answer = await asyncio.wait_for(server.identity(), CONNECT_SECONDS + 1)
    return answer["type"]
