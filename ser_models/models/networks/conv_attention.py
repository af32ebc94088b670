"""Compact convolutions with attentive statistics, for few speakers: averaged, with SpecAugment.

frames (length, bands) and mask → `n_members` × (mean over time subtracted → pool → Conv1D → pool → residual
depthwise-separable convolutions → attentive mean and mean square → softmax) → mean of their probabilities

Without its mean over time, a log-mel band depends neither on the level of the recording nor on a fixed
equaliser of room or microphone. Members differ in their initial weights and dropout. Each has its own loss,
as if trained separately, but all share the batches, so that one pass over the data trains them all.

>>> network = ConvAttention(length=64, n_members=2).build({"frames": (64, 40), "mask": (64,)}, classes=6)
>>> network.output_shape
(None, 6)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ser_models.data.batches import Arrays
from ser_models.models.base import Labelled, balanced_weights
from ser_models.models.hyperparameters import Count, Few, Positive, Share
from ser_models.models.networks.blocks import (
    MOMENTUM,
    attentive_statistics,
    batch_norm,
    centred,
    pool,
    valid_steps,
    zero_padding,
)
from ser_models.models.networks.network import FrameNetwork
from ser_models.models.networks.schedule import Monitor, Schedule
from ser_models.models.networks.spec_augment import spec_augment

if TYPE_CHECKING:
    import keras

MEMBER = "member"
"""Prefix of the names of the members' softmax layers."""


@dataclass
class ConvAttention(FrameNetwork):
    """Ensemble of compact convolutional networks with attentive statistics pooling.

    Attributes:
        n_members: networks whose probabilities are averaged.
        stem: channels of the first convolution, at two frames per step.
        width: channels of the other convolutions, at four frames per step.
        depth: residual blocks.
        units: of the layer that scores a step.
        dropout: rate after each convolution and before the softmax.
    """

    name = "conv_attention"
    learns_from_copies = True
    epochs: Count = 15
    patience: Count = 15
    monitor: Monitor = "val_uar"
    schedule: Schedule = "cosine"
    n_members: Few = 3
    stem: Count = 48
    width: Count = 64
    depth: Few = 3
    units: Count = 48
    dropout: Share = 0.1
    learning_rate: Positive = 3e-3

    @property
    def step(self) -> int:
        """Frames per step after pooling."""
        return 4

    def build(self, shapes: Mapping[str, tuple[int, ...]], classes: int) -> "keras.Model":
        """Return the untrained graph of all members."""
        import keras
        from keras import layers

        frames = keras.Input(shapes["frames"], name="frames")
        mask = keras.Input(shapes["mask"], name="mask")
        outputs = [
            layers.Dense(classes, activation="softmax", name=f"{MEMBER}_{number}")(
                self._encoded(frames, mask, number)
            )
            for number in range(self.n_members)
        ]
        mean = layers.Average()(outputs) if len(outputs) > 1 else outputs[0]
        return keras.Model({"frames": frames, "mask": mask}, mean)

    def training_graph(self, network: "keras.Model") -> "keras.Model":
        """The same graph with the members' separate outputs, (recordings, members, classes)."""
        import keras
        from keras import layers

        outputs = [network.get_layer(f"{MEMBER}_{number}").output for number in range(self.n_members)]
        rows = [layers.Reshape((1, -1))(output) for output in outputs]
        return keras.Model(network.input, layers.Concatenate(axis=1)(rows) if len(rows) > 1 else rows[0])

    def training_weights(self, train: Labelled) -> np.ndarray:
        """By default the same for every class of every corpus."""
        if not self.class_weights or self.alpha == "recorded":
            return super().training_weights(train)
        return balanced_weights(train.targets, train.classes, train.corpora)

    def augment_batch(
        self, arrays: Arrays, targets: np.ndarray, rng: np.random.Generator
    ) -> tuple[Arrays, np.ndarray]:
        """Apply SpecAugment."""
        mask = arrays["mask"]
        return {"frames": spec_augment(arrays["frames"], mask, rng), "mask": mask}, targets

    def _encoded(
        self, frames: "keras.KerasTensor", mask: "keras.KerasTensor", number: int
    ) -> "keras.KerasTensor":
        """One vector per recording, by one member."""
        from keras import layers

        valid = valid_steps(mask)
        x, valid = pool(centred(frames, valid), valid)
        x = layers.Conv1D(self.stem, 5, padding="same", use_bias=False)(zero_padding(x, valid))
        x = layers.Activation("relu")(batch_norm(x, valid))
        x, valid = pool(x, valid)
        x = self._separable(x, valid, kernel=5)
        for block in range(self.depth):
            x = layers.Add(name=f"block_{number}_{block}")([x, self._separable(x, valid, kernel=7)])
        x = attentive_statistics(x, valid, units=self.units, name=f"attention_{number}")
        x = layers.BatchNormalization(momentum=MOMENTUM, name=f"vector_{number}")(x)
        return layers.Dropout(self.dropout)(x)

    def _separable(
        self, x: "keras.KerasTensor", valid: "keras.KerasTensor", kernel: int
    ) -> "keras.KerasTensor":
        """Depthwise-separable convolution (Chollet, "Xception", 2017): over time, then over channels."""
        from keras import layers

        x = layers.DepthwiseConv1D(kernel, padding="same", use_bias=False)(zero_padding(x, valid))
        x = layers.Conv1D(self.width, 1, use_bias=False)(x)
        x = layers.Activation("relu")(batch_norm(x, valid))
        return layers.Dropout(self.dropout)(x)
