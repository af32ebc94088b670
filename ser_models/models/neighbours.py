"""k-nearest neighbours on the core columns: a baseline of the literature without a trained model.

columns, standardised → distances to all training recordings → weighted votes of the k nearest → shares

>>> Knn(n_neighbors=5).parameters["n_neighbors"]
5
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ser_models.models.base import ArrayModel, Arrays, ColumnModel, FitContext, Labelled, Row
from ser_models.models.feature_sets import CORE_INPUTS
from ser_models.models.hyperparameters import Count
from ser_models.safe_io.arrays import Form

MIN_DISTANCE = 1e-6
"""Lower limit of a distance before its inverse, so that a training recording itself has a finite vote."""


@dataclass
class Knn(ColumnModel, ArrayModel):
    """k-nearest neighbours, whose votes are balanced over the classes.

    Attributes:
        n_neighbors: k; fewer if there are fewer training recordings.
        weights: of the votes: "uniform", or "distance" for the inverse Euclidean distance.

    Its arrays are the columns of the training recordings, (n, columns), and their balanced votes, (n,
    classes), 0 but in the own class.
    """

    name = "knn"
    usual_columns = CORE_INPUTS
    n_neighbors: Count = 15
    weights: Literal["uniform", "distance"] = "distance"

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

    def forms(self, state: Mapping[str, np.ndarray], classes: int) -> dict[str, Form]:
        """Data type and shape of both arrays."""
        count = len(state["votes"]) if "votes" in state else None
        return {
            "columns": ("float32", (count, len(self.inputs.columns))),
            "votes": ("float32", (None, classes)),
        }


def _distances(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Euclidean distances, (rows of left, rows of right) float64."""
    from scipy.spatial.distance import cdist  # not needed to describe the model

    distances: np.ndarray = cdist(left, right)
    return distances
