"""Multi-layer perceptron on per-file statistics: 30 inputs → Dense 256 → 128 → 64 → softmax.

With 6 classes it has 51,014 parameters, 50,246 of them trainable, as published for the multi-corpus MLP.
The paper does not list its 30 inputs: these are our choice, from its abstract.

>>> model = Mlp(dropout=0.4)
>>> len(model.inputs.columns), model.build({"columns": (30,)}, classes=6).count_params()
(30, 51014)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ser_models.models.base import ColumnModel
from ser_models.models.hyperparameters import Counts, Share
from ser_models.models.networks.network import Network

if TYPE_CHECKING:
    import keras

COLUMNS: tuple[str, ...] = (
    *(f"mfcc_mean_{index}" for index in range(13)),
    *(f"mfcc_std_{index}" for index in range(13)),
    "pitch_mean",
    "rms_mean",
    "zcr_mean",
    "spectral_flux_mean",
)
"""The 30 inputs: 26 MFCC statistics, pitch, level, zero crossings and spectral flux."""


@dataclass
class Mlp(ColumnModel, Network):
    """Dense layers with batch normalisation and dropout after all but the last of them, softmax.

    Attributes:
        dense: units of the dense layers.
        dropout: rate after all dense layers but the last.
        batch_norm: whether they are batch-normalised.
    """

    name = "mlp"
    usual_columns = COLUMNS
    dense: Counts = (256, 128, 64)
    dropout: Share = 0.3
    batch_norm: bool = True

    def build(self, shapes: Mapping[str, tuple[int, ...]], classes: int) -> "keras.Model":
        """Return the untrained graph."""
        import keras

        # Layers
        columns = keras.Input(shapes["columns"], name="columns")
        # Graph
        x = columns
        for units in self.dense[:-1]:
            x = keras.layers.Dense(units, activation="relu")(x)
            x = keras.layers.BatchNormalization()(x) if self.batch_norm else x
            x = keras.layers.Dropout(self.dropout)(x)
        x = keras.layers.Dense(self.dense[-1], activation="relu")(x)
        return keras.Model({"columns": columns}, keras.layers.Dense(classes, activation="softmax")(x))
