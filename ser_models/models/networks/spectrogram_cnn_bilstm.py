"""2-D CNN and BiLSTM on a log-mel image, as the text of the data fusion paper describes its network.

frames (128, 128) and mask → Conv2D 32, batch norm, pool → Conv2D 64, batch norm, pool → dropout → BiLSTM over
time → Dense 128 → Dense 64 → softmax.

Section IV and Figures 12 and 13 of the paper describe this network, its Table V `fusion_cnn_bilstm`: they
contradict each other, so both are here. The units of the LSTM are our choice: 256, those of Table V.

>>> network = SpectrogramCnnBilstm(length=64).build({"frames": (64, 40), "mask": (64,)}, classes=7)
>>> network.output_shape
(None, 7)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ser_models.models.hyperparameters import Count, Counts, Share
from ser_models.models.networks.blocks import MOMENTUM, valid_steps
from ser_models.models.networks.network import FrameNetwork
from ser_models.models.networks.schedule import Schedule

if TYPE_CHECKING:
    import keras


@dataclass
class SpectrogramCnnBilstm(FrameNetwork):
    """2-D convolutions over frames and mel bands, BiLSTM over frames.

    Attributes:
        filters: of each convolution block, which halves frames and bands.
        kernels: height and width of each block's kernel.
        dropout: rate after the last block.
        lstm: units of the LSTM in each direction.
        dense: units of the dense layers.
    """

    name = "spectrogram_cnn_bilstm"
    epochs: Count = 150
    schedule: Schedule = "plateau"
    length: Count = 128
    filters: Counts = (32, 64)
    kernels: Counts = (3, 3)
    dropout: Share = 0.3
    lstm: Count = 256
    dense: Counts = (128, 64)

    def __post_init__(self) -> None:
        self.check_lengths(filters=("kernels",))

    def build(self, shapes: Mapping[str, tuple[int, ...]], classes: int) -> "keras.Model":
        """Return the untrained graph."""
        import keras
        from keras import layers

        # Layers
        frames = keras.Input(shapes["frames"], name="frames")
        mask = keras.Input(shapes["mask"], name="mask")
        # Graph
        valid = valid_steps(mask)
        x = layers.Reshape((*shapes["frames"], 1))(frames)
        for filters, kernel in zip(self.filters, self.kernels, strict=True):
            convolve = layers.Conv2D(filters, kernel, padding="same", activation="relu")
            x = layers.BatchNormalization(momentum=MOMENTUM)(convolve(_zero_padding(x, valid)))
            x = layers.MaxPooling2D(2, padding="same")(_zero_padding(x, valid))
            valid = layers.MaxPooling1D(2, padding="same")(valid)
        x = layers.Dropout(self.dropout)(layers.Reshape((x.shape[1], x.shape[2] * x.shape[3]))(x))
        x = layers.Bidirectional(layers.LSTM(self.lstm))(x, mask=layers.Flatten()(valid))
        for units in self.dense:
            x = layers.Dense(units, activation="relu")(x)
        return keras.Model({"frames": frames, "mask": mask}, layers.Dense(classes, activation="softmax")(x))


def _zero_padding(x: "keras.KerasTensor", valid: "keras.KerasTensor") -> "keras.KerasTensor":
    """Zero the padding of `x`, (batch, frames, bands, channels)."""
    from keras import layers

    return layers.Multiply()([x, layers.Reshape((-1, 1, 1))(valid)])
