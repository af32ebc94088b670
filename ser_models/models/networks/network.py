"""Saving, loading and prediction that every Keras model shares; a model file adds its graph.

`Labelled` → `Network.fit` (see `ser_models.models.networks.loop`) → weights

Uses `keras` alone, so TensorFlow, JAX or PyTorch can be the backend; keras is imported inside functions, so
that a recipe can be validated without it.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

from ser_features.errors import InputError
from ser_models.data.frame_inputs import FrameInputs
from ser_models.data.inputs import array_shapes
from ser_models.models.base import BATCH_TO_PREDICT, Arrays, FitContext, Labelled, Model, Row
from ser_models.models.hyperparameters import Count
from ser_models.models.networks.schedule import Settings, best_index, learning_rate
from ser_models.models.networks.weights import input_shapes, restore, state_of
from ser_models.safe_io.keras_import import load_keras

if TYPE_CHECKING:
    import keras


@dataclass
class Network(Settings, Model):
    """A Keras classifier with the hyperparameters of `Settings`."""

    needs = ("keras", "onnx")
    thread_safe = False  # Keras has global random numbers
    network: "keras.Model | None" = field(default=None, init=False, repr=False)

    @abstractmethod
    def build(self, shapes: Mapping[str, tuple[int, ...]], classes: int) -> "keras.Model":
        """Return the untrained graph.

        Args:
            shapes: shape of one recording in each input array.
            classes: width of the softmax.
        """

    def check_lengths(self, **lists: tuple[str, ...]) -> None:
        """Check that hyperparameters of the same parts have the same length.

        Args:
            lists: by the name of a hyperparameter, those that need as many entries.

        Raises:
            InputError: naming the first that has not.
        """
        for name, others in lists.items():
            count = len(getattr(self, name))
            for other in others:
                if len(values := getattr(self, other)) != count:
                    raise InputError(
                        f"model {self.name!r}: {other} is {list(values)}, expected one for each of the "
                        f"{count} {name}"
                    )

    def training_graph(self, network: "keras.Model") -> "keras.Model":
        """Graph whose outputs the loss is computed on; it shares its weights with `network`."""
        return network

    @property
    def reproducible(self) -> bool:
        """True on TensorFlow's CPU kernels, whose order of summation is fixed; not guaranteed elsewhere."""
        load_keras()
        import keras

        return keras.backend.backend() == "tensorflow" and not self.on_gpu

    @property
    def on_gpu(self) -> bool:
        """Whether Keras has a GPU here, which it uses by itself."""
        load_keras()
        import keras

        return bool(keras.distribution.list_devices("gpu"))

    @property
    def most_epochs(self) -> int:
        """Number of epochs without early stopping."""
        return self.epochs

    def fit(self, train: Labelled, validation: Labelled, context: FitContext) -> list[Row]:
        """Train by gradient descent on batches; see `Model.fit`."""
        load_keras()
        from ser_models.models.networks import loop

        loop.seed_everything(context.seed)
        self.network = self.build(train.source.shapes, train.classes)
        graph = self.training_graph(self.network)
        return loop.fit(self, graph, train, validation, context)

    def best_epoch(self, history: Sequence[Row]) -> Row:
        """The first epoch with the best `monitor`."""
        return history[best_index(history, self.monitor)]

    def next_learning_rate(self, history: Sequence[Row]) -> float:
        """Learning rate according to `schedule`."""
        return learning_rate(self, history)

    def predict_proba(self, arrays: Arrays) -> np.ndarray:
        """Return class probabilities, (recordings, classes) float64."""
        return np.concatenate([self._probabilities(batch) for batch in batches_of(arrays)])

    def state(self) -> dict[str, np.ndarray]:
        """Return the weights; the graph is built anew from the hyperparameters."""
        return state_of(self.fitted_network)

    def set_state(self, state: Mapping[str, np.ndarray], *, classes: int) -> Self:
        """Build the graph and set its weights; see `Model.set_state`."""
        shapes = input_shapes(state, array_shapes(self.inputs))
        self.network = restore(lambda: self.build(shapes, classes), state)
        return self

    def _probabilities(self, arrays: Arrays) -> np.ndarray:
        import keras

        # Called directly: `predict` would compile every model anew, which takes longer than one file.
        probabilities = keras.ops.convert_to_numpy(self.fitted_network(dict(arrays), training=False))
        return probabilities.astype(np.float64) / probabilities.sum(axis=1, dtype=np.float64, keepdims=True)

    @property
    def fitted_network(self) -> "keras.Model":
        """The fitted graph."""
        if self.network is None:
            raise self.not_fitted()
        return self.network


@dataclass
class FrameNetwork(Network):
    """A network on "frames" and "mask".

    Attributes:
        families: frame families, concatenated along their bands.
        length: frames of the input, at the profile's hop length (300 are 3 s at 10 ms).
    """

    families: tuple[str, ...] = ("mel",)
    length: Count = 300

    @property
    def inputs(self) -> FrameInputs:
        """Frames of all families, log-mel by default."""
        return FrameInputs(self.families, self.length)


def batches_of(arrays: Arrays) -> list[dict[str, np.ndarray]]:
    """Split arrays into batches of `BATCH_TO_PREDICT` recordings."""
    count = len(next(iter(arrays.values())))
    return [
        {name: array[start : start + BATCH_TO_PREDICT] for name, array in arrays.items()}
        for start in range(0, count, BATCH_TO_PREDICT)
    ]
