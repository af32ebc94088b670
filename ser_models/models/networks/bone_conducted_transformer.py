"""Convolutions and a Transformer encoder on log-mel frames, after the bone-conducted speech paper.

frames (length, bands) and mask → 2 × (Conv1D, batch norm, GELU, pool) → position → Transformer encoder →
attention pooling → softmax.

The paper gives the order of the parts and no sizes; all of them are our choice: width 128, four heads and two
layers, which two cores can train on 21,600 clips. The padding of short recordings does not change the output
(tested).

>>> network = BoneConductedTransformer(length=64).build({"frames": (64, 40), "mask": (64,)}, classes=8)
>>> network.output_shape
(None, 8)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ser_features.errors import InputError
from ser_models.models.hyperparameters import Count, Few, Share
from ser_models.models.networks.attention import AttentiveNetwork
from ser_models.models.networks.blocks import (
    add_position,
    attention_pooling,
    batch_norm,
    pool,
    transformer_layer,
    valid_steps,
    zero_padding,
)

if TYPE_CHECKING:
    import keras

KERNELS = (5, 3)
"""Kernel size of each convolution block, in frames; each block halves the steps."""


@dataclass
class BoneConductedTransformer(AttentiveNetwork):
    """Convolutions and a Transformer encoder with attention pooling.

    Attributes:
        width: channels of every step, divisible by `heads`.
        heads: attention heads of each encoder layer.
        layers: number of encoder layers.
        dropout: rate after each convolution block, in the encoder and before the softmax.
    """

    name = "bone_conducted_transformer"
    epochs: Count = 20
    batch_size: Count = 64
    patience: Count = 5
    label_smoothing: Share = 0.1
    width: Count = 128
    heads: Count = 4
    layers: Few = 2
    dropout: Share = 0.2

    def __post_init__(self) -> None:
        if self.width % self.heads:
            raise InputError(
                f"model {self.name!r}: width is {self.width}, expected a multiple of heads, {self.heads}"
            )

    @property
    def frames_per_step(self) -> int:
        """Frames of a step: every block halves their number."""
        return 2 ** len(KERNELS)

    def build(self, shapes: Mapping[str, tuple[int, ...]], classes: int) -> "keras.Model":
        """Return the untrained graph."""
        import keras
        from keras import layers

        # Layers
        frames = keras.Input(shapes["frames"], name="frames")
        mask = keras.Input(shapes["mask"], name="mask")
        # Graph
        x, valid = frames, valid_steps(mask)
        for kernel in KERNELS:
            x = layers.Conv1D(self.width, kernel, padding="same")(zero_padding(x, valid))
            x = layers.Activation("gelu")(batch_norm(x, valid))
            x, valid = pool(x, valid)
            x = layers.Dropout(self.dropout)(x)
        x = add_position(x, valid)
        for _ in range(self.layers):
            x = transformer_layer(x, valid, heads=self.heads, dropout=self.dropout)
        x = attention_pooling(layers.LayerNormalization()(x), valid, units=self.width)
        x = layers.Dropout(self.dropout)(x)
        return keras.Model({"frames": frames, "mask": mask}, layers.Dense(classes, activation="softmax")(x))
