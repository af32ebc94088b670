"""What the support vector machines share: penalty, probabilities and weights from training speakers alone.

`Labelled` of both sides → `LeastSquares.learn` → design → penalty by held-out speakers → weights → .npz

Nobody has to say when to stop, so the validation speakers are learned from like the others; penalty and
sharpness come from turns in which each part of all these speakers is held out once (`heldout`).
"""

from abc import abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from ser_models.data.batches import InMemory
from ser_models.models.base import Arrays, Labelled, Model, OnEpoch, Row
from ser_models.models.hyperparameters import Positives
from ser_models.models.inner_folds import group_folds
from ser_models.models.kernel import solver
from ser_models.safe_io import arrays as safe_arrays

COMMON = {"weights": 2, "offset": 1, "known": 1, "sharpness": 0}
"""Arrays that every machine saves, with their numbers of dimensions."""


@dataclass
class LeastSquares(Model):
    """A least-squares support vector machine; see `least_squares`.

    Attributes:
        alphas: of the squared norm, of which held-out speakers choose one.
    """

    suffix = ".npz"
    calibrated = True
    trains_on_validation = True
    speed_perturb = True
    own: ClassVar[dict[str, int]]
    """Arrays of the subclass that are saved, with their numbers of dimensions."""
    alphas: Positives = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
    arrays: dict[str, np.ndarray] | None = field(default=None, init=False, repr=False)
    held_out: np.ndarray | None = field(default=None, init=False, repr=False)
    """What is said of each training, then each validation recording when its speaker is held out,
    (recordings, classes); None unless it was fitted here."""

    @abstractmethod
    def learn(self, both: Labelled, *, seed: int, fold: int) -> dict[str, np.ndarray]:
        """Fit what stands before the machine; return the arrays of `own` that it consists of."""

    @abstractmethod
    def represent(self, arrays: Arrays, learned: dict[str, np.ndarray]) -> np.ndarray:
        """Return what the machine sees of recordings, (n, columns) float32, of norm about 1.

        Args:
            arrays: scaled.
            learned: from `learn`.
        """

    def weigh(self, design: np.ndarray, solution: solver.Solution) -> np.ndarray:
        """Return a weight for each column and class of what is multiplied in `score`."""
        if len(solution.coefficients) == design.shape[1] != len(design):
            return solution.coefficients
        return design.T.astype(np.float64) @ solution.coefficients

    def settled(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return the arrays as they are kept once nothing more is fitted; as they are unless overridden."""
        return arrays

    def score(self, design: np.ndarray, arrays: dict[str, np.ndarray]) -> np.ndarray:
        """Return the scores of recordings, (n, classes)."""
        scores: np.ndarray = design @ arrays["weights"] + arrays["offset"]
        return scores

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
        """Choose on held-out speakers, then fit all of them; see `Model.fit`.

        The history is one row: its loss and UAR are of the recordings that were fitted, those of validation
        of every recording when its speaker was held out.
        """
        both = together(train, validation)
        learned = self.learn(both, seed=seed, fold=fold)
        design = self.represent(both.arrays, learned)
        system, known = solver.linear(design), np.bincount(both.targets, minlength=both.classes) > 0
        rounds = group_folds(both.speakers, both.file_ids, seed=seed)
        sizes = {"classes": both.classes}
        choice = solver.choose(system, both.targets, rounds, penalties=self.alphas, **sizes)
        everybody = np.arange(len(design))
        solution = system.solve(everybody, both.targets, penalties=[choice.penalty], **sizes)[0]
        self.arrays = {
            **learned,
            "weights": self.weigh(design, solution),
            "offset": solution.offset,
            "known": known,
            "sharpness": np.array(choice.sharpness),
        }
        self.held_out = solver.probabilities(choice.scores, choice.sharpness, known)
        row: Row = {"epoch": 1.0, **both.row(self._told(design, self.arrays), "")}
        row |= both.row(self.held_out, "val_")
        self.arrays = self.settled(self.arrays)
        on_epoch(row)
        return [row]

    def predict_proba(self, arrays: Arrays) -> np.ndarray:
        """Return class probabilities, (recordings, classes) float64; a class never trained on has 0."""
        if self.arrays is None:
            raise RuntimeError(f"{self.name} is not fitted: call fit or restore first")
        return self._told(self.represent(arrays, self.arrays), self.arrays)

    def save(self, path: Path) -> None:
        """Write the arrays, without pickle."""
        if self.arrays is None:
            raise RuntimeError(f"{self.name} is not fitted: call fit or restore first")
        safe_arrays.save(path, self.arrays)

    def restore(self, path: Path, *, classes: int) -> Self:
        """Read the arrays; their shapes are checked when a tone is recognised."""
        arrays = safe_arrays.load(path, {**COMMON, **self.own})
        shape = (arrays["weights"].shape[1], arrays["offset"].size, arrays["known"].size)
        safe_arrays.expect(path, "number of classes", shape, (classes,) * 3)
        self.arrays = {**arrays, "known": arrays["known"].astype(bool)}
        return self

    def _told(self, design: np.ndarray, arrays: dict[str, np.ndarray]) -> np.ndarray:
        scores = self.score(design, arrays)
        return solver.probabilities(scores, float(arrays["sharpness"]), arrays["known"])


def together(train: Labelled, validation: Labelled) -> Labelled:
    """The recordings of both sides, training first; each is its own speaker where none are named."""
    arrays = [train.arrays, validation.arrays]
    sides = (train, validation)
    count = sum(len(side.targets) for side in sides)
    ids = tuple(name for side in sides for name in side.file_ids) or tuple(map(str, range(count)))
    return Labelled(
        InMemory({name: np.concatenate([side[name] for side in arrays]) for name in arrays[0]}),
        np.concatenate([side.targets for side in sides]),
        train.classes,
        ids,
        tuple(name for side in sides for name in side.speakers) or ids,
    )
