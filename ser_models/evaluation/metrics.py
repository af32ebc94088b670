"""Metrics of a classification that are read off its confusion matrix.

targets, predicted → `confusion_matrix` → UAR, accuracy, MCC; precision, recall, F1 and IoU of each class

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


def mcc(matrix: np.ndarray) -> float:
    """Matthews correlation coefficient of all classes together, -1 to 1; 0 is what guessing gets.

    0 too where it is undefined: a single class that occurs, or a single one that is ever predicted.

    Gorodkin, Comparing two K-category assignments by a K-category correlation coefficient, 2004.
    """
    acted, predicted = matrix.sum(axis=1).astype(float), matrix.sum(axis=0).astype(float)
    count = acted.sum()
    spreads = (count**2 - acted @ acted) * (count**2 - predicted @ predicted)
    return float((np.trace(matrix) * count - acted @ predicted) / np.sqrt(spreads)) if spreads > 0 else 0.0


def ious(matrix: np.ndarray) -> np.ndarray:
    """Intersection over union (Jaccard index) of each class: TP / (TP + FP + FN), (classes,).

    0 for a class that neither occurs nor is predicted.
    """
    hits = np.diagonal(matrix)
    return np.nan_to_num(_ratio(hits, matrix.sum(axis=0) + matrix.sum(axis=1) - hits))


def averages(matrix: np.ndarray) -> dict[str, dict[str, float]]:
    """The last lines of a classification report: precision, recall, F1 and IoU over the classes that occur.

    Returns:
        "macro", every class alike, and "weighted", by how often each occurs; each measure 0 to 1.
    """
    support = matrix.sum(axis=1)
    values = {
        "precision": precisions(matrix),
        "recall": np.nan_to_num(recalls(matrix)),
        "f1": f1_scores(matrix),
        "iou": ious(matrix),
    }
    weights = {"macro": support > 0, "weighted": support}
    return {
        kind: {name: float(np.average(each, weights=weight)) for name, each in values.items()}
        for kind, weight in weights.items()
    }


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Divide, NaN where there is nothing to divide by."""
    wide = np.broadcast_to(denominator, np.shape(numerator))
    return np.divide(numerator, wide, out=np.full(np.shape(numerator), np.nan), where=wide > 0)
