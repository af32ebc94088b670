"""Metrics of a classification, all read off one confusion matrix and the class probabilities.

targets, predicted → `confusion_matrix` → UAR, accuracy, F1, per class; targets, probabilities → `log_loss`.

A class that no recording has is left out of every mean over classes, as in scikit-learn's
`balanced_accuracy_score`; predictions of it count against the classes that were there.

>>> matrix = confusion_matrix(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]), classes=3)
>>> uar(matrix), accuracy(matrix)
(0.75, 0.75)
"""

import numpy as np


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
    """Recall of each class, (…, classes); NaN for a class that no recording has.

    Args:
        matrix: one confusion matrix or a stack of them, (…, classes, classes).
    """
    return _ratio(np.diagonal(matrix, axis1=-2, axis2=-1), matrix.sum(axis=-1))


def uar(matrix: np.ndarray) -> float:
    """Unweighted average recall (balanced accuracy), 0 to 1: the mean recall of the classes that occur.

    Schuller, Steidl and Batliner, The INTERSPEECH 2009 Emotion Challenge.
    """
    return float(np.nanmean(recalls(matrix)))


def accuracy(matrix: np.ndarray) -> float:
    """Share of recordings that were recognised, 0 to 1."""
    return float(np.trace(matrix) / matrix.sum())


def precisions(matrix: np.ndarray) -> np.ndarray:
    """Precision of each class, (classes,); 0 for a class that was never predicted."""
    return np.nan_to_num(_ratio(np.diagonal(matrix), matrix.sum(axis=0)))


def f1_scores(matrix: np.ndarray) -> np.ndarray:
    """Harmonic mean of precision and recall of each class, (classes,); 0 where nothing was right."""
    hits = np.diagonal(matrix)
    return np.nan_to_num(_ratio(2 * hits, matrix.sum(axis=0) + matrix.sum(axis=1)))


def macro_f1(matrix: np.ndarray) -> float:
    """Mean F1 of the classes that occur, 0 to 1."""
    return float(f1_scores(matrix)[matrix.sum(axis=1) > 0].mean())


def weighted_f1(matrix: np.ndarray) -> float:
    """Mean F1 weighted by how often each class occurs, 0 to 1."""
    return float(np.average(f1_scores(matrix), weights=matrix.sum(axis=1)))


def log_loss(targets: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean negative log-probability of the true class, in nats, 0 and above.

    Args:
        targets: true classes, (recordings,).
        probabilities: (recordings, classes); clipped to the smallest step of float64, as in scikit-learn.
    """
    true = probabilities[np.arange(len(targets)), targets]
    smallest = np.finfo(np.float64).eps
    return float(-np.log(np.clip(true, smallest, 1 - smallest)).mean())


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Divide, NaN where there is nothing to divide by."""
    wide = np.broadcast_to(denominator, np.shape(numerator))
    return np.divide(numerator, wide, out=np.full(np.shape(numerator), np.nan), where=wide > 0)
