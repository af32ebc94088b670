"""Training, saving and loading that every Keras model shares; a model file adds its graph.

`Labelled` → `Network.fit` (Adam, balanced weights, early stopping on validation) → model.keras

Uses `keras` alone, so TensorFlow, JAX or PyTorch can run it.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Self

import keras
import numpy as np

from ser_models.models.base import Arrays, Labelled, Model, OnEpoch, Row

BATCH_TO_PREDICT = 256


@dataclass
class Network(Model):
    """A Keras classifier.

    Attributes:
        epochs: most epochs to train.
        batch_size: recordings per step.
        learning_rate: of Adam.
        patience: epochs without a better validation before it stops; the best epoch is kept.

    Class attributes:
        watched: the measure of validation that decides, val_loss or val_uar.
    """

    watched: ClassVar[str] = "val_loss"

    suffix = ".keras"
    epochs: int = 50
    batch_size: int = 32
    learning_rate: float = 1e-3
    patience: int = 15
    network: keras.Model | None = field(default=None, init=False, repr=False)

    @abstractmethod
    def build(self, shapes: Mapping[str, tuple[int, ...]], classes: int) -> keras.Model:
        """Return the untrained graph.

        Args:
            shapes: shape of one recording in each input array.
            classes: width of the softmax.
        """

    @property
    def reproducible(self) -> bool:
        """True on TensorFlow's CPU kernels, whose order of sums is fixed; nowhere else is it promised."""
        return keras.backend.backend() == "tensorflow" and not keras.distribution.list_devices("gpu")

    def fit(self, train: Labelled, validation: Labelled, *, seed: int, on_epoch: OnEpoch) -> list[Row]:
        """Train with Adam on the weighted cross-entropy; see `Model.fit`."""
        _seed_everything(seed)
        shapes = {name: array.shape[1:] for name, array in train.arrays.items()}
        self.network = self.build(shapes, train.classes)
        self.network.compile(
            optimizer=keras.optimizers.Adam(self.learning_rate),
            loss=keras.losses.SparseCategoricalCrossentropy(),
            # Weighted by balanced weights, accuracy is the UAR.
            weighted_metrics=[keras.metrics.SparseCategoricalAccuracy(name="uar")],
        )
        history = _History(on_epoch)
        self.network.fit(
            dict(train.arrays),
            train.targets,
            sample_weight=train.weights,
            validation_data=(dict(validation.arrays), validation.targets, validation.weights),
            batch_size=self.batch_size,
            epochs=self.epochs,
            callbacks=[
                self._early_stopping(),
                history,
            ],
            verbose=0,
        )
        return history.rows

    def kept(self, history: Sequence[Row]) -> Row:
        """The first epoch with the best `watched` measure."""
        best = max if self.watched == "val_uar" else min
        return best(history, key=lambda row: row[self.watched])

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
        """Write the graph and its weights, without the optimizer."""
        self._fitted().save(path, include_optimizer=False)

    def restore(self, path: Path, *, classes: int) -> Self:
        """Load a .keras file in Keras's safe mode, which runs no code from it."""
        self.network = keras.saving.load_model(path, compile=False, safe_mode=True)
        return self

    def _probabilities(self, arrays: Arrays) -> np.ndarray:
        # Called, not `predict`ed: that compiles the graph anew for every model, longer than a file takes.
        probabilities = keras.ops.convert_to_numpy(self._fitted()(dict(arrays), training=False))
        return probabilities.astype(np.float64) / probabilities.sum(axis=1, dtype=np.float64, keepdims=True)

    def _early_stopping(self) -> keras.callbacks.EarlyStopping:
        mode = "max" if self.watched == "val_uar" else "min"
        return keras.callbacks.EarlyStopping(
            self.watched, mode=mode, patience=self.patience, restore_best_weights=True
        )

    def _fitted(self) -> keras.Model:
        if self.network is None:
            raise RuntimeError(f"{self.name} is not fitted: call fit or restore first")
        return self.network


class _History(keras.callbacks.Callback):
    """Collects one `Row` per epoch and passes it on."""

    def __init__(self, on_epoch: OnEpoch) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.on_epoch = on_epoch

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Keep the row of an epoch, counted from 1."""
        values = {name: float((logs or {})[name]) for name in ("loss", "uar", "val_loss", "val_uar")}
        self.rows.append({"epoch": epoch + 1, **values})
        self.on_epoch(self.rows[-1])


def _seed_everything(seed: int) -> None:
    """Fix every random number of Keras, and the order of TensorFlow's sums where it is the backend."""
    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
