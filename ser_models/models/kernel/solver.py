"""Regularised least squares with balanced weights, and its model selection on held-out recordings.

design or kernel → `choose` (α, scores of every recording from a fold that held it out, logit scale)
→ `System.solve` (one linear system) → scores → `probabilities`

Every class is regressed against the others with squared loss (Suykens & Vandewalle, "Least squares support
vector machine classifiers", 1999). The solution equals scikit-learn's `Ridge` and `KernelRidge` with balanced
sample weights (tested). It is computed here because those fit one α per call and form its matrix anew: here a
fold forms its matrix once for all α, and all folds share one kernel, which is several times faster with
thousands of columns.

>>> system = Dual(np.eye(3))
>>> rows = np.arange(3)
>>> solution = system.solve(rows, Problem(np.array([0, 1, 1]), classes=2), alphas=[0.1])[0]
>>> system.scores(rows, rows, solution).argmax(axis=1).tolist()
[0, 1, 1]
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from ser_models.models.base import balanced_weights, softmax
from ser_models.models.inner_folds import GroupFold
from ser_models.models.parallel import parallel

AT_ONCE = 8_192
"""Recordings per batch of a linear system."""

MAX_SCALE = 1e4
"""Upper bound of the logit scale; its inverse is the lower bound."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Classes to regress, and the corpora to balance them over.

    Attributes:
        targets: class of each recording, (n,).
        classes: number of classes.
        corpora: number of each recording's corpus, (n,), from 0; None for one corpus.
    """

    targets: np.ndarray
    classes: int
    corpora: np.ndarray | None = None

    def take(self, rows: np.ndarray) -> "Problem":
        """The problem of some recordings, by their indices."""
        corpora = None if self.corpora is None else self.corpora[rows]
        return replace(self, targets=self.targets[rows], corpora=corpora)

    @property
    def weights(self) -> np.ndarray:
        """Balanced weight of each recording, (n,), mean 1."""
        return balanced_weights(self.targets, self.classes, self.corpora)


@dataclass(frozen=True, slots=True)
class Solution:
    """A fitted regression.

    Attributes:
        coefficients: dual, of each fitted recording, or primal, of each column, (n, classes) float64.
        intercept: (classes,) float64.
    """

    coefficients: np.ndarray
    intercept: np.ndarray


class System(Protocol):
    """Training recordings, any subset of which can be fitted and any other scored."""

    def solve(self, rows: np.ndarray, problem: Problem, *, alphas: Sequence[float]) -> list[Solution]:
        """Fit one balanced regression per α.

        Args:
            rows: indices of the recordings to fit, (n,).
            problem: of these n recordings.
            alphas: regularisation strengths, above 0.
        """

    def scores(self, held_out: np.ndarray, rows: np.ndarray, solution: Solution) -> np.ndarray:
        """Scores of the recordings `held_out`, (m, classes), by a solution of `rows`."""


@dataclass(frozen=True)
class Dual:
    """System with one unknown per recording.

    Attributes:
        kernel: kernel matrix of all recordings, (n, n) float64.
    """

    kernel: np.ndarray

    def solve(self, rows: np.ndarray, problem: Problem, *, alphas: Sequence[float]) -> list[Solution]:
        """See `System.solve`."""
        weights, one_hot, intercept = _regression(problem)
        roots = np.sqrt(weights)[:, None]
        matrix = roots * self.kernel[np.ix_(rows, rows)] * roots.T
        solutions = _cholesky(matrix, roots * (one_hot - intercept), alphas)
        return [Solution(roots * solution, intercept) for solution in solutions]

    def scores(self, held_out: np.ndarray, rows: np.ndarray, solution: Solution) -> np.ndarray:
        """See `System.scores`."""
        scores: np.ndarray = self.kernel[np.ix_(held_out, rows)] @ solution.coefficients + solution.intercept
        return scores


class Design(Protocol):
    """Columns of recordings: an array, or columns on disk that are read where they are accessed."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, columns)."""

    def __len__(self) -> int:
        """Number of recordings."""

    def __getitem__(self, rows: np.ndarray) -> np.ndarray:
        """Columns of some recordings by their indices, (m, columns) float32."""


@dataclass(frozen=True)
class Primal:
    """System with one unknown per column: the same solution, faster with many recordings.

    Its matrix is a sum over batches of recordings, so that no more of them need be in memory.

    Attributes:
        design: columns of all recordings.
    """

    design: Design

    def solve(self, rows: np.ndarray, problem: Problem, *, alphas: Sequence[float]) -> list[Solution]:
        """See `System.solve`."""
        weights, one_hot, intercept = _regression(problem)
        columns = self.design.shape[1]
        matrix, right = np.zeros((columns, columns)), np.zeros((columns, problem.classes))
        for batch in _batches(len(rows)):
            roots = np.sqrt(weights[batch])[:, None]
            weighted = self.design[rows[batch]] * roots.astype(np.float32)
            matrix += weighted.T @ weighted
            right += weighted.T.astype(np.float64) @ (roots * (one_hot[batch] - intercept))
        return [Solution(solution, intercept) for solution in _cholesky(matrix, right, alphas)]

    def scores(self, held_out: np.ndarray, rows: np.ndarray, solution: Solution) -> np.ndarray:
        """See `System.scores`."""
        return linear_scores(self.design, held_out, solution.coefficients, solution.intercept)


@dataclass(frozen=True, slots=True)
class Choice:
    """Result of the model selection on held-out recordings.

    Attributes:
        alpha: the one with the highest UAR; the largest of several.
        scores: of every recording, from the fold that held it out, (recordings, classes).
        logit_scale: factor of the scores before the softmax, above 0.
    """

    alpha: float
    scores: np.ndarray
    logit_scale: float


def choose(
    system: System,
    problem: Problem,
    folds: Sequence[GroupFold],
    *,
    alphas: Sequence[float],
    jobs: int = 1,
) -> Choice:
    """Select α and the logit scale on held-out recordings.

    Args:
        system: the training recordings.
        problem: their classes.
        folds: from `inner_folds`.
        alphas: candidates.
        jobs: folds that are fitted in parallel.
    """
    rising = sorted(alphas)

    def fitted(fold: GroupFold) -> tuple[list[Solution], list[np.ndarray]]:
        solutions = system.solve(fold.train, problem.take(fold.train), alphas=rising)
        scores = (system.scores(fold.held_out, fold.train, solution) for solution in solutions)
        return solutions, [one.argmax(axis=1) for one in scores]

    predicted = np.zeros((len(rising), len(problem.targets)), np.int32)
    of_folds = list(parallel(fitted, folds, jobs=jobs))
    for fold, (_, of_alphas) in zip(folds, of_folds, strict=True):
        predicted[:, fold.held_out] = of_alphas
    weights = problem.weights
    correct = [float(weights[own == problem.targets].sum()) for own in predicted]
    best = max(range(len(rising)), key=lambda index: (correct[index], index))
    scores = np.zeros((len(problem.targets), problem.classes))
    for fold, (solutions, _) in zip(folds, of_folds, strict=True):  # again, to keep those of one α alone
        scores[fold.held_out] = system.scores(fold.held_out, fold.train, solutions[best])
    return Choice(rising[best], scores, logit_scale(scores, problem))


def linear(design: Design) -> System:
    """The smaller of the two systems of a linear kernel, of columns divided by √columns."""
    recordings, columns = design.shape
    if recordings > columns or not isinstance(design, np.ndarray):
        return Primal(design)
    return Dual((design @ design.T).astype(np.float64))


def linear_scores(design: Design, rows: np.ndarray, weights: np.ndarray, intercept: np.ndarray) -> np.ndarray:
    """Scores of some recordings, (rows, classes) float64, by weights of columns, batch by batch."""
    scores = np.empty((len(rows), weights.shape[1]))
    for batch in _batches(len(rows)):
        scores[batch] = design[rows[batch]] @ weights + intercept
    return scores


def primal_weights(design: Design, solution: Solution) -> np.ndarray:
    """Weights of the columns of `design`, (columns, classes), from a solution of all its rows."""
    if not isinstance(design, np.ndarray) or len(solution.coefficients) == design.shape[1] != len(design):
        return solution.coefficients
    return design.T.astype(np.float64) @ solution.coefficients


def squared_norms(rows: np.ndarray) -> np.ndarray:
    """Squared norm of each row, (n,) float64; products in the type of the rows."""
    norms: np.ndarray = np.vecdot(rows, rows).astype(np.float64)
    return norms


def rbf_kernel(
    left: np.ndarray, right: np.ndarray, gamma: float, norms: np.ndarray | None = None
) -> np.ndarray:
    """Kernel exp(−γ · squared distance); products in float32.

    Args:
        left: (n, columns).
        right: (m, columns).
        gamma: γ, above 0.
        norms: `squared_norms` of `right`; computed if None, which takes as long as the products of one row.

    Returns:
        (n, m) float64.
    """
    norms = squared_norms(right) if norms is None else norms
    distances = squared_norms(left)[:, None] + norms - 2 * (left @ right.T).astype(np.float64)
    kernel: np.ndarray = np.exp(-gamma * np.maximum(distances, 0))
    return kernel


def logit_scale(scores: np.ndarray, problem: Problem) -> float:
    """Factor, above 0, that maximises the balanced likelihood of the softmax of scores.

    Args:
        scores: of recordings that were not fitted, (n, classes).
        problem: their classes.
    """
    from scipy.optimize import minimize_scalar  # not needed for prediction
    from scipy.special import log_softmax

    weights, rows = problem.weights, np.arange(len(scores))

    def loss(exponent: float) -> float:
        logs = log_softmax(np.exp(exponent) * scores, axis=1)
        return float(-np.average(logs[rows, problem.targets], weights=weights))

    limit = np.log(MAX_SCALE)
    return float(np.exp(minimize_scalar(loss, bounds=(-limit, limit), method="bounded").x))


def probabilities(scores: np.ndarray, scale: float, trained: np.ndarray) -> np.ndarray:
    """Softmax of scaled scores over the trained classes.

    Args:
        scores: (n, classes).
        scale: from `logit_scale`.
        trained: whether a class had training data, (classes,) bool; others get 0.

    Returns:
        (n, classes) float64, rows summing to 1.
    """
    shares: np.ndarray = softmax(np.where(trained, scale * scores, -np.inf))
    return shares


def _batches(recordings: int) -> Iterator[slice]:
    return (slice(start, start + AT_ONCE) for start in range(0, recordings, AT_ONCE))


def _regression(problem: Problem) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights of the recordings, one-hot targets, and their weighted mean."""
    weights = problem.weights
    one_hot = np.eye(problem.classes)[problem.targets]
    return weights, one_hot, np.average(one_hot, axis=0, weights=weights)


def _cholesky(matrix: np.ndarray, right: np.ndarray, alphas: Sequence[float]) -> list[np.ndarray]:
    """Solutions of (matrix + α · identity) x = right."""
    from scipy.linalg import cho_factor, cho_solve  # not needed for prediction

    diagonal, solutions = matrix.diagonal().copy(), []
    for alpha in alphas:
        np.fill_diagonal(matrix, diagonal + alpha)
        solutions.append(cho_solve(cho_factor(matrix, check_finite=False), right, check_finite=False))
    return solutions
