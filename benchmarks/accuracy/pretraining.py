"""Pretraining of `conv_attention` on recordings without labels: masked prediction, and contrastive.

recordings and their copies in another room → `masked` or `contrastive` → `Pretrained` → `started_from`

masked: spans of frames are hidden, and predicted from the others (Liu et al., "Mockingjay", 2020).
contrastive: of the vectors of a batch, that of a recording's copy in another room is to be the nearest, both
cropped and with SpecAugment (NT-Xent; Chen et al., "A Simple Framework for Contrastive Learning of Visual
Representations", 2020).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ser_features.manifest import VARIANT_MARK
from ser_models.data.batches import Arrays, BatchSource, Scaler, read_all
from ser_models.data.examples import Examples
from ser_models.models.networks.conv_attention import ConvAttention
from ser_models.models.networks.spec_augment import spec_augment

EPOCHS, BATCH, RATE = 6, 32, 2e-3
SPANS, SPAN = 6, 12
"""Number of masked spans per recording, and their frames: about a quarter of a recording of 3 s."""
TEMPERATURE = 0.2
"""Of the softmax over cosine similarities."""
LEAST_CROP = 0.5
"""Smallest share of the frames of a recording that a crop keeps."""


@dataclass(frozen=True)
class Pretrained:
    """A pretrained network.

    Attributes:
        weights: of all layers, in Keras's order; those of the softmax are untrained.
        first: measure of the first epoch: relative error at masked frames, where 1 is that of their mean, or
            share of the recordings whose nearest vector is that of their copy.
        last: the same of the last epoch.
    """

    weights: list[np.ndarray]
    first: float
    last: float


Batch = tuple[Arrays, np.ndarray, np.ndarray]
"""Arrays, targets and weights of the targets."""


def started_from(model: ConvAttention, pretrained: Pretrained) -> ConvAttention:
    """The unfitted model with the pretrained weights instead of random ones, except those of its softmax."""
    build = model.build

    def build_pretrained(shapes: Mapping[str, tuple[int, ...]], classes: int) -> Any:
        network = build(shapes, classes)
        network.set_weights([*pretrained.weights[:-2], *network.get_weights()[-2:]])
        return network

    model.build = build_pretrained  # type: ignore[method-assign]
    return model


def masked(model: ConvAttention, audio: Examples, *, seed: int) -> Pretrained:
    """Train the blocks of a network to predict masked frames, without their mean over the recording."""
    from keras import layers

    source = _source(model, audio)
    rng = np.random.default_rng(seed)

    def batches() -> Iterator[Batch]:
        order = rng.permutation(len(source))
        for start in range(0, len(order), BATCH):
            yield _masked(source.batch(order[start : start + BATCH]), model.step, rng)

    def head(network: Any) -> Any:
        steps = network.get_layer(f"block_0_{model.depth - 1}").output
        return layers.Dense(model.step * source.shapes["frames"][1])(steps)

    return _pretrain(model, source, head, "mse", batches, seed)


def contrastive(model: ConvAttention, audio: Examples, *, seed: int) -> Pretrained:
    """Train the vectors of a network to recognise a recording in another room."""
    from keras import layers

    source = _source(model, audio)
    position = {name: index for index, name in enumerate(audio.rows["file_id"])}
    pairs = np.array([[position[name.partition(VARIANT_MARK)[0]], index] for name, index in position.items()])
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    rng = np.random.default_rng(seed)

    def batches() -> Iterator[Batch]:
        order = rng.permutation(len(pairs))
        for start in range(0, len(order), BATCH):
            both = pairs[order[start : start + BATCH]].T
            partner = np.roll(np.arange(both.size), both.shape[1])
            yield _cropped(source.batch(both.ravel()), rng), partner, np.ones(both.size)

    def head(network: Any) -> Any:
        return layers.Dense(32)(layers.Dense(64, activation="relu")(network.get_layer("vector_0").output))

    return _pretrain(model, source, head, nearest_loss, batches, seed, metric=nearest)


def _source(model: ConvAttention, audio: Examples) -> BatchSource:
    return read_all(Scaler.fit(model.inputs, audio).source(audio.read(model.inputs)))


def _pretrain(
    model: ConvAttention,
    source: BatchSource,
    head: Callable[[Any], Any],
    loss: Any,
    batches: Callable[[], Iterator[Batch]],
    seed: int,
    metric: Any = None,
) -> Pretrained:
    """Train a network with another head; the measure is the metric, or the loss without one."""
    import keras

    keras.utils.set_random_seed(seed)
    network = model.build(source.shapes, classes=2)
    graph = keras.Model(network.input, head(network))
    graph.compile(optimizer=keras.optimizers.Adam(RATE), loss=loss, metrics=[metric] if metric else [])
    measures = []
    for _ in range(EPOCHS):
        values = []
        for arrays, targets, weights in batches():
            graph.reset_metrics()
            values.append(np.ravel(graph.train_on_batch(arrays, targets, weights))[-1])
        measures.append(float(np.mean(values)))
    return Pretrained(network.get_weights(), measures[0], measures[-1])


def _masked(arrays: Arrays, step: int, rng: np.random.Generator) -> Batch:
    """Hide spans of the frames; the weights make the error of predicting 0 at masked frames 1."""
    frames, mask = arrays["frames"], arrays["mask"]
    hidden = np.zeros_like(mask)
    for row, count in zip(hidden, mask.sum(axis=1).astype(int), strict=True):
        for begin in rng.integers(0, max(1, count - SPAN), SPANS):
            row[begin : begin + SPAN] = 1
    mean = frames.sum(axis=1, keepdims=True) / mask.sum(axis=1)[:, None, None]
    centred = (frames - mean) * mask[..., None]
    length = -(-frames.shape[1] // step) * step
    rest = length - frames.shape[1]
    targets = np.pad(centred, [(0, 0), (0, rest), (0, 0)]).reshape(len(frames), length // step, -1)
    where = np.pad(hidden * mask, [(0, 0), (0, rest)]).reshape(len(frames), length // step, step)
    weights = where.mean(axis=2)
    error = float((np.square(targets).mean(axis=2) * weights).mean())
    return {"frames": frames * (1 - hidden[..., None]), "mask": mask}, targets, weights / max(error, 1e-6)


def _cropped(arrays: Arrays, rng: np.random.Generator) -> Arrays:
    """A random part of each recording, with SpecAugment."""
    frames, mask = spec_augment(arrays["frames"], arrays["mask"], rng), arrays["mask"].copy()
    for row, count in zip(mask, mask.sum(axis=1).astype(int), strict=True):
        length = int(count * rng.uniform(LEAST_CROP, 1))
        start = int(rng.integers(0, count - length + 1))
        row[:start] = row[start + length :] = 0
    return {"frames": frames * mask[..., None], "mask": mask}


def _similarities(vectors: Any) -> Any:
    """Cosine similarity of every pair of vectors over the temperature; very small of one with itself."""
    from keras import ops

    unit = ops.normalize(vectors, axis=-1)
    number = ops.arange(ops.shape(vectors)[0])
    itself = ops.cast(ops.equal(number[:, None], number[None]), vectors.dtype)
    return ops.matmul(unit, ops.transpose(unit)) / TEMPERATURE - 1e9 * itself


def nearest_loss(partners: Any, vectors: Any) -> Any:
    """Cross-entropy of each vector's partner among the other vectors of the batch."""
    from keras import ops

    partners = ops.cast(ops.reshape(partners, (-1,)), "int32")
    return ops.sparse_categorical_crossentropy(partners, _similarities(vectors), from_logits=True)


def nearest(partners: Any, vectors: Any) -> Any:
    """Whether the nearest vector is the partner."""
    from keras import ops

    partners = ops.cast(ops.reshape(partners, (-1,)), "int32")
    closest = ops.cast(ops.argmax(_similarities(vectors), axis=-1), "int32")
    return ops.cast(ops.equal(closest, partners), "float32")
