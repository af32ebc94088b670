"""Calibration of the confidence, and selective classification by it.

confidence, correct? → `calibration` → bins and ECE
confidence, true and predicted classes → `risk_coverage` → UAR and accuracy by coverage, AURC

Confidence is the probability of the predicted class. Calibration uses 15 bins of equal width from 0 to 1,
(low, high], as in Guo et al., On Calibration of Modern Neural Networks, 2017.

>>> result = calibration(np.array([0.9, 0.9, 0.9, 0.9]), np.array([True, True, True, False]))
>>> round(result.ece, 3)
0.15
"""

import numpy as np

from ser_models.evaluation.metrics import confusion_matrix, uar
from ser_models.evaluation.result import Calibration, CalibrationBin, CoveragePoint, RiskCoverage

BINS = 15
STEPS = 20
"""Number of coverages at which a risk-coverage curve is computed."""


def calibration(confidence: np.ndarray, correct: np.ndarray, bins: int = BINS) -> Calibration:
    """Bin predictions by confidence and compute the expected calibration error (ECE).

    Args:
        confidence: (recordings,), 0 to 1.
        correct: whether each prediction is correct, (recordings,) bool.
        bins: number of bins of equal width.

    Returns:
        The bins that are not empty, by rising confidence, and the mean distance of confidence and accuracy
        over bins, weighted by their size.
    """
    edges = np.linspace(0, 1, bins + 1)
    numbers = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, bins - 1)
    reliability = tuple(
        CalibrationBin(
            low=float(edges[number]),
            high=float(edges[number + 1]),
            n=int(inside.sum()),
            confidence=float(confidence[inside].mean()),
            accuracy=float(correct[inside].mean()),
        )
        for number in np.unique(numbers)
        for inside in [numbers == number]
    )
    gaps = [abs(entry.confidence - entry.accuracy) for entry in reliability]
    ece = float(np.average(gaps, weights=[entry.n for entry in reliability]))
    return Calibration(ece, bins, reliability)


def risk_coverage(
    confidence: np.ndarray, targets: np.ndarray, predicted: np.ndarray, classes: int
) -> RiskCoverage:
    """Evaluate selective classification: predictions of lowest confidence are rejected first.

    Args:
        confidence: (recordings,), 0 to 1.
        targets: true classes, (recordings,).
        predicted: predicted classes, (recordings,).
        classes: number of classes.

    Returns:
        The AURC, and the curve at `STEPS` coverages by rising coverage.
    """
    order = np.argsort(-confidence, kind="stable")
    curve = []
    for step in range(1, STEPS + 1):
        kept = order[: max(1, round(len(order) * step / STEPS))]
        matrix = confusion_matrix(targets[kept], predicted[kept], classes)
        curve.append(
            CoveragePoint(
                coverage=len(kept) / len(order),
                threshold=float(confidence[kept[-1]]),
                accuracy=float(np.trace(matrix) / len(kept)),
                uar=uar(matrix),
            )
        )
    return RiskCoverage(aurc(confidence, predicted == targets), tuple(curve))


def aurc(confidence: np.ndarray, correct: np.ndarray) -> float:
    """Area under the risk-coverage curve, 0 to 1: the error rate averaged over all coverages.

    0 if every prediction is correct; the overall error rate if confidence is uninformative. Recordings of
    equal confidence share a coverage. Geifman and El-Yaniv, Selective Classification for Deep Neural
    Networks, 2017.

    >>> aurc(np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, True, True, False]))
    0.0625
    """
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum(~correct[order])
    last = np.searchsorted(-confidence[order], -confidence[order], side="right")
    return float((wrong[last - 1] / last).mean())
