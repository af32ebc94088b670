"""Hyperparameters, saving and loading that every Keras model shares; a model file adds its graph.

`Labelled` → `Network.fit` (see `ser_models.models.networks.loop`) → model.keras, model.onnx

Uses `keras` alone, so TensorFlow, JAX or PyTorch can run it; and imports it only where it is needed, so that
a recipe can be checked without it.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

import numpy as np

from ser_models.data.inputs import FrameInputs
from ser_models.models.base import BATCH_TO_PREDICT, Arrays, Labelled, Model, OnEpoch, Row
from ser_models.models.hyperparameters import Count, NotNegative, Positive, Share
from ser_models.models.networks.schedule import best_index, learning_rate
from ser_models.safe_io.keras_import import load_keras

if TYPE_CHECKING:
    import keras

    from ser_models.data.scaling import Scaler


@dataclass
class Network(Model):
    """A Keras classifier.

    Attributes:
        epochs: most epochs to train.
        batch_size: recordings per step.
        learning_rate: of the optimizer, at the start.
        patience: epochs without a better validation before it stops; the best epoch is kept.
        monitor: the measure of validation that decides.
        loss: what is minimised; see `ser_models.models.networks.losses`.
        gamma: of the focal loss: how much less a recording weighs that is recognised already; 0 is none.
        label_smoothing: share of each target that is spread evenly over all classes.
        class_weights: whether every class weighs the same in training; in validation it always does.
        optimizer: "sgd" has momentum 0.9.
        schedule: how the learning rate falls; see `ser_models.models.networks.schedule`.
        clip_norm: longest gradient of each weight; None leaves them as they are.
        recompute_batch_norm: whether BatchNorm statistics are recomputed without dropout after every epoch;
            see `ser_models.models.networks.batch_norm`.
    """

    suffix = ".keras"
    needs = ("keras", "onnx")
    epochs: Count = 50
    batch_size: Count = 32
    learning_rate: Positive = 1e-3
    patience: Count = 15
    monitor: Literal["val_loss", "val_uar"] = "val_loss"
    loss: Literal["cross_entropy", "focal"] = "cross_entropy"
    gamma: NotNegative = 2.0
    label_smoothing: Share = 0.0
    class_weights: bool = True
    optimizer: Literal["adam", "rmsprop", "sgd"] = "adam"
    schedule: Literal["constant", "plateau", "cosine"] = "constant"
    clip_norm: Positive | None = None
    recompute_batch_norm: bool = False
    network: "keras.Model | None" = field(default=None, init=False, repr=False)

    @abstractmethod
    def build(self, shapes: Mapping[str, tuple[int, ...]], classes: int) -> "keras.Model":
        """Return the untrained graph.

        Args:
            shapes: shape of one recording in each input array.
            classes: width of the softmax.
        """

    def training_graph(self, network: "keras.Model") -> "keras.Model":
        """The graph whose answers are compared with the classes in training; its weights are `build`'s."""
        return network

    def augment_batch(
        self, arrays: Arrays, shares: np.ndarray, rng: np.random.Generator
    ) -> tuple[Arrays, np.ndarray] | None:
        """Vary a batch that is learned from; None, as here, to learn from the recordings as they are.

        Args:
            arrays: scaled.
            shares: of each class in each recording, (recordings, classes): 1 for its own.
            rng: the same for the same seed, fold and epoch.
        """
        return None

    @property
    def reproducible(self) -> bool:
        """True on TensorFlow's CPU kernels, whose order of sums is fixed; nowhere else is it promised."""
        load_keras()
        import keras

        return keras.backend.backend() == "tensorflow" and not keras.distribution.list_devices("gpu")

    def fit(
        self,
        train: Labelled,
        validation: Labelled,
        *,
        seed: int,
        on_epoch: OnEpoch,
        fold: int = 0,
        checkpoint: Path | None = None,
    ) -> list[Row]:
        """Train by gradient descent on batches; see `Model.fit`."""
        load_keras()
        from ser_models.models.networks import loop

        loop.seed_everything(seed)
        self.network = self.build(train.source.shapes, train.classes)
        order = loop.Order(seed, fold)
        taught = self.training_graph(self.network)
        return loop.fit(self, taught, train, validation, order, on_epoch, checkpoint)

    def best_epoch(self, history: Sequence[Row]) -> Row:
        """The first epoch with the best `monitor`."""
        return history[best_index(history, self.monitor)]

    def next_learning_rate(self, history: Sequence[Row]) -> float:
        """Return what `schedule` makes of the learning rate."""
        return learning_rate(self, history)

    def predict_proba(self, arrays: Arrays) -> np.ndarray:
        """Return class probabilities, (recordings, classes) float64."""
        count = len(next(iter(arrays.values())))
        batches = [
            self._probabilities(
                {name: array[start : start + BATCH_TO_PREDICT] for name, array in arrays.items()}
            )
            for start in range(0, count, BATCH_TO_PREDICT)
        ]
        return np.concatenate(batches)

    def save(self, path: Path) -> None:
        """Write the graph and its weights, without optimizer and loss."""
        self._fitted().save(path, include_optimizer=False)

    def export(self, path: Path, scaler: "Scaler") -> None:
        """Write the graph and its weights as ONNX, with the scaling of what it reads."""
        from ser_models.onnx_format import export

        export.write(self._fitted(), scaler, path)

    def restore(self, path: Path, *, classes: int) -> Self:
        """Load a .keras file; what is in it is checked before Keras sees it."""
        from ser_models.safe_io import keras_file

        self.network = keras_file.load(path)
        return self

    def _probabilities(self, arrays: Arrays) -> np.ndarray:
        import keras

        # Called, not `predict`ed: that compiles the graph anew for every model, longer than a file takes.
        probabilities = keras.ops.convert_to_numpy(self._fitted()(dict(arrays), training=False))
        return probabilities.astype(np.float64) / probabilities.sum(axis=1, dtype=np.float64, keepdims=True)

    def _fitted(self) -> "keras.Model":
        if self.network is None:
            raise RuntimeError(f"{self.name} is not fitted: call fit or restore first")
        return self.network


@dataclass
class FrameNetwork(Network):
    """A network on "frames" and "mask".

    Attributes:
        families: frame families that it reads, their bands side by side.
        length: frames that it sees, at the profile's hop (300 are 3 s at 10 ms).
    """

    families: tuple[str, ...] = ("mel",)
    length: Count = 300

    @property
    def inputs(self) -> FrameInputs:
        """Frames of all families, side by side; log-mel frames unless others are asked for."""
        return FrameInputs(self.families, self.length)
