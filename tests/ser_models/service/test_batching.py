"""Requests share calls of the model, and fail alone."""

import asyncio

import pytest

from ser_models.service.batching import MAX_ITEMS, Batcher


def test_requests_that_wait_share_the_next_call():
    sizes = []

    async def requests():
        batcher = Batcher(lambda items: [-item for item in items], sizes.append)
        answers = [asyncio.create_task(batcher([number, number + 1])) for number in range(100)]
        return await asyncio.gather(*answers)

    assert asyncio.run(requests()) == [[-number, -number - 1] for number in range(100)]
    assert sizes == [MAX_ITEMS, MAX_ITEMS, MAX_ITEMS, 200 - 3 * MAX_ITEMS]


def test_a_request_that_fails_does_so_alone():
    def inverse(items):
        return [1 / item for item in items]

    async def requests():
        batcher = Batcher(inverse)
        answers = [batcher([number]) for number in (2, 0, 4)]
        return await asyncio.gather(*answers, return_exceptions=True)

    first, failed, last = asyncio.run(requests())
    assert (first, last) == ([0.5], [0.25])
    assert isinstance(failed, ZeroDivisionError)


def test_a_request_that_was_given_up_is_not_computed():
    computed = []

    def call(items):
        computed.extend(items)
        return items

    async def requests():
        batcher = Batcher(call)
        dropped, kept = (asyncio.create_task(batcher([number])) for number in range(2))
        await asyncio.sleep(0)
        dropped.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dropped
        return await kept

    assert asyncio.run(requests()) == [1]
    assert computed == [1]
