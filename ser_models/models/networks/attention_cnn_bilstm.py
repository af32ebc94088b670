"""Residual convolutions, a bidirectional LSTM and attention pooling, after the attention CNN paper.

frames (length, 192) and mask → 2 × (two Conv1D with batch norm and GELU, skip, pool) → BiLSTM → attention →
LayerNorm → dense → softmax.

The paper names the parts, GELU and dropout, and gives no sizes: filters, kernels, units and dropout are our
choice. The padding of short recordings does not change the output (tested).

>>> network = AttentionCnnBilstm(length=64).build({"frames": (64, 192), "mask": (64,)}, classes=8)
>>> network.output_shape
(None, 8)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ser_models.models.hyperparameters import Count, Positive, Share
from ser_models.models.networks.attention import AttentiveNetwork
from ser_models.models.networks.blocks import attention_pooling, batch_norm, pool, valid_steps, zero_padding
from ser_models.models.networks.schedule import Schedule

if TYPE_CHECKING:
    import keras

BLOCKS: tuple[tuple[int, int], ...] = ((64, 5), (128, 3))
"""Filters and kernel of each convolution block; each block halves the steps."""


@dataclass
class AttentionCnnBilstm(AttentiveNetwork):
    """Residual convolutions, BiLSTM and attention pooling on five frame families.

    Attributes:
        families: frame families, concatenated along their bands: MFCC with Δ and ΔΔ (39), chroma (12), mel
            (128), spectral contrast (7), tonnetz (6).
        units: of the LSTM in each direction.
        dropout: rate after each convolution block, the LSTM and the dense layer.
    """

    name = "attention_cnn_bilstm"
    frames_per_step: ClassVar[int] = 2 ** len(BLOCKS)
    learning_rate: Positive = 2e-4
    schedule: Schedule = "plateau"
    families: tuple[str, ...] = ("mfcc", "chroma", "mel", "contrast", "tonnetz")
    units: Count = 64
    dropout: Share = 0.3

    def build(self, shapes: Mapping[str, tuple[int, ...]], classes: int) -> "keras.Model":
        """Return the untrained graph."""
        import keras
        from keras import layers

        # Layers
        frames = keras.Input(shapes["frames"], name="frames")
        mask = keras.Input(shapes["mask"], name="mask")
        # Graph
        x, valid = frames, valid_steps(mask)
        for filters, kernel in BLOCKS:
            x, valid = pool(_residual(x, valid, filters, kernel), valid)
            x = layers.Dropout(self.dropout)(x)
        lstm = layers.Bidirectional(layers.LSTM(self.units, return_sequences=True))
        x = layers.Dropout(self.dropout)(lstm(x, mask=layers.Flatten()(valid)))
        x = layers.LayerNormalization()(attention_pooling(x, valid, units=self.units))
        x = layers.Dropout(self.dropout)(layers.Dense(self.units, activation="gelu")(x))
        return keras.Model({"frames": frames, "mask": mask}, layers.Dense(classes, activation="softmax")(x))


def _residual(
    x: "keras.KerasTensor", valid: "keras.KerasTensor", filters: int, kernel: int
) -> "keras.KerasTensor":
    """Residual block of two convolutions (He et al., 2016)."""
    from keras import layers

    x = zero_padding(x, valid)
    skip = layers.Conv1D(filters, 1, use_bias=False)(x)
    x = batch_norm(layers.Conv1D(filters, kernel, padding="same")(x), valid)
    x = zero_padding(layers.Activation("gelu")(x), valid)
    x = batch_norm(layers.Conv1D(filters, kernel, padding="same")(x), valid)
    return layers.Activation("gelu")(layers.Add()([x, skip]))
