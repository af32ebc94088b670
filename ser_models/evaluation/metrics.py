"""Metrics that scikit-learn lacks or is too slow for.

targets, predicted → `confusion_matrix` → `recalls`, `uar`; targets, probabilities → `log_losses`, `roc_curve`

`confusion_matrix`, `recalls` and `uar` equal scikit-learn's `confusion_matrix`, `recall_score` and
`balanced_accuracy_score`; the bootstrap and the permutation importance compute them thousands of times, and
for stacks of matrices. A class without recordings is left out of every mean over classes; predictions of it
count as errors of the true classes.

>>> matrix = confusion_matrix(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]), classes=3)
>>> uar(matrix)
0.75
"""

from dataclasses import dataclass

import numpy as np

from ser_models.evaluation.result import RocCurve

CURVE_POINTS = 100
"""Maximal number of points of a ROC curve."""
SUBSETS = 5
"""Maximal number of subsets by a property."""
CURVE_DIGITS = 4
"""Decimals of its points."""


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
