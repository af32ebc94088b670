"""How sure a model is, and how often it is right then.

confidence, was it right? → `reliability` → `Bin`s → `ece`
confidence, true and predicted classes → `selective` → `Answered` at each coverage → `aurc`

The bins are 15 of equal width from 0 to 1, (low, high], as in Guo et al., On Calibration of Modern Neural
Networks, 2017. Confidence is the probability of the class that is predicted.

>>> bins = reliability(np.array([0.9, 0.9, 0.9, 0.9]), np.array([True, True, True, False]))
>>> round(ece(bins), 3)
0.15
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ser_models.evaluation.metrics import accuracy, confusion_matrix, uar

BINS = 15
STEPS = 20
"""Coverages of which a risk-coverage curve is made."""


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


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers that are given when the least sure ones are not.

    Attributes:
        coverage: share of all recordings that are answered, above 0, at most 1.
        threshold: least confidence among them, 0 to 1: what to abstain below.
        accuracy: share of them that is right, 0 to 1.
        uar: mean recall over the classes that occur among them, 0 to 1.
    """

    coverage: float
    threshold: float
    accuracy: float
    uar: float


def selective(
    confidence: np.ndarray, targets: np.ndarray, predicted: np.ndarray, classes: int
) -> list[Answered]:
    """Measure what is left when the least sure answers are not given.

    Args:
        confidence: (recordings,), 0 to 1.
        targets: true classes, (recordings,).
        predicted: predicted classes, (recordings,).
        classes: how many there are.

    Returns:
        By rising coverage, in steps of a twentieth.
    """
    order = np.argsort(-confidence, kind="stable")
    found = []
    for step in range(1, STEPS + 1):
        answered = order[: max(1, round(len(order) * step / STEPS))]
        matrix = confusion_matrix(targets[answered], predicted[answered], classes)
        found.append(
            Answered(
                coverage=len(answered) / len(order),
                threshold=float(confidence[answered[-1]]),
                accuracy=accuracy(matrix),
                uar=uar(matrix),
            )
        )
    return found


def aurc(confidence: np.ndarray, right: np.ndarray) -> float:
    """Area under the risk-coverage curve, 0 to 1: the share of wrong answers, averaged over all coverages.

    0 if nothing is wrong; the error rate if confidence says nothing (Geifman & El-Yaniv, "Selective
    classification for deep neural networks", 2017). Recordings of equal confidence are answered together.

    >>> aurc(np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, True, True, False]))
    0.0625
    """
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum(~right[order])
    last = np.searchsorted(-confidence[order], -confidence[order], side="right")
    return float((wrong[last - 1] / last).mean())
