"""Support vector machine: scikit-learn's SVC on the functionals, the usual baseline of the literature.

columns, standardised → clipped → SVC → pairwise decision values → one-vs-rest scores → softmax

Cortes & Vapnik, "Support-vector networks", 1995; one classifier per pair of classes, as in LIBSVM (Chang &
Lin, 2011). The softmax is calibrated by the temperature that training fits on the validation speakers.

>>> Svm().kernel, Svm().inputs.families
('linear', ('core', 'functionals'))
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Literal

import numpy as np

from ser_models.models.base import ArrayModel, Arrays, ColumnModel, FitContext, Labelled, Row
from ser_models.models.feature_sets import FUNCTIONAL_INPUTS
from ser_models.models.hyperparameters import Positive
from ser_models.models.kernel import solver
from ser_models.models.kernel.ridge import clipped
from ser_models.safe_io.arrays import Form

if TYPE_CHECKING:
    from sklearn.svm import SVC


@dataclass
class Svm(ColumnModel, ArrayModel):
    """Support vector machine with balanced class weights.

    Attributes:
        kernel: "linear", or "rbf": exp(−γ · mean squared difference of the columns).
        C: inverse regularisation strength.
        gamma: γ of the RBF kernel.

    Its arrays are support: support vectors, (n, columns), none for the linear kernel; weights: dual
    coefficients of each pair of classes, (n, pairs), or primal ones, (columns, pairs); intercept (pairs,);
    trained (classes,).
    """

    name = "svm"
    usual_columns = FUNCTIONAL_INPUTS
    kernel: Literal["linear", "rbf"] = "linear"
    C: Positive = 1.0
    gamma: Positive = 0.25

    def fit(self, train: Labelled, validation: Labelled, context: FitContext) -> list[Row]:
        """Fit all pairs of classes; the history is one row. See `Model.fit`."""
        from sklearn.svm import SVC

        columns = clipped(train.arrays)
        # On precomputed kernels, so that training and prediction share one kernel function.
        machine = SVC(C=self.C, kernel="precomputed", class_weight="balanced")
        machine.fit(self._kernel(columns, columns), train.targets)
        self.arrays = self._state(machine, columns, train.classes)
        return self.report(train, validation, context)

    def predict_proba(self, arrays: Arrays) -> np.ndarray:
        """Return class probabilities, (recordings, classes) float64; a class without training data has 0."""
        state = self.state()
        trained = state["trained"]
        design = clipped(arrays)
        if self.kernel == "rbf":
            design = self._kernel(design, state["support"])
        decisions = design @ state["weights"] + state["intercept"]
        scores = np.zeros((len(design), len(trained)))
        scores[:, trained] = one_vs_rest(decisions, int(trained.sum()))
        return solver.probabilities(scores, 1.0, trained)

    def forms(self, state: Mapping[str, np.ndarray], classes: int) -> dict[str, Form]:
        """Data type and shape of the arrays; the number of columns is checked in use."""
        pairs = comb(int(np.sum(state.get("trained", 0))), 2)
        return {
            "support": ("float32", (None if self.kernel == "rbf" else 0, None)),
            "weights": ("float64", (None, pairs)),
            "intercept": ("float64", (pairs,)),
            "trained": ("bool", (classes,)),
        }

    def _kernel(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        if self.kernel == "rbf":
            return solver.rbf_kernel(left, right, self.gamma)
        return (left @ right.T).astype(np.float64)

    def _state(self, machine: "SVC", columns: np.ndarray, classes: int) -> dict[str, np.ndarray]:
        support, weights = columns[machine.support_], pairwise_weights(machine)
        intercept = machine.intercept_.copy()
        if len(machine.classes_) == 2:  # scikit-learn flips the sign of a single pair
            weights, intercept = -weights, -intercept
        if self.kernel == "linear":
            support, weights = support[:0], support.T.astype(np.float64) @ weights
        trained = np.isin(np.arange(classes), machine.classes_)
        return {"support": support, "weights": weights, "intercept": intercept, "trained": trained}


def pairwise_weights(machine: "SVC") -> np.ndarray:
    """Dual coefficients of every pair of classes i < j, (support vectors, pairs); above 0 is class i.

    LIBSVM stores them as (classes - 1, support vectors): a vector of class i has its coefficient against
    class j in row j - 1 if j > i, else in row j.
    """
    ends = np.cumsum(machine.n_support_)
    rows = [slice(end - count, end) for end, count in zip(ends, machine.n_support_, strict=True)]
    pairs = list(combinations(range(len(machine.classes_)), 2))
    weights = np.zeros((len(machine.support_), len(pairs)))
    for pair, (i, j) in enumerate(pairs):
        weights[rows[i], pair] = machine.dual_coef_[j - 1, rows[i]]
        weights[rows[j], pair] = machine.dual_coef_[i, rows[j]]
    return weights


def one_vs_rest(decisions: np.ndarray, classes: int) -> np.ndarray:
    """Votes of all pairs, ties broken by their decision values; scikit-learn's `decision_function`.

    Args:
        decisions: of each pair i < j, (recordings, pairs), above 0 for class i.
        classes: 2 or more.

    Returns:
        (recordings, classes) float64.
    """
    votes, sums = np.zeros((2, len(decisions), classes))
    pairs: Sequence[tuple[int, int]] = list(combinations(range(classes), 2))
    for decision, (i, j) in zip(decisions.T, pairs, strict=True):
        votes[:, i] += decision >= 0
        votes[:, j] += decision < 0
        sums[:, i] += decision
        sums[:, j] -= decision
    scores: np.ndarray = votes + sums / (3 * (np.abs(sums) + 1))
    return scores
