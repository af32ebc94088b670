"""A confusion matrix as a paper prints it → its metrics, and the interval that it allows.

text → `grid.read_grid` → numbers, names of rows and columns → counts → `confusion_scores`, `wilson_interval`
→ `ScoreResult`

A matrix does not say whose recordings it counts. The interval takes all of them as independent; that over
speakers, whose recordings are not, is wider.
"""

from collections.abc import Sequence

import numpy as np

from ser_features.errors import InputError, counted
from ser_models.evaluation.metrics import LEVEL, Interval, recalls
from ser_models.evaluation.score import confusion_scores
from ser_models.scoring.grid import Grid, read_grid
from ser_models.scoring.majority import hidden_majority
from ser_models.scoring.result import ScoreResult

ROUNDING = 0.03
"""Deviation of a sum of printed shares from 1: that of rounding them to whole percents."""


def score_confusion(
    text: str, name: str, *, support: Sequence[int] = (), columns_are_truth: bool = False
) -> ScoreResult:
    """Compute the metrics of a confusion matrix.

    Args:
        text: the matrix: rows of numbers with commas, semicolons, tabs, bars or blanks between, with or
            without names of its rows and columns.
        name: of the file.
        support: number of recordings of each true class, if the matrix has shares or percentages of them.
        columns_are_truth: whether true classes are in columns; else they are in rows.

    Raises:
        InputError: if the text is no matrix, or has other numbers than counts and no `support`.
    """
    try:
        grid = read_grid(text)
        printed = grid.values.T if columns_are_truth else grid.values
        matrix = _from_shares(printed, support) if support else _as_counts(printed)
        if not matrix.sum():
            raise InputError("all counts are 0, expected those of recordings")
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
    scores = confusion_scores(matrix, grid.labels)
    interval = wilson_interval(matrix) if scores.uar is not None else None
    return ScoreResult.of(
        scores,
        name=name,
        uar_ci95=(interval.low, interval.high) if interval else None,
        bootstrap_unit=interval.unit if interval else "",
        unknown_speakers=scores.n,
        majority=hidden_majority(scores, interval.low if interval else None),
        notes=(*grid.notes, *_notes(grid, matrix, support)),
    )


def wilson_interval(matrix: np.ndarray) -> Interval:
    """95 % confidence interval of the UAR of a confusion matrix, with recordings taken as independent.

    The recall of each class has its Wilson interval; the bounds of their mean follow by the method of
    variance estimates recovery. Wilson, Probable inference, the law of succession, and statistical
    inference, 1927; Zou and Donner, Construction of confidence limits about effect measures, 2008.

    Args:
        matrix: counts, (classes, classes).

    >>> bounds = wilson_interval(np.array([[40, 10], [5, 45]]))
    >>> round(bounds.low, 3), round(bounds.high, 3), bounds.unit
    (0.764, 0.902, '100 recordings, taken as independent')
    """
    from scipy.stats import norm

    support = matrix.sum(axis=1)
    sizes, rates = support[support > 0], recalls(matrix)[support > 0]
    z = norm.ppf((1 + LEVEL) / 2)
    centres = (rates + z**2 / (2 * sizes)) / (1 + z**2 / sizes)
    halves = z * np.sqrt(rates * (1 - rates) / sizes + z**2 / (4 * sizes**2)) / (1 + z**2 / sizes)
    below, above = rates - (centres - halves), centres + halves - rates
    mean = rates.mean()
    low, high = mean - np.linalg.norm(below) / len(rates), mean + np.linalg.norm(above) / len(rates)
    unit = f"{counted(int(matrix.sum()), 'recording')}, taken as independent"
    return Interval(float(max(low, 0)), float(min(high, 1)), unit)


def _as_counts(values: np.ndarray) -> np.ndarray:
    """The matrix as whole numbers.

    Raises:
        InputError: if there are others.
    """
    counts = values.round().astype(np.int64)
    if (other := values[counts != values]).size:
        raise InputError(
            f"found {other[0]:g}, expected counts: pass --support with the recordings of each class if the "
            "numbers are percentages"
        )
    return counts


def _from_shares(values: np.ndarray, support: Sequence[int]) -> np.ndarray:
    """Counts that are nearest to shares or percentages of each true class, with the sums of `support`.

    Raises:
        InputError: if there are other classes, or the numbers are no shares.
    """
    if len(support) != len(values):
        raise InputError(
            f"--support has {counted(len(support), 'number')}, expected {len(values)}, one per class"
        )
    matrix = np.zeros(values.shape, dtype=np.int64)
    for row, (shares, size) in enumerate(zip(values, support, strict=True)):
        total = shares.sum()
        if not any(abs(total / whole - 1) <= ROUNDING for whole in (1, 100)):
            raise InputError(
                f"the true class {row + 1} has {total:g} in sum, expected 100 or 1: leave out --support if "
                "the numbers are counts, pass --columns-are-truth if true classes are in columns"
            )
        exact = shares / total * size
        matrix[row] = np.floor(exact)
        rest = size - matrix[row].sum()  # the largest remainders are rounded up
        matrix[row, np.argsort(matrix[row] - exact, kind="stable")[:rest]] += 1
    return matrix


def _notes(grid: Grid, matrix: np.ndarray, support: Sequence[int]) -> list[str]:
    """What qualifies the metrics."""
    if support:
        return ["counts are those nearest to the shares of each class"]
    if len(grid.labels) > 1 and (matrix.sum(axis=1) == 100).all():
        return ["each true class has 100 in sum: if these are percentages, pass --support"]
    return []
