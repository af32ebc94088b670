"""Convolutions with skip connections, a bidirectional LSTM and attention, after the attention CNN paper.

frames (length, 192) and mask → 2 × (two Conv1D with batch norm and GELU, skip, pool) → BiLSTM → attention →
LayerNorm → dense → softmax.

The paper names the parts, GELU and dropout, and gives no sizes: filters, kernels, units and dropout are our
choice. The padding of short recordings changes nothing (tests show it).

>>> network = AttentionCnnBilstm(length=64).build({"frames": (64, 192), "mask": (64,)}, classes=8)
>>> network.output_shape
(None, 8)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from ser_models.models.hyperparameters import Count, Positive, Share
from ser_models.models.networks.attention import AttentiveNetwork
from ser_models.models.networks.blocks import attend, normalise, pool, silence, steps_of

if TYPE_CHECKING:
    import keras

BLOCKS: tuple[tuple[int, int], ...] = ((64, 5), (128, 3))
"""Filters and kernel of each convolution block; the steps are halved after each."""


@dataclass
class AttentionCnnBilstm(AttentiveNetwork):
    """Convolutions for the texture of the voice, an LSTM for its course, attention for what tells of it.

    Attributes:
        families: frame families that it reads, their bands side by side: MFCC with Δ and ΔΔ (39), chroma
            (12), mel (128), spectral contrast (7), tonnetz (6).
        units: of the LSTM in each direction.
        dropout: share dropped after each convolution block, the LSTM and the dense layer.
    """

    name = "attention_cnn_bilstm"
    frames_per_step: ClassVar[int] = 2 ** len(BLOCKS)
    learning_rate: Positive = 2e-4
    schedule: Literal["constant", "plateau", "cosine"] = "plateau"
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
        x, real = frames, steps_of(mask)
        for filters, kernel in BLOCKS:
            x, real = pool(_residual(x, real, filters, kernel), real)
            x = layers.Dropout(self.dropout)(x)
        lstm = layers.Bidirectional(layers.LSTM(self.units, return_sequences=True))
        x = layers.Dropout(self.dropout)(lstm(x, mask=layers.Flatten()(real)))
        x = layers.LayerNormalization()(attend(x, real, units=self.units))
        x = layers.Dropout(self.dropout)(layers.Dense(self.units, activation="gelu")(x))
        return keras.Model({"frames": frames, "mask": mask}, layers.Dense(classes, activation="softmax")(x))


def _residual(
    x: "keras.KerasTensor", real: "keras.KerasTensor", filters: int, kernel: int
) -> "keras.KerasTensor":
    """Two convolutions, and what they were given added to what they make of it (He et al., 2016)."""
    from keras import layers

    x = silence(x, real)
    skip = layers.Conv1D(filters, 1, use_bias=False)(x)
    x = normalise(layers.Conv1D(filters, kernel, padding="same")(x), real)
    x = silence(layers.Activation("gelu")(x), real)
    x = normalise(layers.Conv1D(filters, kernel, padding="same")(x), real)
    return layers.Activation("gelu")(layers.Add()([x, skip]))
