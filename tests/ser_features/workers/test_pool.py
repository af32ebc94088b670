"""Calls of worker processes: results, errors, deaths, and the end of the processes."""

import os
import signal
import time
from functools import partial
from platform import libc_ver

import numpy as np
import pytest

from ser_features.workers import pool as pools
from ser_features.workers.pool import DIED, Pool
from ser_features.workers.worker import Job

prepared: list[int] = []


def prepare() -> None:
    prepared.append(os.getpid())


def prepared_in(_: object) -> list[int]:
    return prepared


def refuse() -> None:
    raise ValueError("not ready")


def act(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 7:
        raise ValueError("seven")
    if number == 8:
        raise Unsendable(8, "not sent")
    return 10 * number


class Unsendable(Exception):
    def __init__(self, number: int, message: str) -> None:
        super().__init__(message)


def faults(number: int) -> int:
    """Pages that the system clears for arrays of a megabyte that are made and dropped in turn."""
    import resource  # not on Windows

    first, second = (np.ones(1 << 20, np.uint8) for _ in range(2))
    del first, second
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(number):
        first, second = (np.ones(1 << 20, np.uint8) for _ in range(2))
        del first, second
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def calls(*numbers: int) -> list[tuple[int]]:
    return [(number,) for number in numbers]


@pytest.fixture(params=[pytest.param(False, marks=pytest.mark.long), pools.FORKS], ids=["processes", "forks"])
def pool(request, monkeypatch):
    monkeypatch.setattr(pools, "FORKS", request.param)
    with Pool(2, Job(act)) as two:
        yield two


def test_the_death_of_a_worker_is_the_result_of_its_call_alone(pool):
    assert list(pool.map(calls(*range(6)))) == [0, 10, 20, DIED, 40, 50]
    assert dict(pool.as_completed(calls(*range(6)))) == {0: 0, 1: 10, 2: 20, 3: DIED, 4: 40, 5: 50}
    assert list(pool.map([])) == []


def test_an_error_of_a_call_is_raised_with_the_place(pool):
    with pytest.raises(ValueError, match="seven") as raised:
        list(pool.map(calls(7)))
    assert "in act" in raised.value.__notes__[0]
    with pytest.raises(RuntimeError, match="not sent"):
        list(pool.as_completed(calls(8)))


def test_calls_are_begun_shortly_before_their_turn(pool):
    begun = []
    results = pool.map(begun.append(number) or (number,) for number in range(2))
    assert next(results) == 0
    many = pool.map((begun.append(number) or 0,) for number in range(100))
    next(many)
    assert len(begun) <= 2 + 2 * pools.AHEAD + 1


@pytest.mark.skipif(not pools.FORKS, reason="no forks")
def test_what_is_done_once_is_done_before_the_forks():
    with Pool(2, Job(prepared_in, once=prepare)) as pool:
        first, *others = pool.map(calls(*range(4)))
    assert len(first) == 1
    assert others == [first] * 3
    with Pool(1, Job(act, once=refuse)) as pool, pytest.raises(ValueError, match="not ready"):
        next(pool.map(calls(1)))


@pytest.mark.skipif(libc_ver()[0] != "glibc", reason="another allocator")
def test_the_memory_of_arrays_is_used_again():
    with Pool(1, Job(faults)) as pool:
        assert next(pool.map(calls(20))) < 500  # of 10,240 pages


def test_a_worker_that_cannot_begin_is_dead(capfd):
    with Pool(1, Job(act, begin=refuse)) as pool:
        assert list(pool.map(calls(1, 2))) == [DIED, DIED]
    assert "ValueError: not ready" in capfd.readouterr().err


@pytest.mark.skipif(not pools.FORKS, reason="no forks")
def test_a_killed_server_is_the_death_of_its_workers_and_is_replaced():
    with Pool(1, Job(act)) as pool:
        assert next(pool.map(calls(1))) == 10
        pool._source._process.kill()
        deadline = time.monotonic() + 30
        while next(pool.map(calls(2))) is not DIED:
            assert time.monotonic() < deadline
        assert next(pool.map(calls(2))) == 20


def test_no_process_outlives_the_pool():
    with Pool(2, Job(partial(os.getpid))) as pool:
        processes = set(pool.map([(), (), ()]))
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
