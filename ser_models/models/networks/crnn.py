"""Convolutions and a recurrence for few speakers: small, never shown the same twice, and several of a kind.

frames (length, bands) and mask → `n_members` × (3 × (Conv1D, batch norm, pool) → BiLSTM → attention →
softmax) → mean of their probabilities

Stretches of time and bands are hidden, recordings are mixed, targets are smoothed (`variation`). The members
differ in their first weights and in what dropout hides; each learns from its own answer alone, as if it were
trained by itself, but all see the same batches, so that one pass over the data trains them all.

>>> network = Crnn(length=64, n_members=2).build({"frames": (64, 40), "mask": (64,)}, classes=6)
>>> network.output_shape
(None, 6)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from ser_models.data.batches import Arrays
from ser_models.models.hyperparameters import Count, NotNegative, Positive, Share
from ser_models.models.networks.blocks import attend, normalise, pool, silence, steps_of
from ser_models.models.networks.network import FrameNetwork
from ser_models.models.networks.spec_augment import mixup, spec_augment

if TYPE_CHECKING:
    import keras

MEMBER = "member"
"""Beginning of the names of the layers that give the members' probabilities."""


@dataclass
class Crnn(FrameNetwork):
    """A small convolutional-recurrent network, several times.

    Attributes:
        n_members: members, each from other first weights; their probabilities are averaged.
        filters: of the convolutions; steps are halved after each.
        units: of the LSTM in each direction.
        dropout: share dropped after each convolution block and before the softmax.
        mixup: concentration of the Beta distribution that recordings are mixed by; 0 mixes none.
    """

    name = "crnn"
    epochs: Count = 40
    patience: Count = 20
    monitor: Literal["val_loss", "val_uar"] = "val_uar"
    schedule: Literal["constant", "plateau", "cosine"] = "cosine"
    label_smoothing: Share = 0.1
    n_members: Count = 3
    filters: tuple[int, ...] = (64, 96, 128)
    units: Count = 48
    dropout: Share = 0.3
    mixup: NotNegative = 0.1
    learning_rate: Positive = 2e-3

    @property
    def step(self) -> int:
        """Frames that pooling makes one step of."""
        return int(2 ** len(self.filters))

    def build(self, shapes: Mapping[str, tuple[int, ...]], classes: int) -> "keras.Model":
        """Return the untrained graph of all members."""
        import keras
        from keras import layers

        frames = keras.Input(shapes["frames"], name="frames")
        mask = keras.Input(shapes["mask"], name="mask")
        told = [
            layers.Dense(classes, activation="softmax", name=f"{MEMBER}_{number}")(
                self._encoded(frames, mask, number)
            )
            for number in range(self.n_members)
        ]
        whole = layers.Average()(told) if len(told) > 1 else told[0]
        return keras.Model({"frames": frames, "mask": mask}, whole)

    def training_graph(self, network: "keras.Model") -> "keras.Model":
        """The same graph with every member's own answer, (recordings, members, classes)."""
        import keras
        from keras import layers

        told = [network.get_layer(f"{MEMBER}_{number}").output for number in range(self.n_members)]
        rows = [layers.Reshape((1, -1))(each) for each in told]
        return keras.Model(network.input, layers.Concatenate(axis=1)(rows) if len(rows) > 1 else rows[0])

    def augment_batch(
        self, arrays: Arrays, shares: np.ndarray, rng: np.random.Generator
    ) -> tuple[Arrays, np.ndarray]:
        """Hide parts of the recordings of a batch, and mix them."""
        frames, mask = spec_augment(arrays["frames"], arrays["mask"], rng), arrays["mask"]
        if self.mixup:
            frames, mask, shares = mixup(frames, mask, shares, self.mixup, rng)
        return {"frames": frames, "mask": mask}, shares

    def _encoded(
        self, frames: "keras.KerasTensor", mask: "keras.KerasTensor", number: int
    ) -> "keras.KerasTensor":
        """One vector per recording, by one member."""
        from keras import layers

        x, real = frames, steps_of(mask)
        for place, filters in enumerate(self.filters):
            x = layers.Conv1D(filters, 3 if place else 5, padding="same", use_bias=False)(silence(x, real))
            x = layers.Activation("relu")(normalise(x, real))
            x, real = pool(x, real)
            x = layers.Dropout(self.dropout)(x)
        lstm = layers.Bidirectional(layers.LSTM(self.units, return_sequences=True), name=f"steps_{number}")
        x = lstm(x, mask=layers.Flatten()(real))
        x = attend(x, real, units=self.units, name=f"attention_{number}")
        return layers.Dropout(self.dropout)(x)
