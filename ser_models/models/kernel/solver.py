"""Least-squares support vector machines: kernel, balanced weights, a penalty chosen on held-out speakers.

design or kernel → `choose` (penalty, scores of every recording by a machine that was not fitted on its
speaker, sharpness of the probabilities) → `System.solve` (one linear system) → scores → `probabilities`

A machine of this kind regresses every class against the others with a squared loss (Suykens & Vandewalle,
"Least squares support vector machine classifiers", 1999): nothing of it is sparse, but it is solved exactly,
by one Cholesky factorisation, so that trying a penalty on held-out speakers costs a fraction of a second.

>>> system = Dual(np.eye(3))
>>> everybody = np.arange(3)
>>> solution = system.solve(everybody, np.array([0, 1, 1]), classes=2, penalties=[0.1])[0]
>>> system.scores(everybody, everybody, solution).argmax(axis=1).tolist()
[0, 1, 1]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize_scalar

from ser_models.models.base import balanced_weights
from ser_models.models.inner_folds import GroupFold

SHARPEST = 1e4
"""Largest factor between scores and log-probabilities that is looked for."""


@dataclass(frozen=True, slots=True)
class Solution:
    """A fitted machine.

    Attributes:
        coefficients: of each fitted recording (dual) or column (primal), (n, classes) float64.
        offset: (classes,) float64.
    """

    coefficients: np.ndarray
    offset: np.ndarray


class System(Protocol):
    """Training recordings, of which any may be fitted and others scored."""

    def solve(
        self, fitted: np.ndarray, targets: np.ndarray, *, classes: int, penalties: Sequence[float]
    ) -> list[Solution]:
        """Fit one machine per penalty; every class that occurs weighs the same.

        Args:
            fitted: indices of the recordings to fit, (n,).
            targets: their classes, (n,).
            classes: how many there are.
            penalties: of the squared norm, above 0.
        """

    def scores(self, held: np.ndarray, fitted: np.ndarray, solution: Solution) -> np.ndarray:
        """Scores of the recordings `held`, (m, classes), by a machine fitted on `fitted`."""


@dataclass(frozen=True)
class Dual:
    """A system with an unknown per recording.

    Attributes:
        kernel: of all recordings with each other, (n, n) float64.
    """

    kernel: np.ndarray

    def solve(
        self, fitted: np.ndarray, targets: np.ndarray, *, classes: int, penalties: Sequence[float]
    ) -> list[Solution]:
        """See `System.solve`."""
        weights, wanted, offset = _regression(targets, classes)
        roots = np.sqrt(weights)[:, None]
        matrix = roots * self.kernel[np.ix_(fitted, fitted)] * roots.T
        return [
            Solution(roots * found, offset)
            for found in _cholesky(matrix, roots * (wanted - offset), penalties)
        ]

    def scores(self, held: np.ndarray, fitted: np.ndarray, solution: Solution) -> np.ndarray:
        """See `System.scores`."""
        scored: np.ndarray = self.kernel[np.ix_(held, fitted)] @ solution.coefficients + solution.offset
        return scored


@dataclass(frozen=True)
class Primal:
    """A linear system with an unknown per column: the same machine, cheaper where recordings are many.

    Attributes:
        design: columns of all recordings, (n, columns) float32.
    """

    design: np.ndarray

    def solve(
        self, fitted: np.ndarray, targets: np.ndarray, *, classes: int, penalties: Sequence[float]
    ) -> list[Solution]:
        """See `System.solve`."""
        weights, wanted, offset = _regression(targets, classes)
        weighted = self.design[fitted] * np.sqrt(weights)[:, None].astype(np.float32)
        matrix = (weighted.T @ weighted).astype(np.float64)
        right = weighted.T.astype(np.float64) @ (np.sqrt(weights)[:, None] * (wanted - offset))
        return [Solution(found, offset) for found in _cholesky(matrix, right, penalties)]

    def scores(self, held: np.ndarray, fitted: np.ndarray, solution: Solution) -> np.ndarray:
        """See `System.scores`."""
        scored: np.ndarray = self.design[held] @ solution.coefficients + solution.offset
        return scored


@dataclass(frozen=True, slots=True)
class Choice:
    """What held-out speakers decide.

    Attributes:
        penalty: the one with the highest UAR on them; the largest of equals.
        scores: of every recording, by a machine that was not fitted on its speaker, (recordings, classes).
        sharpness: what scores are multiplied by before the softmax, above 0.
    """

    penalty: float
    scores: np.ndarray
    sharpness: float


def choose(
    system: System,
    targets: np.ndarray,
    turns: Sequence[GroupFold],
    *,
    classes: int,
    penalties: Sequence[float],
) -> Choice:
    """Try penalties on held-out speakers.

    Args:
        system: the training recordings.
        targets: their classes, (n,).
        turns: who is fitted and who held out, from `heldout.turns`.
        classes: how many there are.
        penalties: to try.
    """
    rising = sorted(penalties)
    tried = np.zeros((len(rising), len(targets), classes))
    for turn in turns:
        solutions = system.solve(turn.train, targets[turn.train], classes=classes, penalties=rising)
        for scores, solution in zip(tried, solutions, strict=True):
            scores[turn.held_out] = system.scores(turn.held_out, turn.train, solution)
    weights = balanced_weights(targets, classes)
    right = [float(weights[scores.argmax(axis=1) == targets].sum()) for scores in tried]
    best = max(range(len(rising)), key=lambda place: (right[place], place))
    return Choice(rising[best], tried[best], sharpness(tried[best], targets, classes))


def linear(design: np.ndarray) -> System:
    """The cheaper of the two systems of a linear kernel, columns having been divided by √columns."""
    recordings, columns = design.shape
    return Primal(design) if recordings > columns else Dual((design @ design.T).astype(np.float64))


def rbf_kernel(left: np.ndarray, right: np.ndarray, gamma: float) -> np.ndarray:
    """The kernel exp(−γ · squared distance).

    Args:
        left: (n, columns).
        right: (m, columns).
        gamma: γ, above 0.

    Returns:
        (n, m) float64.
    """
    norms = [np.einsum("ij,ij->i", side, side, dtype=np.float64) for side in (left, right)]
    distances = norms[0][:, None] + norms[1] - 2 * (left @ right.T).astype(np.float64)
    kernel: np.ndarray = np.exp(-gamma * np.maximum(distances, 0))
    return kernel


def sharpness(scores: np.ndarray, targets: np.ndarray, classes: int) -> float:
    """The factor that makes the softmax of scores most likely, classes weighing the same; above 0.

    Args:
        scores: of recordings that the machine was not fitted on, (n, classes).
        targets: (n,).
        classes: how many there are.
    """
    weights = balanced_weights(targets, classes)
    own = scores[np.arange(len(targets)), targets]

    def loss(exponent: float) -> float:
        raised = np.exp(exponent) * (scores - scores.max(axis=1, keepdims=True))
        top = np.exp(exponent) * (own - scores.max(axis=1))
        return float(np.average(np.log(np.exp(raised).sum(axis=1)) - top, weights=weights))

    limit = np.log(SHARPEST)
    return float(np.exp(minimize_scalar(loss, bounds=(-limit, limit), method="bounded").x))


def probabilities(scores: np.ndarray, factor: float, known: np.ndarray) -> np.ndarray:
    """Softmax of scores.

    Args:
        scores: (n, classes).
        factor: from `sharpness`.
        known: whether a class was trained on, (classes,) bool; others have 0.

    Returns:
        (n, classes) float64, rows summing to 1.
    """
    logits = np.where(known, factor * scores, -np.inf)
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: np.ndarray = raised / raised.sum(axis=1, keepdims=True)
    return shares


def _regression(targets: np.ndarray, classes: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights of the recordings, what each class is regressed on, and its weighted mean."""
    weights = balanced_weights(targets, classes)
    wanted = np.eye(classes)[targets]
    return weights, wanted, np.average(wanted, axis=0, weights=weights)


def _cholesky(matrix: np.ndarray, right: np.ndarray, penalties: Sequence[float]) -> list[np.ndarray]:
    """Solutions of (matrix + penalty · identity) x = right."""
    diagonal, found = matrix.diagonal().copy(), []
    for penalty in penalties:
        np.fill_diagonal(matrix, diagonal + penalty)
        found.append(cho_solve(cho_factor(matrix, check_finite=False), right, check_finite=False))
    return found
