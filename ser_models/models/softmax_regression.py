"""Multinomial logistic regression batch by batch: scikit-learn's objective, without all recordings in memory.

`Labelled` → `fit` → coefficients, intercept, passes; every pass reads all recordings once

The objective is that of scikit-learn's LogisticRegression (lbfgs), so that both have one minimum: the mean
of the weighted losses + Σ w² / (2 · C · Σ weights). Two classes have one set of weights, the logit of the
second.
"""

from dataclasses import dataclass

import numpy as np

from ser_models.models.base import Labelled, softmax

AT_ONCE = 8_192
"""Recordings per batch."""

GRADIENT = 1e-4
"""Largest component of the gradient at the minimum: scikit-learn's default."""


@dataclass(frozen=True)
class Solution:
    """A fitted regression.

    Attributes:
        classes: those that occur, ascending.
        coefficients: (sets of weights, columns) float64; one set for two classes.
        intercept: (sets of weights,) float64.
        iterations: of the solver.
    """

    classes: np.ndarray
    coefficients: np.ndarray
    intercept: np.ndarray
    iterations: int


def fit(train: Labelled, *, strength: float, max_iter: int) -> Solution:
    """Minimise the regularised loss by L-BFGS.

    Args:
        train: training recordings of two classes at least.
        strength: C, the inverse regularisation strength.
        max_iter: maximum number of iterations.
    """
    from scipy.optimize import minimize  # not needed for prediction

    classes, targets = np.unique(train.targets, return_inverse=True)
    weights = train.weights / train.weights.sum()
    columns = train.source.shapes["columns"][0]
    sets = 1 if len(classes) == 2 else len(classes)
    penalty = 1 / (strength * train.weights.sum())

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        matrix = parameters.reshape(sets, columns + 1)
        gradient = np.zeros_like(matrix)
        total = 0.0
        for start in range(0, len(targets), AT_ONCE):
            rows = np.arange(start, min(start + AT_ONCE, len(targets)))
            batch = train.source.batch(rows)["columns"].astype(np.float64)
            batch_loss, batch_gradient = _loss(matrix, batch, targets[rows], weights[rows])
            total += batch_loss
            gradient += batch_gradient
        total += penalty / 2 * float((matrix[:, :-1] ** 2).sum())
        gradient[:, :-1] += penalty * matrix[:, :-1]
        return total, gradient.ravel()

    options = {"maxiter": max_iter, "maxls": 50, "gtol": GRADIENT, "ftol": 64 * np.finfo(float).eps}
    start = np.zeros(sets * (columns + 1))
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    matrix = best.x.reshape(sets, columns + 1)
    return Solution(classes, matrix[:, :-1], matrix[:, -1], int(best.nit))


def _loss(
    matrix: np.ndarray, columns: np.ndarray, targets: np.ndarray, weights: np.ndarray
) -> tuple[float, np.ndarray]:
    """Weighted cross-entropy of a batch, and its gradient, (sets of weights, columns + 1)."""
    logits = columns @ matrix[:, :-1].T + matrix[:, -1]
    if len(matrix) == 1:
        logits = np.hstack([np.zeros_like(logits), logits])
    probabilities = softmax(logits)
    recordings = np.arange(len(targets))
    true = np.maximum(probabilities[recordings, targets], np.finfo(np.float64).tiny)
    errors = probabilities
    errors[recordings, targets] -= 1
    errors *= weights[:, None]
    errors = errors[:, -len(matrix) :]
    return -float(weights @ np.log(true)), np.hstack([errors.T @ columns, errors.sum(axis=0)[:, None]])
