"""CNN-LSTM on log-mel frames, after the multi-corpus CNN-LSTM paper, with a mask for padding.

frames (length, bands) and mask → 3 × (Conv1D, pool, batch norm) → LSTM 128 → LSTM 64 → dense → softmax.

The mask is pooled with the frames and passed to every BatchNorm and LSTM, and padding is zeroed before every
convolution, so that padded frames cannot change the output (tested). Convolutions keep the length ('same'),
which is our choice, as the paper leaves it open.

>>> network = CnnLstm(length=64).build({"frames": (64, 40), "mask": (64,)}, classes=6)
>>> network.output_shape
(None, 6)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ser_models.models.networks.blocks import MOMENTUM, batch_norm, valid_steps, zero_padding
from ser_models.models.networks.network import FrameNetwork
from ser_models.models.networks.schedule import Monitor

if TYPE_CHECKING:
    import keras

BLOCKS: tuple[tuple[int, int, float], ...] = ((64, 5, 0.0), (128, 5, 0.3), (256, 3, 0.3))
"""Filters, kernel and dropout of each convolution block."""


@dataclass
class CnnLstm(FrameNetwork):
    """Convolutions for local spectral patterns, LSTMs for their course over time."""

    name = "cnn_lstm"
    # On few unseen speakers the loss may be lowest in the first epoch while the UAR still doubles.
    monitor: Monitor = "val_uar"

    def build(self, shapes: Mapping[str, tuple[int, ...]], classes: int) -> "keras.Model":
        """Return the untrained graph."""
        import keras
        from keras import layers

        # Layers
        frames = keras.Input(shapes["frames"], name="frames")
        mask = keras.Input(shapes["mask"], name="mask")
        # Graph
        x, valid = frames, valid_steps(mask)
        for filters, kernel, dropout in BLOCKS:
            x, valid = _block(x, valid, filters, kernel, dropout)
        steps = layers.Flatten()(valid)
        x = layers.LSTM(128, return_sequences=True)(x, mask=steps)
        x = layers.Dropout(0.4)(x)
        x = layers.LSTM(64)(x, mask=steps)
        x = layers.Dropout(0.4)(x)
        x = layers.Dense(128, activation="relu")(x)
        x = layers.BatchNormalization(momentum=MOMENTUM)(x)
        x = layers.Dropout(0.5)(x)
        x = layers.Dense(64, activation="relu")(x)
        x = layers.Dropout(0.3)(x)
        return keras.Model({"frames": frames, "mask": mask}, layers.Dense(classes, activation="softmax")(x))


def _block(
    x: "keras.KerasTensor", valid: "keras.KerasTensor", filters: int, kernel: int, dropout: float
) -> tuple["keras.KerasTensor", "keras.KerasTensor"]:
    """Convolution, pooling, which drops an odd last step, and normalisation."""
    from keras import layers

    x = layers.Conv1D(filters, kernel, padding="same", activation="relu")(zero_padding(x, valid))
    x, valid = layers.MaxPooling1D(2)(x), layers.MaxPooling1D(2)(valid)
    x = batch_norm(x, valid)
    return (layers.Dropout(dropout)(x) if dropout else x), valid
