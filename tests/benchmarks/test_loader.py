"""The loader benchmark alternates between memory and store."""

import numpy as np

from benchmarks.speed import loader
from ser_models.data.batches import InMemory, Streaming


def test_every_pair_has_an_epoch_from_memory_and_one_from_the_store():
    values = np.arange(12.0).reshape(6, 2)
    turns = loader.Alternating(
        InMemory({"columns": values}), Streaming(values, lambda raw: {"columns": raw + 100})
    )
    assert (len(turns), turns.shapes) == (6, {"columns": (2,)})
    from_store = set()
    for epoch in range(10):
        turns.epoch = epoch
        if (turns.batch(np.array([4, 1]))["columns"] == values[[4, 1]] + 100).all():
            from_store.add(epoch)
    kept, streamed = loader._epochs(4)
    assert list(zip(kept, streamed, strict=True)) == [(3, 2), (4, 5), (7, 6), (8, 9)]
    assert set(streamed) < from_store
    assert not set(kept) & from_store
    assert set(turns.seconds) == set(range(10))
