"""Error analysis: wrong predictions of high confidence, and pairs of classes that are confused.

predictions table → `most_confident`; confusion matrix → `confusions`
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ser_models.evaluation.result import Confusion, Misclassification

MOST_ERRORS = 20
"""Maximal number of wrong predictions that are listed."""
MOST_PAIRS = 10
"""Maximal number of confused pairs that are listed."""


def most_confident(
    predictions: pd.DataFrame, labels: Sequence[str], probabilities: np.ndarray
) -> tuple[Misclassification, ...]:
    """List the wrong predictions of highest confidence.

    Args:
        predictions: columns file_id and emotion, a row per recording.
        labels: the classes, in order.
        probabilities: (recordings, classes), in the order of the rows.

    Returns:
        At most `MOST_ERRORS`, by falling confidence, then by file_id.
    """
    rows = zip(predictions["file_id"], predictions["emotion"], probabilities, strict=True)
    errors = [
        Misclassification(file_id, true, predicted, float(row.max()), float(row[labels.index(true)]))
        for file_id, true, row in rows
        if (predicted := labels[row.argmax()]) != true
    ]
    return tuple(sorted(errors, key=lambda error: (-error.confidence, error.file_id))[:MOST_ERRORS])


def confusions(matrix: np.ndarray, labels: Sequence[str]) -> tuple[Confusion, ...]:
    """List the pairs of classes that are confused most often.

    Args:
        matrix: true classes in rows, predicted ones in columns, (classes, classes).
        labels: the classes, in order.

    Returns:
        At most `MOST_PAIRS`, by falling count, then by falling share of the true class's recordings.
    """
    pairs = [
        Confusion(labels[row], labels[column], int(n), float(n / matrix[row].sum()))
        for (row, column), n in np.ndenumerate(matrix)
        if row != column and n
    ]
    return tuple(sorted(pairs, key=lambda pair: (-pair.n, -pair.share))[:MOST_PAIRS])
