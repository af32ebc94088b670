"""k-nearest neighbours on the core columns: a baseline of the literature without a trained model.

columns, standardised → distances to all training recordings → weighted votes of the k nearest → shares

>>> Knn(n_neighbors=5).parameters["n_neighbors"]
5
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Self

import numpy as np

from ser_models.data.inputs import ColumnInputs
from ser_models.models.base import Arrays, FitContext, Labelled, Model, Row
from ser_models.models.feature_sets import CORE_INPUTS
from ser_models.models.hyperparameters import Count
from ser_models.safe_io.arrays import Form, check

MIN_DISTANCE = 1e-6
"""Lower limit of a distance before its inverse, so that a training recording itself has a finite vote."""


@dataclass
class Knn(Model):
    """k-nearest neighbours, whose votes are balanced over the classes.

    Attributes:
        n_neighbors: k; fewer if there are fewer training recordings.
        weights: of the votes: "uniform", or "distance" for the inverse Euclidean distance.
    """

    name = "knn"
    n_neighbors: Count = 15
    weights: Literal["uniform", "distance"] = "distance"
    arrays: dict[str, np.ndarray] | None = field(default=None, init=False, repr=False)
    """columns: training recordings, (n, columns); votes: balanced, 0 but in the own class, (n, classes)."""

    @property
    def inputs(self) -> ColumnInputs:
        """All core columns that describe the voice."""
        return ColumnInputs(CORE_INPUTS)

    def fit(self, train: Labelled, validation: Labelled, context: FitContext) -> list[Row]:
        """Store the training recordings; the history is one row. See `Model.fit`."""
        votes = np.zeros((len(train.targets), train.classes), np.float32)
        votes[np.arange(len(votes)), train.targets] = train.weights
        self.arrays = {"columns": train.arrays["columns"].astype(np.float32), "votes": votes}
        return self.report(train, validation, context)

    def predict_proba(self, arrays: Arrays) -> np.ndarray:
        """Return shares of the votes, (recordings, classes) float64."""
        fitted = self.state()
        distances = _distances(arrays["columns"], fitted["columns"])
        k = min(self.n_neighbors, len(fitted["columns"]))
        nearest = np.argpartition(distances, k - 1, axis=1)[:, :k]
        votes = fitted["votes"][nearest].astype(np.float64)
        if self.weights == "distance":
            near = np.maximum(np.take_along_axis(distances, nearest, axis=1), MIN_DISTANCE)
            votes /= near[:, :, np.newaxis]
        sums: np.ndarray = votes.sum(axis=1)
        return sums / sums.sum(axis=1, keepdims=True)

    def state(self) -> dict[str, np.ndarray]:
        """Return the training recordings; see `arrays`."""
        if self.arrays is None:
            raise self.not_fitted()
        return self.arrays

    def set_state(self, state: Mapping[str, np.ndarray], *, classes: int) -> Self:
        """Restore the training recordings; see `Model.set_state`."""
        count = len(state["votes"]) if "votes" in state else None
        forms: dict[str, Form] = {
            "columns": ("float32", (count, len(self.inputs.columns))),
            "votes": ("float32", (None, classes)),
        }
        check(state, forms)
        self.arrays = dict(state)
        return self


def _distances(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Euclidean distances, (rows of left, rows of right) float64."""
    from scipy.spatial.distance import cdist  # not needed to describe the model

    distances: np.ndarray = cdist(left, right)
    return distances
