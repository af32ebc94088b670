"""Is a model right as often as it is sure? Reliability by bins of confidence, and its mean error.

confidence, was it right? → `reliability` → `Bin`s → `ece`

The bins are 15 of equal width from 0 to 1, (low, high], as in Guo et al., On Calibration of Modern Neural
Networks, 2017. Confidence is the probability of the class that is predicted.

>>> bins = reliability(np.array([0.9, 0.9, 0.9, 0.9]), np.array([True, True, True, False]))
>>> round(ece(bins), 3)
0.15
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 15


@dataclass(frozen=True, slots=True)
class Bin:
    """The recordings whose confidence lies in one range; there is one at least.

    Attributes:
        low: bound of the confidence that does not belong to the bin, 0 to 1.
        high: bound that does.
        n: how many recordings.
        confidence: their mean confidence, 0 to 1.
        accuracy: share of them that was right, 0 to 1.
    """

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


def reliability(confidence: np.ndarray, right: np.ndarray, bins: int = BINS) -> list[Bin]:
    """Gather recordings by their confidence.

    Args:
        confidence: (recordings,), 0 to 1.
        right: whether the prediction was right, (recordings,) bool.
        bins: how many bins of equal width.

    Returns:
        The bins that hold a recording, by rising confidence.
    """
    edges = np.linspace(0, 1, bins + 1)
    places = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, bins - 1)
    return [
        Bin(
            low=float(edges[place]),
            high=float(edges[place + 1]),
            n=int(inside.sum()),
            confidence=float(confidence[inside].mean()),
            accuracy=float(right[inside].mean()),
        )
        for place in np.unique(places)
        for inside in [places == place]
    ]


def ece(bins: Sequence[Bin]) -> float:
    """Expected calibration error, 0 to 1: mean distance of confidence and accuracy, bins weighted by size."""
    gaps = [abs(each.confidence - each.accuracy) for each in bins]
    return float(np.average(gaps, weights=[each.n for each in bins]))
