"""Multinomial logistic regression on the core columns: the baseline that every other model must beat.

`Labelled` → scikit-learn's LogisticRegression, class-balanced → coefficients
`Labelled` on disk → `softmax_regression`, the same objective batch by batch → coefficients

>>> Logistic(C=0.1).parameters["C"]
0.1
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ser_models.data.batches import InMemory
from ser_models.models import softmax_regression
from ser_models.models.base import ArrayModel, Arrays, ColumnModel, FitContext, Labelled, Row, softmax
from ser_models.models.feature_sets import CORE_INPUTS
from ser_models.models.hyperparameters import Count, Positive
from ser_models.models.softmax_regression import Solution
from ser_models.safe_io.arrays import Form


@dataclass
class Logistic(ColumnModel, ArrayModel):
    """Multinomial logistic regression on the core columns: the baseline.

    Attributes:
        C: inverse regularisation strength (L2).
        max_iter: maximum number of solver iterations.
    """

    name = "logistic"
    usual_columns = CORE_INPUTS
    in_batches = True
    C: Positive = 0.1
    max_iter: Count = 1000

    def fit(self, train: Labelled, validation: Labelled, context: FitContext) -> list[Row]:
        """Solve the convex problem; the history is one row, whose epoch is the number of iterations."""
        if isinstance(train.source, InMemory):
            solution = self._fit_at_once(train, context.seed)
        else:
            solution = softmax_regression.fit(train, strength=self.C, max_iter=self.max_iter)
        self.arrays = _weights(solution, train.classes)
        return self.report(train, validation, context, solution.iterations)

    def _fit_at_once(self, train: Labelled, seed: int) -> Solution:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        estimator = LogisticRegression(C=self.C, max_iter=self.max_iter, random_state=seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the history has the iterations
            columns = train.arrays["columns"].astype(np.float64)
            estimator.fit(columns, train.targets, sample_weight=train.weights)
        iterations = int(estimator.n_iter_.max())
        return Solution(estimator.classes_, estimator.coef_, estimator.intercept_, iterations)

    def predict_proba(self, arrays: Arrays) -> np.ndarray:
        """Return class probabilities, (recordings, classes) float64; a class without training data has 0."""
        weights = self.state()
        logits = arrays["columns"].astype(np.float64) @ weights["coefficients"] + weights["intercept"]
        probabilities: np.ndarray = softmax(np.where(weights["trained"], logits, -np.inf))
        return probabilities

    def forms(self, state: Mapping[str, np.ndarray], classes: int) -> dict[str, Form]:
        """Data type and shape of coefficients, intercept and which classes were trained."""
        return {
            "coefficients": ("float64", (len(self.inputs.columns), classes)),
            "intercept": ("float64", (classes,)),
            "trained": ("bool", (classes,)),
        }


def _weights(solution: Solution, classes: int) -> dict[str, np.ndarray]:
    """Weights of all classes; a solution has none for untrained classes, and one set for two classes."""
    coefficients, intercept = solution.coefficients, solution.intercept
    if len(solution.classes) == 2:  # the logit of the second class against the first
        coefficients = np.concatenate([np.zeros_like(coefficients), coefficients])
        intercept = np.concatenate([np.zeros_like(intercept), intercept])
    weights = {
        "coefficients": np.zeros((coefficients.shape[1], classes)),
        "intercept": np.zeros(classes),
        "trained": np.isin(np.arange(classes), solution.classes),
    }
    weights["coefficients"][:, solution.classes] = coefficients.T
    weights["intercept"][solution.classes] = intercept
    return weights
