"""Metrics that scikit-learn lacks or is too slow for, and bootstrap confidence intervals of the UAR.

targets, predicted → `confusion_matrix` → `recalls`, `uar`; targets, probabilities → `log_losses`, `roc_curve`
confidence, correct? → `calibration` → bins and ECE
confusion matrix of each speaker → speakers drawn with replacement → UAR of each draw → `interval`

`confusion_matrix`, `recalls` and `uar` equal scikit-learn's `confusion_matrix`, `recall_score` and
`balanced_accuracy_score`; the bootstrap and the permutation importance compute them thousands of times, and
for stacks of matrices. A class without recordings is left out of every mean over classes; predictions of it
count as errors of the true classes.

The percentile bootstrap is over speakers: recordings of one speaker are correlated, so that a bootstrap over
recordings would give too narrow an interval. It is used only for a test of a single speaker and where
speakers are unknown; `Interval.unit` says so.

>>> matrix = confusion_matrix(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]), classes=3)
>>> uar(matrix)
0.75
>>> targets = np.tile([0, 1], 20)
>>> predicted = np.where(np.arange(40) % 8 == 0, 1 - targets, targets)
>>> interval(targets, predicted, np.repeat(list("abcd"), 10), classes=2, seed=0).unit
'4 speakers'
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ser_models.evaluation.entries import Calibration, CalibrationBin, RocCurve

CURVE_POINTS = 100
"""Maximal number of points of a ROC curve."""
SUBSETS = 5
"""Maximal number of subsets by a property."""
CURVE_DIGITS = 4
"""Decimals of its points."""
BINS = 15
"""Of a calibration, of equal width from 0 to 1, (low, high]."""
DRAWS = 2000
LEVEL = 0.95
BLOCK = 2**24
"""Number of drawn counts in memory at a time."""
TAILS = (1 - LEVEL) / 2, (1 + LEVEL) / 2
"""Quantiles of the draws that bound an interval."""


def confusion_matrix(targets: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Count recordings by true class (rows) and predicted class (columns).

    Args:
        targets: true classes, (recordings,), 0 to classes - 1.
        predicted: predicted classes, (recordings,).
        classes: size of the matrix.

    Returns:
        (classes, classes) int64.
    """
    cells = np.asarray(targets) * classes + np.asarray(predicted)
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes)


def recalls(matrix: np.ndarray) -> np.ndarray:
    """Recall of each class, (…, classes); NaN for a class without recordings.

    Args:
        matrix: a confusion matrix or a stack of them, (…, classes, classes).
    """
    hits, support = np.diagonal(matrix, axis1=-2, axis2=-1), matrix.sum(axis=-1)
    return np.divide(hits, support, out=np.full(np.shape(hits), np.nan), where=support > 0)


def uar(matrix: np.ndarray) -> float:
    """Unweighted average recall (balanced accuracy), 0 to 1: the mean recall of the classes that occur.

    Schuller, Steidl and Batliner, The INTERSPEECH 2009 Emotion Challenge.
    """
    return float(np.nanmean(recalls(matrix)))


def measured_uar(matrix: np.ndarray) -> float | None:
    """UAR of a test, 0 to 1; None if all of its recordings are of one class: a recall is no UAR.

    >>> measured_uar(np.array([[5, 1], [0, 0]]))
    """
    return uar(matrix) if np.count_nonzero(matrix.sum(axis=1)) > 1 else None


@dataclass(frozen=True, slots=True)
class Subset:
    """Recordings of which a property lies in a range.

    Attributes:
        low: lowest value among them.
        high: highest value among them.
        n: their number, 1 or more.
        accuracy: 0 to 1.
        uar: over the classes among them, 0 to 1; None if that is one class.
    """

    low: float
    high: float
    n: int
    accuracy: float
    uar: float | None


def subsets(values: np.ndarray, true: np.ndarray, predicted: np.ndarray) -> tuple[Subset, ...]:
    """Divide recordings into at most `SUBSETS` of about equal size, by a property such as the duration.

    Args:
        values: of the property, (recordings,); recordings with NaN are left out.
        true: classes, (recordings,).
        predicted: classes, (recordings,).

    Returns:
        By rising values; equal values are in one subset.

    >>> found = subsets(np.arange(10), true=np.arange(10) > 4, predicted=np.ones(10, bool))
    >>> [(one.low, one.n, one.accuracy) for one in found]
    [(0.0, 2, 0.0), (2.0, 2, 0.0), (4.0, 2, 0.5), (6.0, 2, 1.0), (8.0, 2, 1.0)]
    """
    known_values = np.isfinite(values)
    values, true, predicted = (array[known_values] for array in (values, true, predicted))
    if not values.size:
        return ()
    lowest = np.unique(np.quantile(values, np.arange(SUBSETS) / SUBSETS, method="higher"))
    numbers = np.searchsorted(lowest, values, side="right")
    labels = sorted({*true.tolist(), *predicted.tolist()})
    result = []
    for number in np.unique(numbers):
        own = numbers == number
        targets, guesses = (np.searchsorted(labels, array[own]) for array in (true, predicted))
        matrix = confusion_matrix(targets, guesses, len(labels))
        low, high, accuracy = float(values[own].min()), float(values[own].max()), np.mean(targets == guesses)
        result.append(Subset(low, high, int(own.sum()), float(accuracy), measured_uar(matrix)))
    return tuple(result)


def log_losses(targets: np.ndarray, probabilities: np.ndarray) -> tuple[float, np.ndarray]:
    """Log loss overall and of each class against all others, in nats.

    scikit-learn's `log_loss` gives the same numbers, but warns of rows that sum to 1 only within float32
    precision, as those of networks do. Probabilities are clipped to [ε, 1 - ε] of float64, as there.

    Args:
        targets: true classes, (recordings,).
        probabilities: (recordings, classes).

    Returns:
        The mean negative log-probability of the true class, and the mean binary log loss of each class,
        (classes,). The mean over classes of the latter is not the former.
    """
    truth = np.eye(probabilities.shape[1], dtype=bool)[targets]
    epsilon = np.finfo(np.float64).eps
    assigned = np.clip(np.where(truth, probabilities, 1 - probabilities), epsilon, 1 - epsilon)
    return float(-np.log(assigned[truth]).mean()), -np.log(assigned).mean(axis=0)


def roc_curve(positive: np.ndarray, scores: np.ndarray) -> tuple[RocCurve, float] | None:
    """ROC curve of one class against all others, and the area under it.

    The area is that of the whole curve, 0.5 for a guess. The points are then thinned out to at most
    `CURVE_POINTS`, evenly along the curve's length, with both ends.

    Args:
        positive: whether each recording is of the class, (recordings,) bool.
        scores: the class's probability, (recordings,).

    Returns:
        None if all recordings are of the class, or none is.
    """
    from sklearn import metrics

    if positive.all() or not positive.any():
        return None
    fpr, tpr, _ = metrics.roc_curve(positive, scores, drop_intermediate=False)
    area = float(metrics.auc(fpr, tpr))
    if len(fpr) > CURVE_POINTS:
        length = fpr + tpr  # both only rise, so that this is the length along the axes
        kept = np.unique(np.searchsorted(length, np.linspace(0, length[-1], CURVE_POINTS) - 1e-12))
        fpr, tpr = fpr[kept], tpr[kept]
    return RocCurve(*(tuple(rates.round(CURVE_DIGITS).tolist()) for rates in (fpr, tpr))), area


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


def calibration(confidence: np.ndarray, correct: np.ndarray, bins: int = BINS) -> Calibration:
    """Bin predictions by confidence and compute the expected calibration error (ECE).

    Guo et al., On Calibration of Modern Neural Networks, 2017.

    Args:
        confidence: (recordings,), 0 to 1.
        correct: whether each prediction is correct, (recordings,) bool.
        bins: number of bins of equal width.

    Returns:
        The bins that are not empty, by rising confidence, and the mean distance of confidence and accuracy
        over bins, weighted by their size.

    >>> result = calibration(np.array([0.9, 0.9, 0.9, 0.9]), np.array([True, True, True, False]))
    >>> round(result.ece, 3)
    0.15
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


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % confidence interval of the UAR.

    Attributes:
        low: lower bound, 0 to 1.
        high: upper bound, 0 to 1.
        unit: what was drawn: "20 speakers", or "60 recordings of one speaker".
    """

    low: float
    high: float
    unit: str


def interval(
    targets: np.ndarray, predicted: np.ndarray, speakers: np.ndarray, *, classes: int, seed: int
) -> Interval:
    """Bootstrap the UAR; arguments as of `uar_draws`."""
    draws = uar_draws(targets, predicted, speakers, classes=classes, seed=seed)
    low, high = np.quantile(draws, TAILS)
    return Interval(float(low), float(high), bootstrap_unit(speakers))


def bootstrap_unit(speakers: np.ndarray) -> str:
    """What `uar_draws` draws."""
    unknown = int(pd.isna(speakers).sum())
    count = len(set(speakers)) - bool(unknown)
    if unknown:
        rest = f"{count} speakers and " if count else ""
        return f"{rest}{unknown} recordings, speakers unknown"
    return f"{count} speakers" if count > 1 else f"{len(speakers)} recordings of one speaker"


def uar_draws(
    targets: np.ndarray, predicted: np.ndarray, speakers: np.ndarray, *, classes: int, seed: int
) -> np.ndarray:
    """UAR of every bootstrap draw, (draws,); the same draws for all predictions of the same speakers.

    Args:
        targets: true classes, (recordings,).
        predicted: predicted classes, (recordings,).
        speakers: speaker of each recording, (recordings,), None where unknown; with a single speaker, and
            where they are unknown, recordings are drawn.
        classes: number of classes.
        seed: the same seed gives the same draws.
    """
    units = bootstrap_units(speakers)
    count = units.max() + 1
    matrices = np.zeros((count, classes, classes))
    np.add.at(matrices, (units, targets, predicted), 1)
    rng, shares = np.random.default_rng(seed), np.full(count, 1 / count)
    rows = max(1, BLOCK // count)
    sizes = [min(rows, DRAWS - start) for start in range(0, DRAWS, rows)]
    sums = [rng.multinomial(count, shares, size=size) @ matrices.reshape(count, -1) for size in sizes]
    uars: np.ndarray = np.nanmean(recalls(np.concatenate(sums).reshape(DRAWS, classes, classes)), axis=1)
    return uars


def bootstrap_units(speakers: np.ndarray) -> np.ndarray:
    """Number of the unit of each recording, from 0: its speaker, or itself."""
    codes, names = pd.factorize(np.asarray(speakers, dtype=object), sort=True)
    if len(names) == 1 and not (codes < 0).any():
        return np.arange(len(codes))
    unknown = codes < 0
    codes[unknown] = len(names) + np.arange(unknown.sum())
    return codes
