"""Convolutional recurrent network for few speakers: a small ensemble, trained with SpecAugment and mixup.

frames (length, bands) and mask → `n_members` × (3 × (Conv1D, batch norm, pool) → BiLSTM → attention →
softmax) → mean of their probabilities

Members differ in their initial weights and dropout. Each has its own loss, as if trained separately, but all
share the batches, so that one pass over the data trains them all.

>>> network = Crnn(length=64, n_members=2).build({"frames": (64, 40), "mask": (64,)}, classes=6)
>>> network.output_shape
(None, 6)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ser_models.data.batches import Arrays
from ser_models.models.hyperparameters import Count, Counts, Few, NotNegative, Positive, Share
from ser_models.models.networks.blocks import attention_pooling, batch_norm, pool, valid_steps, zero_padding
from ser_models.models.networks.network import FrameNetwork
from ser_models.models.networks.schedule import Monitor, Schedule
from ser_models.models.networks.spec_augment import mixup, spec_augment

if TYPE_CHECKING:
    import keras

MEMBER = "member"
"""Prefix of the names of the members' softmax layers."""


@dataclass
class Crnn(FrameNetwork):
    """Ensemble of small convolutional recurrent networks.

    Attributes:
        n_members: networks whose probabilities are averaged.
        filters: of the convolution blocks, each of which halves the steps.
        units: of the LSTM in each direction.
        dropout: rate after each convolution block and before the softmax.
        mixup: concentration of the Beta distribution of mixup; 0 disables it.
    """

    name = "crnn"
    epochs: Count = 40
    patience: Count = 20
    monitor: Monitor = "val_uar"
    schedule: Schedule = "cosine"
    label_smoothing: Share = 0.1
    n_members: Few = 3
    filters: Counts = (64, 96, 128)
    units: Count = 48
    dropout: Share = 0.3
    mixup: NotNegative = 0.1
    learning_rate: Positive = 2e-3

    @property
    def step(self) -> int:
        """Frames per step after pooling."""
        return int(2 ** len(self.filters))

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

    def augment_batch(
        self, arrays: Arrays, targets: np.ndarray, rng: np.random.Generator
    ) -> tuple[Arrays, np.ndarray]:
        """Apply SpecAugment, then mixup."""
        frames, mask = spec_augment(arrays["frames"], arrays["mask"], rng), arrays["mask"]
        if self.mixup:
            frames, mask, targets = mixup(frames, mask, targets, self.mixup, rng)
        return {"frames": frames, "mask": mask}, targets

    def _encoded(
        self, frames: "keras.KerasTensor", mask: "keras.KerasTensor", number: int
    ) -> "keras.KerasTensor":
        """One vector per recording, by one member."""
        from keras import layers

        x, valid = frames, valid_steps(mask)
        for block, filters in enumerate(self.filters):
            kernel = 3 if block else 5
            x = layers.Conv1D(filters, kernel, padding="same", use_bias=False)(zero_padding(x, valid))
            x = layers.Activation("relu")(batch_norm(x, valid))
            x, valid = pool(x, valid)
            x = layers.Dropout(self.dropout)(x)
        lstm = layers.Bidirectional(layers.LSTM(self.units, return_sequences=True), name=f"steps_{number}")
        x = lstm(x, mask=layers.Flatten()(valid))
        x = attention_pooling(x, valid, units=self.units, name=f"attention_{number}")
        return layers.Dropout(self.dropout)(x)
