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
from typing import TYPE_CHECKING

from ser_models.models.hyperparameters import Count, Counts, Positive, Share
from ser_models.models.networks.attention import AttentiveNetwork
from ser_models.models.networks.blocks import attention_pooling, batch_norm, pool, valid_steps, zero_padding
from ser_models.models.networks.schedule import Schedule

if TYPE_CHECKING:
    import keras


@dataclass
class AttentionCnnBilstm(AttentiveNetwork):
    """Residual convolutions, BiLSTM and attention pooling on five frame families.

    Attributes:
        families: frame families, concatenated along their bands: MFCC with Δ and ΔΔ (39), chroma (12), mel
            (128), spectral contrast (7), tonnetz (6).
        filters: of each convolution block, which halves the steps.
        kernels: of each block, in steps.
        units: of the LSTM in each direction.
        dropout: rate after each convolution block, the LSTM and the dense layer.
        batch_norm: whether the convolutions are batch-normalised.
    """

    name = "attention_cnn_bilstm"
    learning_rate: Positive = 2e-4
    schedule: Schedule = "plateau"
    families: tuple[str, ...] = ("mfcc", "chroma", "mel", "contrast", "tonnetz")
    filters: Counts = (64, 128)
    kernels: Counts = (5, 3)
    units: Count = 64
    dropout: Share = 0.3
    batch_norm: bool = True

    def __post_init__(self) -> None:
        self.check_lengths(filters=("kernels",))

    @property
    def frames_per_step(self) -> int:
        """Frames of a step: every block halves their number."""
        return 2 ** len(self.filters)

    def build(self, shapes: Mapping[str, tuple[int, ...]], classes: int) -> "keras.Model":
        """Return the untrained graph."""
        import keras
        from keras import layers

        # Layers
        frames = keras.Input(shapes["frames"], name="frames")
        mask = keras.Input(shapes["mask"], name="mask")
        # Graph
        x, valid = frames, valid_steps(mask)
        for filters, kernel in zip(self.filters, self.kernels, strict=True):
            x, valid = pool(self._residual(x, valid, filters, kernel), valid)
            x = layers.Dropout(self.dropout)(x)
        lstm = layers.Bidirectional(layers.LSTM(self.units, return_sequences=True))
        x = layers.Dropout(self.dropout)(lstm(x, mask=layers.Flatten()(valid)))
        x = layers.LayerNormalization()(attention_pooling(x, valid, units=self.units))
        x = layers.Dropout(self.dropout)(layers.Dense(self.units, activation="gelu")(x))
        return keras.Model({"frames": frames, "mask": mask}, layers.Dense(classes, activation="softmax")(x))

    def _residual(
        self, x: "keras.KerasTensor", valid: "keras.KerasTensor", filters: int, kernel: int
    ) -> "keras.KerasTensor":
        """Residual block of two convolutions (He et al., 2016)."""
        from keras import layers

        def convolve(x: "keras.KerasTensor") -> "keras.KerasTensor":
            x = layers.Conv1D(filters, kernel, padding="same")(x)
            return batch_norm(x, valid) if self.batch_norm else x

        x = zero_padding(x, valid)
        skip = layers.Conv1D(filters, 1, use_bias=False)(x)
        x = convolve(zero_padding(layers.Activation("gelu")(convolve(x)), valid))
        return layers.Activation("gelu")(layers.Add()([x, skip]))
