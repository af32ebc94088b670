"""CNN-LSTM after the multi-corpus CNN-LSTM paper, on log-mel frames with a mask, or on per-file columns.

frames (length, bands) and mask → 3 × (Conv1D, pool, batch norm) → LSTM 128 → LSTM 64 → dense → softmax.
columns (columns, 1) → the same, without a mask

The mask is pooled with the frames and passed to every BatchNorm and LSTM, and padding is zeroed before every
convolution, so that padded frames cannot change the output (tested). Hyperparameters switch parts off and on:
`lstm = 0` leaves a plain CNN, `heads` adds self-attention after the convolutions.

>>> network = CnnLstm(length=64).build({"frames": (64, 40), "mask": (64,)}, classes=6)
>>> network.output_shape
(None, 6)
>>> CnnLstm(reads="columns").inputs.columns[0]
'duration_sec'
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ser_features.errors import InputError
from ser_models.data.frame_inputs import FrameInputs
from ser_models.data.inputs import ColumnInputs
from ser_models.models.feature_sets import CORE_INPUTS
from ser_models.models.hyperparameters import Count, CountOrNone, Counts, FewOrNone, Names, Share, Shares
from ser_models.models.networks.blocks import (
    MOMENTUM,
    batch_norm,
    mean_pooling,
    transformer_layer,
    valid_steps,
    zero_padding,
)
from ser_models.models.networks.network import Network
from ser_models.models.networks.schedule import Monitor

if TYPE_CHECKING:
    import keras


@dataclass
class CnnLstm(Network):
    """Convolutions for local patterns, LSTMs for their course over time.

    Attributes:
        reads: "frames" of `families`, or per-file "columns" of a recording as a sequence.
        columns: per-file columns, in the order of the sequence; None for the core columns that describe the
            voice.
        families: frame families, concatenated along their bands.
        length: frames of the input, at the profile's hop length (300 are 3 s at 10 ms).
        filters: of each convolution block, which halves the steps.
        kernels: of each block, in steps.
        dropouts: rate after each block.
        padding: of the convolutions; "valid" shortens the sequence and is for columns only.
        batch_norm: whether blocks and the first dense layer are batch-normalised.
        heads: of a self-attention layer after the blocks; 0 for none.
        lstm: units of the first LSTM, twice those of the second; 0 for the mean over time instead of both.
        lstm_dropout: rate after each LSTM.
        dense: units of the dense layers.
        dense_dropouts: rate after each dense layer.
    """

    name = "cnn_lstm"
    # On few unseen speakers the loss may be lowest in the first epoch while the UAR still doubles.
    monitor: Monitor = "val_uar"
    reads: Literal["frames", "columns"] = "frames"
    columns: Names | None = None
    families: tuple[str, ...] = ("mel",)
    length: Count = 300
    filters: Counts = (64, 128, 256)
    kernels: Counts = (5, 5, 3)
    dropouts: Shares = (0.0, 0.3, 0.3)
    padding: Literal["same", "valid"] = "same"
    batch_norm: bool = True
    heads: FewOrNone = 0
    lstm: CountOrNone = 128
    lstm_dropout: Share = 0.4
    dense: Counts = (128, 64)
    dense_dropouts: Shares = (0.5, 0.3)

    def __post_init__(self) -> None:
        self.check_lengths(filters=("kernels", "dropouts"), dense=("dense_dropouts",))
        if self.padding == "valid" and self.reads == "frames":
            raise InputError(f"model {self.name!r}: padding is 'valid', expected 'same' for frames")
        if self.heads and self.filters[-1] % self.heads:
            raise InputError(
                f"model {self.name!r}: heads is {self.heads}, expected a divisor of the last filters, "
                f"{self.filters[-1]}"
            )

    @property
    def inputs(self) -> ColumnInputs | FrameInputs:
        """Frames of all families, log-mel by default; or per-file columns."""
        if self.reads == "columns":
            return ColumnInputs(self.columns or CORE_INPUTS)
        return FrameInputs(self.families, self.length)

    def build(self, shapes: Mapping[str, tuple[int, ...]], classes: int) -> "keras.Model":
        """Return the untrained graph."""
        import keras
        from keras import layers

        # Layers
        inputs = {name: keras.Input(shape, name=name) for name, shape in shapes.items()}
        # Graph
        x, valid = _sequence(inputs)
        for filters, kernel, dropout in zip(self.filters, self.kernels, self.dropouts, strict=True):
            x, valid = self._block(x, valid, filters, kernel)
            x = layers.Dropout(dropout)(x) if dropout else x
        if self.heads:
            x = transformer_layer(x, valid, heads=self.heads, dropout=self.dropouts[-1])
        x = self._to_vector(x, valid)
        for index, (units, dropout) in enumerate(zip(self.dense, self.dense_dropouts, strict=True)):
            x = layers.Dense(units, activation="relu")(x)
            if self.batch_norm and not index:
                x = layers.BatchNormalization(momentum=MOMENTUM)(x)
            x = layers.Dropout(dropout)(x)
        return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))

    def _block(
        self, x: "keras.KerasTensor", valid: "keras.KerasTensor | None", filters: int, kernel: int
    ) -> tuple["keras.KerasTensor", "keras.KerasTensor | None"]:
        """Convolution, pooling, which drops an odd last step, and normalisation."""
        from keras import layers

        x = x if valid is None else zero_padding(x, valid)
        x = layers.Conv1D(filters, kernel, padding=self.padding, activation="relu")(x)
        x = layers.MaxPooling1D(2)(x)
        valid = None if valid is None else layers.MaxPooling1D(2)(valid)
        return (batch_norm(x, valid) if self.batch_norm else x), valid

    def _to_vector(self, x: "keras.KerasTensor", valid: "keras.KerasTensor | None") -> "keras.KerasTensor":
        """(batch, steps, filters) → (batch, units): two LSTMs, or the mean over the valid steps."""
        from keras import layers

        if not self.lstm:
            return mean_pooling(x, valid)
        mask = {} if valid is None else {"mask": layers.Flatten()(valid)}
        x = layers.LSTM(self.lstm, return_sequences=True)(x, **mask)
        x = layers.Dropout(self.lstm_dropout)(x)
        x = layers.LSTM(max(1, self.lstm // 2))(x, **mask)
        return layers.Dropout(self.lstm_dropout)(x)


def _sequence(
    inputs: Mapping[str, "keras.KerasTensor"],
) -> tuple["keras.KerasTensor", "keras.KerasTensor | None"]:
    """Steps of the input, and which of them hold speech; None if all do."""
    from keras import layers

    if "columns" in inputs:
        return layers.Reshape((-1, 1))(inputs["columns"]), None
    return inputs["frames"], valid_steps(inputs["mask"])
