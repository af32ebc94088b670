"""BatchNorm statistics recomputed without dropout, as the network is used for prediction.

network, some training batches → `recompute_batch_norm` → moving averages that match prediction

Dropout increases the variance that the following BatchNorm averages, and max pooling turns it into a higher
mean; prediction has neither (Li et al., "Understanding the Disharmony between Dropout and Batch Normalization
by Variance Shift", 2019). After global average pooling little varies between recordings, and the next
BatchNorm amplifies the difference: a Conv3D with 0.75 accuracy on its 480 training clips had 0.125 on others
with its moving averages, and 0.6 with recomputed ones.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import keras

from ser_models.data.batches import Arrays

RECORDINGS = 256
"""Training recordings that the statistics are estimated from."""


def recompute_batch_norm(network: keras.Model, batches: Iterable[Arrays]) -> None:
    """Replace each moving average by the mean over `batches`, equally weighted.

    Nothing else changes: no trainable weight, and the random state of the graph's dropout layers.

    Args:
        network: a built network.
        batches: arrays of training recordings.
    """
    normalisations = [layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)]
    dropouts = [layer for layer in network.layers if isinstance(layer, keras.layers.Dropout)]
    with _attribute(dropouts, "rate", 0.0), _attribute(normalisations, "momentum", 0.0):
        for count, arrays in enumerate(batches):
            for layer in normalisations:
                layer.momentum = count / (count + 1)
            network(dict(arrays), training=True)


@contextmanager
def _attribute(layers: list[keras.Layer], name: str, value: float) -> Iterator[None]:
    """Set one attribute of all layers temporarily."""
    before = [getattr(layer, name) for layer in layers]
    for layer in layers:
        setattr(layer, name, value)
    try:
        yield
    finally:
        for layer, old in zip(layers, before, strict=True):
            setattr(layer, name, old)
