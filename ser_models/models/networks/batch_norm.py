"""Batch normalisation that stands behind dropout, estimated again as it is used: without dropout.

network, some batches of training → `recompute_batch_norm` → moving averages that fit prediction

Dropout adds variance to what the next batch normalisation averages, and max pooling makes a higher mean of
it; in prediction there is neither (Li et al., "Understanding the Disharmony between Dropout and Batch
Normalization by Variance Shift", 2019). Where a mean over everything follows, little varies between
recordings, and the next normalisation blows the difference up: a Conv3D that knew three quarters of the 480
clips it was taught recognised an eighth of others by its moving averages, and six tenths by these.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import keras

from ser_models.data.batches import Arrays

RECORDINGS = 256
"""Of the training that the averages are estimated from."""


def recompute_batch_norm(network: keras.Model, batches: Iterable[Arrays]) -> None:
    """Replace each moving average by the mean over `batches`, of which each weighs the same.

    Nothing else changes: no weight that is trained, and no random number is drawn for the layers of dropout
    in the graph.

    Args:
        network: a built network.
        batches: arrays of recordings of the training.
    """
    normalisations = [layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)]
    with _attribute(_dropouts(network), "rate", 0.0), _attribute(normalisations, "momentum", 0.0):
        for seen, arrays in enumerate(batches):
            for layer in normalisations:
                layer.momentum = seen / (seen + 1)
            network(dict(arrays), training=True)


def _dropouts(network: keras.Model) -> list[keras.Layer]:
    return [layer for layer in network.layers if isinstance(layer, keras.layers.Dropout)]


@contextmanager
def _attribute(layers: list[keras.Layer], name: str, value: float) -> Iterator[None]:
    """Set one attribute of all layers for a while."""
    before = [getattr(layer, name) for layer in layers]
    for layer in layers:
        setattr(layer, name, value)
    try:
        yield
    finally:
        for layer, old in zip(layers, before, strict=True):
            setattr(layer, name, old)
