"""Metrics that scikit-learn lacks or is too slow for, and confidence intervals of the UAR.

targets, predicted → `confusion_matrix` → `recalls`, `uar`; targets, probabilities → `log_losses`, `roc_curve`
confusion matrix of each speaker → speakers drawn with replacement → UAR of each draw → `interval`

`confusion_matrix`, `recalls` and `uar` equal scikit-learn's `confusion_matrix`, `recall_score` and
`balanced_accuracy_score`; the bootstrap and the permutation importance compute them thousands of times, and
for stacks of matrices. A class without recordings is left out of every mean over classes; predictions of it
count as errors of the true classes.

Intervals are percentile bootstraps over speakers: recordings of one speaker are correlated, so that a
bootstrap over recordings would give too narrow an interval. It is used only for a test of a single speaker,
and `Interval.unit` says so.

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

from ser_models.evaluation.result import RocCurve

CURVE_POINTS = 100
"""Maximal number of points of a ROC curve."""
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


DRAWS = 2000
LEVEL = 0.95
TAILS = (1 - LEVEL) / 2, (1 + LEVEL) / 2
"""Quantiles of the draws that bound an interval."""


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
    count = len(np.unique(speakers))
    unit = f"{count} speakers" if count > 1 else f"{len(targets)} recordings of one speaker"
    draws = uar_draws(targets, predicted, speakers, classes=classes, seed=seed)
    low, high = np.quantile(draws, TAILS)
    return Interval(float(low), float(high), unit)


def uar_draws(
    targets: np.ndarray, predicted: np.ndarray, speakers: np.ndarray, *, classes: int, seed: int
) -> np.ndarray:
    """UAR of every bootstrap draw, (draws,); the same draws for all predictions of the same speakers.

    Args:
        targets: true classes, (recordings,).
        predicted: predicted classes, (recordings,).
        speakers: speaker of each recording, (recordings,); with a single speaker, recordings are drawn.
        classes: number of classes.
        seed: the same seed gives the same draws.
    """
    names, units = np.unique(speakers, return_inverse=True)
    if len(names) == 1:
        units = np.arange(len(targets))
    count = units.max() + 1
    matrices = np.zeros((count, classes, classes))
    np.add.at(matrices, (units, targets, predicted), 1)
    times = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=DRAWS)
    sums = (times @ matrices.reshape(count, -1)).reshape(DRAWS, classes, classes)
    uars: np.ndarray = np.nanmean(recalls(sums), axis=1)
    return uars


def difference(
    targets: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    speakers: np.ndarray,
    *,
    classes: int,
    seed: int,
) -> tuple[float, float]:
    """95 % confidence interval of the difference of the UARs of two sets of predictions.

    It is paired: both are evaluated on the same draws of speakers, so that the variance that both share
    cancels out.

    Args:
        targets: true classes, (recordings,).
        first: predicted classes of the first, (recordings,).
        second: predicted classes of the second, (recordings,).
        speakers: speaker of each recording, (recordings,); with a single speaker, recordings are drawn.
        classes: number of classes.
        seed: the same seed gives the same interval.

    Returns:
        (lower, upper) bound of UAR of `first` minus UAR of `second`, −1 to 1.
    """
    draws = [
        uar_draws(targets, predicted, speakers, classes=classes, seed=seed) for predicted in (first, second)
    ]
    low, high = np.quantile(draws[0] - draws[1], TAILS)
    return float(low), float(high)
