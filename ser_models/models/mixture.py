"""One Gaussian mixture per class on the core columns: the generative baseline of the literature.

columns, standardised → log-likelihood under the mixture of each class → posterior under equal priors

>>> Gmm(n_components=2).parameters["n_components"]
2
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ser_models.models.base import ArrayModel, Arrays, ColumnModel, FitContext, Labelled, Row, softmax
from ser_models.models.feature_sets import CORE_INPUTS
from ser_models.models.hyperparameters import Count, Positive
from ser_models.safe_io.arrays import Form


@dataclass
class Gmm(ColumnModel, ArrayModel):
    """Gaussian mixtures with diagonal covariances, one per class.

    Attributes:
        n_components: components of each mixture; fewer for a class with fewer recordings.
        reg_covar: added to every variance, relative to the variance of the training set.

    Its arrays are weights, (classes, components), 0 for absent components, and means and variances, (classes,
    components, columns).
    """

    name = "gmm"
    usual_columns = CORE_INPUTS
    n_components: Count = 4
    reg_covar: Positive = 0.1

    def fit(self, train: Labelled, validation: Labelled, context: FitContext) -> list[Row]:
        """Fit each class by expectation-maximisation; the history is one row. See `Model.fit`."""
        from sklearn.mixture import GaussianMixture

        columns = train.arrays["columns"].astype(np.float64)
        shape = (train.classes, self.n_components, columns.shape[1])
        weights, means, variances = np.zeros(shape[:2]), np.zeros(shape), np.ones(shape)
        for target in np.unique(train.targets):
            rows = columns[train.targets == target]
            count = min(self.n_components, len(rows))
            mixture = GaussianMixture(
                count, covariance_type="diag", reg_covar=self.reg_covar, random_state=context.seed
            ).fit(rows if len(rows) > 1 else np.repeat(rows, 2, axis=0))
            weights[target, :count] = mixture.weights_
            means[target, :count] = mixture.means_
            variances[target, :count] = mixture.covariances_
        self.arrays = {"weights": weights, "means": means, "variances": variances}
        return self.report(train, validation, context)

    def predict_proba(self, arrays: Arrays) -> np.ndarray:
        """Return posteriors, (recordings, classes) float64; a class without training data has 0."""
        fitted = self.state()
        columns = arrays["columns"].astype(np.float64)
        parts = zip(fitted["weights"], fitted["means"], fitted["variances"], strict=True)
        likelihoods = np.stack([_log_likelihood(columns, *part) for part in parts], axis=1)
        probabilities: np.ndarray = softmax(likelihoods)
        return probabilities

    def forms(self, state: Mapping[str, np.ndarray], classes: int) -> dict[str, Form]:
        """Data type and shape of the arrays."""
        shape = (classes, self.n_components, len(self.inputs.columns))
        return {
            "weights": ("float64", shape[:2]),
            "means": ("float64", shape),
            "variances": ("float64", shape),
        }

    def check_values(self, state: Mapping[str, np.ndarray]) -> None:
        """Check that the arrays are mixtures."""
        if not ((state["variances"] > 0).all() and (state["weights"] >= 0).all() and state["weights"].any()):
            raise ValueError("the arrays are no mixture: expected weights from 0, variances above 0")


def _log_likelihood(
    columns: np.ndarray, weights: np.ndarray, means: np.ndarray, variances: np.ndarray
) -> np.ndarray:
    """Log-likelihood of recordings under one mixture, (recordings,) float64; −∞ without components."""
    used = weights > 0
    if not used.any():
        return np.full(len(columns), -np.inf)
    precisions = 1 / variances[used]
    squares = (
        columns**2 @ precisions.T
        - 2 * columns @ (means[used] * precisions).T
        + (means[used] ** 2 * precisions).sum(axis=1)
    )
    constants = np.log(weights[used]) - 0.5 * np.log(2 * np.pi * variances[used]).sum(axis=1)
    logs = constants - 0.5 * squares
    highest = logs.max(axis=1, keepdims=True)
    likelihood: np.ndarray = np.log(np.exp(logs - highest).sum(axis=1)) + highest[:, 0]
    return likelihood
