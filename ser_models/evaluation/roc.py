"""One class against all others at every threshold: ROC curve and the area under it.

is it this class?, its probability → `curve` → `auc`, `thin`

>>> found = curve(np.array([True, True, False, False]), np.array([0.9, 0.4, 0.6, 0.1]))
>>> auc(found)
0.75
"""

from dataclasses import dataclass

import numpy as np

POINTS = 100
"""Most points of a curve that is stored or drawn."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A ROC curve, from (0, 0) to (1, 1), one point per threshold that changes anything.

    Attributes:
        fpr: share of the other classes' recordings that pass the threshold, (points,), rising from 0 to 1.
        tpr: share of this class's recordings that pass it, (points,).
    """

    fpr: np.ndarray
    tpr: np.ndarray


def curve(positive: np.ndarray, scores: np.ndarray) -> Curve | None:
    """Raise the threshold over every score.

    Args:
        positive: whether each recording is of the class, (recordings,) bool.
        scores: the class's probability, (recordings,); recordings of one score pass together.

    Returns:
        The curve; None where every recording is of the class, or none is: there is nothing to tell apart.
    """
    if positive.all() or not positive.any():
        return None
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.diff(scores[order], append=np.nan) != 0)  # the last recording of each score
    hits = np.cumsum(positive[order])[ends]
    misses = ends + 1 - hits
    return Curve(np.r_[0.0, misses / misses[-1]], np.r_[0.0, hits / hits[-1]])


def auc(found: Curve) -> float:
    """Area under the curve, 0 to 1, by trapezoids; 0.5 is what guessing gets.

    It is the chance that a recording of the class is given a higher probability than one of the others
    (Hanley and McNeil, 1982).
    """
    return float(np.trapezoid(found.tpr, found.fpr))


def thin(found: Curve, points: int = POINTS) -> Curve:
    """Keep at most `points` points, spread evenly along the curve's length, both ends among them."""
    if len(found.fpr) <= points:
        return found
    length = found.fpr + found.tpr  # both only rise, so this is the way along the steps
    wanted = np.linspace(0, length[-1], points)
    kept = np.unique(np.searchsorted(length, wanted - 1e-12))
    return Curve(found.fpr[kept], found.tpr[kept])
