"""A process that dies or hangs takes down only the upload that did it."""

import asyncio
import os
import time
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor

import pytest

from ser_features.engine.runner import KILLED
from ser_features.errors import SerError
from ser_models.service.workers import Workers
from ser_models.web.body import Rejected


class Mortal(Executor):
    """Dies of the word "deadly", and then of everything."""

    def __init__(self, started: list, is_dead: bool = False) -> None:
        self.is_dead = is_dead
        started.append(self)

    def submit(self, function, *arguments):
        self.is_dead = self.is_dead or arguments == ("deadly",)
        future = Future()
        if self.is_dead:
            future.set_exception(BrokenExecutor())
        else:
            future.set_result(function(*arguments))
        return future


def test_only_the_upload_that_kills_is_refused():
    started = []

    async def uploads():
        workers = Workers(2, 1.0, lambda number: Mortal(started))
        words = ("one", "deadly", "two", "three")
        return await asyncio.gather(*(workers.run(str.upper, word) for word in words), return_exceptions=True)

    one, refused, *others = asyncio.run(uploads())
    assert [one, *others] == ["ONE", "TWO", "THREE"]
    assert (refused.status, str(refused)) == (422, KILLED)
    assert len(started) >= 3


def test_a_call_that_takes_too_long_is_ended():
    async def slow():
        workers = Workers(1, 0.01, ThreadPoolExecutor)
        with pytest.raises(Rejected) as late:
            await workers.run(time.sleep, 0.05)
        return late.value, await workers.run(abs, -1)

    late, after = asyncio.run(slow())
    assert (late.status, after) == (504, 1)
    assert str(late) == "not read after 0.01 s, expected less: send a shorter recording"


@pytest.mark.long
def test_processes_are_started_again():
    async def calls():
        workers = Workers(2, 10.0)
        hanging, deadly, short = await asyncio.gather(
            workers.run(time.sleep, 100),
            workers.run(os._exit, 1),
            workers.run(abs, -1),
            return_exceptions=True,
        )
        after = await workers.run(abs, -2)
        await workers.end()
        return hanging, deadly, short, after

    hanging, deadly, *others = asyncio.run(calls())
    assert others == [1, 2]
    assert (hanging.status, deadly.status) == (504, 422)


def test_processes_that_cannot_be_started_are_reported():
    workers = Workers(1, 1.0, lambda number: Mortal([], is_dead=True))
    message = "worker processes die as they start: free memory, or pass fewer --workers"
    with pytest.raises(SerError, match=message):
        workers.begin()
    with pytest.raises(Rejected, match=message) as refused:
        asyncio.run(workers.run(abs, -1))
    assert refused.value.status == 503
