"""Losses of probabilities that pass through softmax a second time, as some publications print them.

predictions table → `second_softmax` of its probabilities → log loss and MSE, overall and per class → `Losses`

A network that ends with softmax, and a loss or a metric that applies softmax to its output again, give
probabilities near 1 / classes even for certain predictions. Over 8 classes the true class then has 0.28 at
most, and its log loss is 1.27 at least.

>>> second_softmax(np.array([[1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]])).round(3)[0, :2].tolist()
[0.28, 0.103]
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ser_models.evaluation.entries import ClassLosses, Losses
from ser_models.evaluation.metrics import log_losses
from ser_models.evaluation.score import arrays_of


def second_softmax(probabilities: np.ndarray) -> np.ndarray:
    """Return softmax of probabilities as if they were logits, (recordings, classes), rows of sum 1."""
    powers = np.exp(probabilities)
    return powers / powers.sum(axis=1, keepdims=True)


def losses(predictions: pd.DataFrame, labels: Sequence[str]) -> Losses:
    """Compute the losses of a predictions table after a second softmax.

    Args:
        predictions: columns emotion and p_<label>.
        labels: the classes, in order.

    Returns:
        Log loss and MSE of all recordings, and of each class that occurs against all others.
    """
    targets, probabilities = arrays_of(predictions, labels)
    softened = second_softmax(probabilities)
    overall, by_class = log_losses(targets, softened)
    scores = ((np.eye(len(labels))[targets] - softened) ** 2).mean(axis=0)
    return Losses(
        log_loss=overall,
        mse=float(scores.mean()),
        per_class={
            labels[index]: ClassLosses(float(by_class[index]), float(scores[index]))
            for index in np.unique(targets)
        },
    )
