"""Items of several requests → one call of the model.

items → `Batcher` → the call for all that wait → results of each request

Requests that arrive while the model is busy wait together and share its next call; one that arrives while it
is idle is served at once. Nothing is delayed to fill a batch.

>>> async def together():
...     batcher = Batcher(lambda items: [(item, len(items)) for item in items])
...     return await asyncio.gather(*(batcher([number]) for number in range(3)))
>>> asyncio.run(together())
[[(0, 3)], [(1, 3)], [(2, 3)]]
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

MAX_ITEMS = 64
"""Most items of a call, unless one request has more."""

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[Item, Result]):
    items: Sequence[Item]
    results: "asyncio.Future[list[Result]]"


class Batcher(Generic[Item, Result]):
    """Calls a function for the items of all requests that wait, used from one event loop.

    Attributes:
        call: returns a result per item, in order; it runs in a thread, one call at a time.
        on_batch: called with the number of items of every call.
    """

    def __init__(
        self,
        call: Callable[[list[Item]], list[Result]],
        on_batch: Callable[[int], Any] = lambda count: None,
    ) -> None:
        self.call = call
        self.on_batch = on_batch
        self._waiting: list[_Waiting[Item, Result]] = []
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, items: Sequence[Item]) -> list[Result]:
        """Return the results of the items of one request.

        Raises:
            Exception: whatever the function raises for these items alone.
        """
        waiting: _Waiting[Item, Result] = _Waiting(items, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._serve())
        return await waiting.results

    async def _serve(self) -> None:
        while self._waiting:
            batch = self._next()
            try:
                await self._answer(batch)
            except Exception:  # of one request: the others do not fail with it
                for one in batch:
                    try:
                        await self._answer([one])
                    except Exception as error:
                        if not one.results.done():
                            one.results.set_exception(error)

    def _next(self) -> list[_Waiting[Item, Result]]:
        """Take the first requests that wait, up to `MAX_ITEMS`; those that were given up are dropped."""
        batch: list[_Waiting[Item, Result]] = []
        while self._waiting and (
            not batch or sum(len(one.items) for one in (*batch, self._waiting[0])) <= MAX_ITEMS
        ):
            one = self._waiting.pop(0)
            if not one.results.done():
                batch.append(one)
        return batch

    async def _answer(self, batch: list[_Waiting[Item, Result]]) -> None:
        items = [item for one in batch for item in one.items]
        if not items:
            return
        results = iter(await asyncio.to_thread(self.call, items))
        self.on_batch(len(items))
        for one in batch:
            own = [next(results) for _ in one.items]
            if not one.results.done():
                one.results.set_result(own)
