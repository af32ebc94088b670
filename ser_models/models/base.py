"""What every model is: a dataclass of hyperparameters with declared inputs.

`Labelled` (scaled recordings, targets) → `Model.fit` → `Model.predict_proba` → (recordings, classes).

A new model is one file: a dataclass that derives from `Model`, and one line in `ser_models.models.MODELS`.
The file imports the package that it stands on (`needs`) inside its methods, never at its top.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from ser_models.data.batches import Arrays, BatchSource
from ser_models.data.inputs import Inputs

Row = dict[str, float]
"""One line of a training history: epoch, loss, uar, val_loss, val_uar."""

OnEpoch = Callable[[Row], None]
"""Told every epoch (or boosting round) as it ends."""

BATCH_TO_PREDICT = 64
"""Recordings that are read and predicted at once."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Scaled recordings with their classes.

    Attributes:
        source: where their arrays are read from.
        targets: class of each recording, (recordings,), 0 to classes - 1.
        classes: how many classes there are, even if some are absent here.
        file_ids: which recordings they are, for the leak audit.
        speakers: of each recording, "dataset/speaker"; empty where nobody asks.
    """

    source: BatchSource
    targets: np.ndarray
    classes: int
    file_ids: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()

    @property
    def arrays(self) -> Arrays:
        """All recordings at once, for models that need them so."""
        return self.source.batch(np.arange(len(self.source)))

    @property
    def weights(self) -> np.ndarray:
        """Balanced weight of each recording, mean 1: every class that occurs weighs the same.

        With them a weighted accuracy is the UAR, and a weighted loss the mean of the classes' losses.

        >>> from ser_models.data.batches import InMemory
        >>> Labelled(InMemory({}), np.array([0, 0, 0, 2]), classes=3).weights.tolist()
        [0.666..., 0.666..., 0.666..., 2.0]
        """
        return balanced_weights(self.targets, self.classes)

    def row(self, probabilities: np.ndarray, prefix: str) -> Row:
        """Loss and UAR of predictions of these recordings, as a history has them behind `prefix`.

        Args:
            probabilities: (recordings, classes).
            prefix: "" for the training side, "val_" for what was held out of it.
        """
        true = probabilities[np.arange(len(self.targets)), self.targets]
        loss = -np.log(np.maximum(true, np.finfo(np.float64).eps))
        right = probabilities.argmax(axis=1) == self.targets
        return {
            f"{prefix}loss": float((self.weights * loss).mean()),
            f"{prefix}uar": float((self.weights * right).mean()),
        }


def balanced_weights(targets: np.ndarray, classes: int) -> np.ndarray:
    """Weights of recordings, mean 1, with which every class that occurs weighs the same.

    Args:
        targets: class of each recording, (recordings,).
        classes: how many there are, even if some are absent here.
    """
    counts = np.bincount(targets, minlength=classes)
    return len(targets) / (np.count_nonzero(counts) * counts[targets])


@dataclass
class Model(ABC):
    """A classifier of emotions; the fields of a subclass are its hyperparameters, their hints its rules.

    Class attributes:
        name: its name in the registry.
        suffix: extension of its saved file.
        needs: packages beyond the base installation that it imports.
        calibrated: whether its probabilities are fitted to held-out speakers inside of its training; those of
            other models get a temperature afterwards.
        trains_on_validation: whether its weights are fitted on the validation speakers too, as it needs
            nobody to say when to stop; test speakers are never among them.
        speed_perturb: whether it is trained on the slower and faster copies of recordings, where the
            store has them, unless told otherwise.
    """

    name: ClassVar[str]
    suffix: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()
    calibrated: ClassVar[bool] = False
    trains_on_validation: ClassVar[bool] = False
    speed_perturb: ClassVar[bool] = False

    @property
    @abstractmethod
    def inputs(self) -> Inputs:
        """What it reads of every recording."""

    @abstractmethod
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
        """Train on `train`, with balanced classes; `validation` only decides when to stop.

        Args:
            train: recordings to learn from.
            validation: recordings of held-out speakers; the best epoch on them is kept.
            seed: makes two runs equal where `reproducible`.
            on_epoch: told every row of the history as it comes; first those from before an interruption.
            fold: which fold it is, so that folds may draw other random numbers.
            checkpoint: file for the state after an epoch; a fit that finds one there goes on from it and
                ends as if it had never stopped. Models that take seconds begin anew instead.

        Returns:
            The history, a row per epoch, those before an interruption among them.
        """

    def best_epoch(self, history: Sequence[Row]) -> Row:
        """The epoch whose state is kept: the first with the lowest validation loss, unless overridden."""
        return min(history, key=lambda row: row["val_loss"])

    @abstractmethod
    def predict_proba(self, arrays: Arrays) -> np.ndarray:
        """Return class probabilities, (recordings, classes) float64; rows sum to 1."""

    def predict(self, source: BatchSource) -> np.ndarray:
        """Return the probabilities of every recording of a source, which is read a batch at a time."""
        starts = range(0, len(source), BATCH_TO_PREDICT)
        batches = (np.arange(start, min(start + BATCH_TO_PREDICT, len(source))) for start in starts)
        return np.concatenate([self.predict_proba(source.batch(indices)) for indices in batches])

    def next_learning_rate(self, history: Sequence[Row]) -> float | None:
        """Return the learning rate of the epoch that follows `history`; None where there is none."""
        return None

    def attention(self, arrays: Arrays) -> np.ndarray | None:
        """Return how much each frame of the input weighs in the answer.

        Returns:
            (recordings, frames of the input array) float64, rows summing to 1 and 0 where there is padding;
            None where the model has no attention.
        """
        return None

    @abstractmethod
    def save(self, path: Path) -> None:
        """Write the fitted model to `path`, which ends in `suffix`."""

    @abstractmethod
    def restore(self, path: Path, *, classes: int) -> Self:
        """Read what `save` wrote, running no code from the file, and return self.

        Args:
            path: the saved file.
            classes: width of the probabilities.
        """

    @property
    def reproducible(self) -> bool:
        """Whether two runs with one seed, on this machine, give the same model."""
        return True

    @classmethod
    def hints(cls) -> dict[str, Any]:
        """Type hint of each hyperparameter, by name; see `ser_models.models.hyperparameters`."""
        return {field.name: field.type for field in fields(cls) if field.init}

    @classmethod
    def hyperparameters(cls) -> tuple[str, ...]:
        """Names of the model's hyperparameters."""
        return tuple(cls.hints())

    @property
    def parameters(self) -> dict[str, Any]:
        """Hyperparameters by name, as JSON values."""
        values = {name: getattr(self, name) for name in self.hyperparameters()}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


LOWEST, HIGHEST = 0.2, 20.0
"""Bounds of a temperature: beyond, a handful of recordings decide, and no answer is left or no doubt."""


PULL = 0.2
"""Loss that a temperature of e costs with one validation speaker; with more of them, a part each."""


def apply_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Sharpen (below 1) or blunt (above 1) probabilities.

    Args:
        probabilities: (recordings, classes), rows summing to 1.
        temperature: above 0; 1 leaves them as they are.
    """
    if temperature == 1:
        return probabilities
    highest = np.maximum(probabilities.max(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    powers = (probabilities / highest) ** (1 / temperature)
    whole: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return whole


def fit_temperature(probabilities: np.ndarray, targets: np.ndarray, speakers: int) -> float:
    """Find the temperature under which recordings are most likely to have their true classes.

    Args:
        probabilities: of recordings that the model was not trained on, (recordings, classes).
        targets: their classes, (recordings,).
        speakers: how many people speak in them, 1 at least.
    """
    from scipy.optimize import minimize_scalar  # which prediction does without

    def loss(logarithm: float) -> float:
        true = apply_temperature(probabilities, np.exp(logarithm))[np.arange(len(targets)), targets]
        drawn = PULL * logarithm**2 / speakers
        return float(-np.log(np.maximum(true, np.finfo(np.float64).eps)).mean() + drawn)

    found = minimize_scalar(loss, bounds=(np.log(LOWEST), np.log(HIGHEST)), method="bounded")
    return float(np.exp(found.x))
