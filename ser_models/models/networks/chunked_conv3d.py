"""Conv3D on a mel spectrogram cut into chunks, after the chunked Conv3D report.

chunks (3, 128, 60, 1) → blocks of (Conv3D, batch norm, ReLU, pool, dropout) → Conv3D 512 → head → Dense 512 →
Dense 256 → softmax.

With the defaults and 7 classes it has 2,218,247 parameters by our count; the report prints none. All that the
report tunes is a hyperparameter: depth, filters and kernels of the blocks, the activation, and the head that
reduces the last feature map to one vector: global average pooling ("pool", the report's choice), or a
Transformer encoder or an LSTM over the steps of all chunks in order, averaged over the mel bands. The sizes
of those two are our choice.

Kernels span one chunk, so that chunks are combined only in the head.

>>> ChunkedConv3d().build({"chunks": (3, 128, 60, 1)}, classes=7).count_params()
2218247
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from ser_features.errors import InputError
from ser_models.data.frame_inputs import ChunkInputs
from ser_models.models.hyperparameters import Count, Counts, Limit, Shares
from ser_models.models.networks.blocks import MOMENTUM, add_position, transformer_layer
from ser_models.models.networks.network import Network
from ser_models.models.networks.schedule import Schedule

if TYPE_CHECKING:
    import keras

BOTTLENECK = 512
"""Filters of the last convolution, whose kernel is one point of the feature map."""

DENSE = (512, 256)
"""Units of the layers before the softmax."""

HEAD_WIDTH = 256
"""Units of the LSTM, and width of the Transformer encoder."""

LEAK = 0.1
"""Negative slope of "leaky_relu", as in the report."""

Depth = Annotated[int, Limit("from 2 to 4", lambda value: 2 <= value <= 4)]


@dataclass
class ChunkedConv3d(Network):
    """Conv3D on three chunks of the log-mel spectrogram.

    Attributes:
        chunks: number of chunks, from the middle of a recording.
        frames: frames of each chunk, at the profile's hop length (60 are 1.92 s at 32 ms).
        depth: number of blocks, 2 to 4: the first of `filters`, `kernels` and `dropouts`.
        filters: of each block.
        kernels: height and width of each block's kernel, over mel bands and frames.
        dropouts: rate after each block.
        batch_norm: whether convolutions and dense layers are batch-normalised.
        dense_dropouts: rate after each of the two dense layers.
        activation: after each batch normalisation and in the dense layers.
        head: reduction of the last feature map to one vector.
        recompute_batch_norm: as in every network; without it, the validation metrics of the first hundreds of
            steps are meaningless.
    """

    name = "chunked_conv3d"
    loss: Literal["cross_entropy", "focal"] = "focal"
    schedule: Schedule = "plateau"
    recompute_batch_norm: bool = True
    chunks: Count = 3
    frames: Count = 60
    depth: Depth = 4
    filters: Counts = (64, 128, 256, 512)
    kernels: Counts = (5, 3, 3, 3)
    dropouts: Shares = (0.2, 0.3, 0.3, 0.3)
    batch_norm: bool = True
    dense_dropouts: Shares = (0.4, 0.3)
    activation: Literal["relu", "leaky_relu", "elu"] = "relu"
    head: Literal["pool", "transformer", "lstm"] = "pool"

    def __post_init__(self) -> None:
        for name in ("filters", "kernels", "dropouts"):
            if len(getattr(self, name)) < self.depth:
                raise InputError(
                    f"model {self.name!r}: {name} is {list(getattr(self, name))}, "
                    f"expected one for each of the {self.depth} blocks"
                )
        if len(self.dense_dropouts) != len(DENSE):
            raise InputError(
                f"model {self.name!r}: dense_dropouts is {list(self.dense_dropouts)}, "
                f"expected one for each of the {len(DENSE)} dense layers"
            )
        self._check_size("frames", self.frames)

    @property
    def inputs(self) -> ChunkInputs:
        """Chunks of the log-mel spectrogram."""
        return ChunkInputs("mel", self.chunks, self.frames)

    def build(self, shapes: Mapping[str, tuple[int, ...]], classes: int) -> "keras.Model":
        """Return the untrained graph."""
        import keras
        from keras import layers

        self._check_size("mel bands", shapes["chunks"][1])
        # Layers
        chunks = keras.Input(shapes["chunks"], name="chunks")
        # Graph
        x = chunks
        blocks = zip(self.filters[: self.depth], self.kernels, self.dropouts, strict=False)
        for filters, kernel, dropout in blocks:
            x = self._block(x, filters, kernel, dropout)
        x = self._normalised(layers.Conv3D(BOTTLENECK, 1, padding="same")(x))
        x = self._to_vector(x)
        for units, dropout in zip(DENSE, self.dense_dropouts, strict=True):
            x = self._normalised(self._activation()(layers.Dense(units)(x)))
            x = layers.Dropout(dropout)(x)
        return keras.Model({"chunks": chunks}, layers.Dense(classes, activation="softmax")(x))

    def _block(
        self, x: "keras.KerasTensor", filters: int, kernel: int, dropout: float
    ) -> "keras.KerasTensor":
        """One convolution block, which halves mel bands and frames."""
        from keras import layers

        x = layers.Conv3D(filters, (1, kernel, kernel), padding="same")(x)
        x = self._activation()(self._normalised(x))
        return layers.Dropout(dropout)(layers.MaxPooling3D((1, 2, 2))(x))

    def _normalised(self, x: "keras.KerasTensor") -> "keras.KerasTensor":
        from keras import layers

        return layers.BatchNormalization(momentum=MOMENTUM)(x) if self.batch_norm else x

    def _to_vector(self, x: "keras.KerasTensor") -> "keras.KerasTensor":
        """(batch, chunks, bands, frames, channels) → (batch, channels of the head)."""
        from keras import layers

        if self.head == "pool":
            return layers.GlobalAveragePooling3D()(x)
        x = _steps(x)
        if self.head == "lstm":
            return layers.LSTM(HEAD_WIDTH)(x)
        x = transformer_layer(add_position(layers.Dense(HEAD_WIDTH)(x)), heads=4, dropout=0.1)
        return layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x))

    def _check_size(self, name: str, size: int) -> None:
        """Check that one band or frame is left after the halvings of all blocks."""
        if size < 2**self.depth:
            raise InputError(
                f"model {self.name!r}: chunks have {size} {name}, "
                f"expected at least {2**self.depth} for a depth of {self.depth}"
            )

    def _activation(self) -> "keras.Layer":
        from keras import layers

        if self.activation == "leaky_relu":
            return layers.LeakyReLU(LEAK)
        return layers.ELU() if self.activation == "elu" else layers.ReLU()


def _steps(x: "keras.KerasTensor") -> "keras.KerasTensor":
    """(batch, chunks, bands, frames, channels) → (batch, chunks × frames, channels), averaged over bands."""
    from keras import layers

    bands, channels = x.shape[2], x.shape[4]
    return layers.Reshape((-1, channels))(layers.AveragePooling3D((1, bands, 1))(x))
