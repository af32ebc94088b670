"""Convolutions and a bidirectional LSTM along a vector of 350 statistics, after the data fusion paper.

columns (350,) → Conv1D 16, 32, 64 → batch norm → Conv1D 128 → MaxPool 8 → BiLSTM 256 → Dense 128 → batch norm
→ Dense 64 → softmax.

With 7 classes it has 917,703 parameters, layer by layer as published: the counts in the paper's table imply
kernel size 5 everywhere, and that one of its two rows of batch normalisation among the first convolutions is
a convolution. The paper names dropout rates of 0.3 to 0.5 without positions: after the pooling, the LSTM and
the first dense layer is our choice, as are the 350 statistics.

>>> model = FusionCnnBilstm()
>>> len(model.inputs.columns), model.build({"columns": (350,)}, classes=7).count_params()
(350, 917703)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ser_features.extractors import summary_vector
from ser_models.data.inputs import ColumnInputs
from ser_models.models.hyperparameters import Count, Share
from ser_models.models.networks.blocks import MOMENTUM
from ser_models.models.networks.network import Network
from ser_models.models.networks.schedule import Schedule

if TYPE_CHECKING:
    import keras

KERNEL = 5
"""Kernel size of each convolution."""

N_MELS = 128
"""Mel bands of the profile with the 350 statistics."""


@dataclass
class FusionCnnBilstm(Network):
    """Convolutions and a BiLSTM along a vector of statistics.

    Attributes:
        dropout: rate after the pooling, the LSTM and the first dense layer.
    """

    name = "fusion_cnn_bilstm"
    epochs: Count = 150
    schedule: Schedule = "plateau"
    dropout: Share = 0.4

    @property
    def inputs(self) -> ColumnInputs:
        """The 350 statistics, which need a profile with 128 mel bands."""
        return ColumnInputs(summary_vector(N_MELS))

    def build(self, shapes: Mapping[str, tuple[int, ...]], classes: int) -> "keras.Model":
        """Return the untrained graph."""
        import keras
        from keras import layers

        def convolve(filters: int) -> keras.Layer:
            return layers.Conv1D(filters, KERNEL, padding="same", activation="relu")

        # Layers
        columns = keras.Input(shapes["columns"], name="columns")
        # Graph
        x = layers.Reshape((-1, 1))(columns)
        for filters in (16, 32, 64):
            x = convolve(filters)(x)
        x = convolve(128)(layers.BatchNormalization(momentum=MOMENTUM)(x))
        x = layers.Dropout(self.dropout)(layers.MaxPooling1D(8)(x))
        x = layers.Dropout(self.dropout)(layers.Bidirectional(layers.LSTM(256))(x))
        x = layers.BatchNormalization(momentum=MOMENTUM)(layers.Dense(128, activation="relu")(x))
        x = layers.Dense(64, activation="relu")(layers.Dropout(self.dropout)(x))
        return keras.Model({"columns": columns}, layers.Dense(classes, activation="softmax")(x))
