"""What every model is: a dataclass of hyperparameters with declared inputs.

`Labelled` (scaled arrays, targets) → `Model.fit` → `Model.predict_proba` → (recordings, classes).

A new model is one file: a dataclass that derives from `Model`, and one line in `ser_models.models.MODELS`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from ser_models.inputs import Inputs

Arrays = Mapping[str, np.ndarray]
"""Scaled arrays by name, one row per recording: "columns", or "frames" and "mask"."""

Row = dict[str, float]
"""One line of a training history: epoch, loss, uar, val_loss, val_uar."""

OnEpoch = Callable[[Row], None]
"""Told every epoch (or boosting round) as it ends."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Scaled recordings with their classes.

    Attributes:
        arrays: see `Arrays`.
        targets: class of each recording, (recordings,), 0 to classes - 1.
        classes: how many classes there are, even if some are absent here.
        file_ids: which recordings they are, for the leak audit.
    """

    arrays: Arrays
    targets: np.ndarray
    classes: int
    file_ids: tuple[str, ...] = ()

    @property
    def weights(self) -> np.ndarray:
        """Balanced weight of each recording, mean 1: every class that occurs weighs the same.

        With them a weighted accuracy is the UAR, and a weighted loss the mean of the classes' losses.

        >>> Labelled({}, np.array([0, 0, 0, 2]), classes=3).weights.tolist()
        [0.666..., 0.666..., 0.666..., 2.0]
        """
        counts = np.bincount(self.targets, minlength=self.classes)
        return len(self.targets) / (np.count_nonzero(counts) * counts[self.targets])


@dataclass
class Model(ABC):
    """A classifier of emotions; the fields of a subclass are its hyperparameters.

    Class attributes:
        name: its name in the registry.
        suffix: extension of its saved file.
    """

    name: ClassVar[str]
    suffix: ClassVar[str]

    @property
    @abstractmethod
    def inputs(self) -> Inputs:
        """What it reads of every recording."""

    @abstractmethod
    def fit(self, train: Labelled, validation: Labelled, *, seed: int, on_epoch: OnEpoch) -> list[Row]:
        """Train on `train`, with balanced classes; `validation` only decides when to stop.

        Args:
            train: recordings to learn from.
            validation: recordings of held-out speakers; the best epoch on them is kept.
            seed: makes two runs equal where `reproducible`.
            on_epoch: told every row of the history as it comes.

        Returns:
            The history, a row per epoch.
        """

    def kept(self, history: Sequence[Row]) -> Row:
        """The epoch whose state is kept: the first with the lowest validation loss, unless overridden."""
        return min(history, key=lambda row: row["val_loss"])

    @abstractmethod
    def predict_proba(self, arrays: Arrays) -> np.ndarray:
        """Return class probabilities, (recordings, classes) float64; rows sum to 1."""

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
    def hyperparameters(cls) -> tuple[str, ...]:
        """Names of the model's hyperparameters."""
        return tuple(field.name for field in fields(cls) if field.init)

    @property
    def parameters(self) -> dict[str, Any]:
        """Hyperparameters by name, as JSON values."""
        return {name: getattr(self, name) for name in self.hyperparameters()}
