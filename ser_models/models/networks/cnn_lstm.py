"""CNN-LSTM on log-mel frames, after the multi-corpus CNN-LSTM paper, with a mask for padding.

frames (length, bands) and mask → 3 × (Conv1D, pool, batch norm) → LSTM 128 → LSTM 64 → dense → softmax.

The mask is pooled beside the frames and given to every batch normalisation and LSTM, and padding is zeroed
before every convolution, so what stands in padded frames cannot change the answer (a test shows it).
Convolutions keep the length ('same'), as the paper's text leaves it open: our choice.

>>> network = CnnLstm(length=64).build({"frames": (64, 40), "mask": (64,)}, classes=6)
>>> network.output_shape
(None, 6)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ser_models.models.networks.blocks import MOMENTUM
from ser_models.models.networks.network import FrameNetwork

if TYPE_CHECKING:
    import keras

BLOCKS: tuple[tuple[int, int, float], ...] = ((64, 5, 0.0), (128, 5, 0.3), (256, 3, 0.3))
"""Filters, kernel and dropout of each convolution block."""


@dataclass
class CnnLstm(FrameNetwork):
    """Convolutions for the texture of the voice, LSTMs for its course."""

    name = "cnn_lstm"
    # On a few unseen speakers its loss may be lowest in the first epoch, while its UAR still doubles.
    monitor: Literal["val_loss", "val_uar"] = "val_uar"

    def build(self, shapes: Mapping[str, tuple[int, ...]], classes: int) -> "keras.Model":
        """Return the untrained graph."""
        import keras
        from keras import layers

        frames = keras.Input(shapes["frames"], name="frames")
        mask = keras.Input(shapes["mask"], name="mask")
        x, real = frames, layers.Reshape((-1, 1))(mask)
        for filters, kernel, dropout in BLOCKS:
            x, real = _block(x, real, filters, kernel, dropout)
        steps = layers.Flatten()(real)
        x = layers.LSTM(128, return_sequences=True)(x, mask=steps)
        x = layers.Dropout(0.4)(x)
        x = layers.LSTM(64)(x, mask=steps)
        x = layers.Dropout(0.4)(x)
        return keras.Model({"frames": frames, "mask": mask}, _head(x, classes))


def _block(
    x: "keras.KerasTensor", real: "keras.KerasTensor", filters: int, kernel: int, dropout: float
) -> tuple["keras.KerasTensor", "keras.KerasTensor"]:
    """Convolve, pool and normalise; `real` is 1 where a step holds speech, (batch, steps, 1)."""
    from keras import layers

    x = layers.Multiply()([x, real])
    x = layers.Conv1D(filters, kernel, padding="same", activation="relu")(x)
    x, real = layers.MaxPooling1D(2)(x), layers.MaxPooling1D(2)(real)
    x = layers.BatchNormalization(momentum=MOMENTUM)(x, mask=layers.Flatten()(real))
    return (layers.Dropout(dropout)(x) if dropout else x), real


def _head(x: "keras.KerasTensor", classes: int) -> "keras.KerasTensor":
    """Dense 128, Dense 64, softmax."""
    from keras import layers

    x = layers.Dense(128, activation="relu")(x)
    x = layers.BatchNormalization(momentum=MOMENTUM)(x)
    x = layers.Dropout(0.5)(x)
    x = layers.Dense(64, activation="relu")(x)
    x = layers.Dropout(0.3)(x)
    return layers.Dense(classes, activation="softmax")(x)
