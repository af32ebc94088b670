"""Multinomial logistic regression on the core columns: the baseline that every other model must beat.

`Labelled` → scikit-learn's LogisticRegression, class-balanced → model.skops

>>> Logistic(C=0.1).parameters["C"]
0.1
"""

import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from ser_models.data.inputs import ColumnInputs
from ser_models.models.base import Arrays, FitContext, Labelled, Model, Row
from ser_models.models.feature_sets import CORE_INPUTS
from ser_models.models.hyperparameters import Count, Positive

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression


@dataclass
class Logistic(Model):
    """Multinomial logistic regression on the core columns: the baseline.

    Attributes:
        C: inverse regularisation strength (L2).
        max_iter: maximum number of solver iterations.
    """

    name = "logistic"
    suffix = ".skops"
    C: Positive = 0.1
    max_iter: Count = 1000
    classes: int = field(default=0, init=False, repr=False)
    estimator: "LogisticRegression | None" = field(default=None, init=False, repr=False)

    @property
    def inputs(self) -> ColumnInputs:
        """All core columns that describe the voice."""
        return ColumnInputs(CORE_INPUTS)

    def fit(self, train: Labelled, validation: Labelled, context: FitContext) -> list[Row]:
        """Solve the convex problem; the history is one row, whose epoch is the number of iterations."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        estimator = LogisticRegression(C=self.C, max_iter=self.max_iter, random_state=context.seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the history has the iterations
            columns = train.arrays["columns"].astype(np.float64)
            estimator.fit(columns, train.targets, sample_weight=train.weights)
        self.estimator, self.classes = estimator, train.classes
        row: Row = {"epoch": float(estimator.n_iter_.max())}
        for side, prefix in ((train, ""), (validation, "val_")):
            row |= side.row(self.predict_proba(side.arrays), prefix)
        context.on_epoch(row)
        return [row]

    def predict_proba(self, arrays: Arrays) -> np.ndarray:
        """Return class probabilities, (recordings, classes) float64; a class without training data has 0."""
        if self.estimator is None:
            raise self.not_fitted()
        columns = arrays["columns"].astype(np.float64)
        probabilities = np.zeros((len(columns), self.classes))
        probabilities[:, self.estimator.classes_] = self.estimator.predict_proba(columns)
        return probabilities

    def save(self, path: Path) -> None:
        """Write the estimator with skops."""
        from ser_models.safe_io import skops_file

        skops_file.save(self.estimator, path)

    def restore(self, path: Path, *, classes: int) -> Self:
        """Load the estimator with skops, from a fixed list of types."""
        from sklearn.linear_model import LogisticRegression

        from ser_models.safe_io import skops_file

        self.estimator, self.classes = skops_file.load(path, LogisticRegression), classes
        return self
