"""Predictions → the figures of metrics.json.

predictions (a row per recording, p_<emotion> columns) → `score` → UAR with interval, per class, speaker …

>>> rows = pd.DataFrame({"dataset": "own", "speaker": ["a", "b"], "emotion": ["sad", "angry"], "fold": 0,
...                      "p_angry": [0.2, 0.6], "p_sad": [0.8, 0.4]})
>>> score(rows, ("angry", "sad"), seed=0)["uar"]
1.0
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ser_models.dataset import speaker_keys
from ser_models.evaluation import metrics
from ser_models.evaluation.bootstrap import interval


def probability_columns(labels: Sequence[str]) -> list[str]:
    """Names of the probability columns of a predictions table, in the order of the labels."""
    return [f"p_{label}" for label in labels]


def score(predictions: pd.DataFrame, labels: Sequence[str], *, seed: int) -> dict[str, Any]:
    """Measure predictions.

    Args:
        predictions: columns dataset, speaker, emotion, fold and p_<emotion>; each recording once.
        labels: the classes, in order.
        seed: of the bootstrap.

    Returns:
        JSON values: n, uar, interval, interval_over, chance, accuracy, macro_f1, weighted_f1, log_loss, folds
        (UAR of each), per_class, per_speaker, per_corpus, confusion_matrix, labels. Shares are 0 to 1.
    """
    probabilities = predictions[probability_columns(labels)].to_numpy(dtype=np.float64)
    targets = np.array([labels.index(emotion) for emotion in predictions["emotion"]], dtype=np.int64)
    predicted = probabilities.argmax(axis=1)
    matrix = metrics.confusion_matrix(targets, predicted, len(labels))
    speakers = speaker_keys(predictions)
    bounds = interval(targets, predicted, speakers, classes=len(labels), seed=seed)
    uars = _Uars(targets, predicted, len(labels))
    return {
        "n": len(predictions),
        "uar": metrics.uar(matrix),
        "interval": [bounds.low, bounds.high],
        "interval_over": bounds.over,
        "chance": 1 / np.count_nonzero(matrix.sum(axis=1)),
        "accuracy": metrics.accuracy(matrix),
        "macro_f1": metrics.macro_f1(matrix),
        "weighted_f1": metrics.weighted_f1(matrix),
        "log_loss": metrics.log_loss(targets, probabilities),
        "folds": list(uars.by(predictions["fold"].to_numpy()).values()),
        "per_class": _per_class(matrix, labels),
        "per_speaker": uars.by(speakers),
        "per_corpus": uars.by(predictions["dataset"].to_numpy(dtype=object)),
        "confusion_matrix": matrix.tolist(),
        "labels": list(labels),
    }


class _Uars:
    """UAR of any grouping of the same predictions."""

    def __init__(self, targets: np.ndarray, predicted: np.ndarray, classes: int) -> None:
        self.targets, self.predicted, self.classes = targets, predicted, classes

    def by(self, keys: np.ndarray) -> dict[Any, float]:
        """Return the UAR of each group, by its key in sorted order."""
        return {key: self._of(keys == key) for key in sorted(set(keys))}

    def _of(self, chosen: np.ndarray) -> float:
        matrix = metrics.confusion_matrix(self.targets[chosen], self.predicted[chosen], self.classes)
        return metrics.uar(matrix)


def _per_class(matrix: np.ndarray, labels: Sequence[str]) -> dict[str, dict[str, float]]:
    """Precision, recall, F1 and support of each class that occurs."""
    values = zip(
        labels,
        metrics.precisions(matrix),
        metrics.recalls(matrix),
        metrics.f1_scores(matrix),
        matrix.sum(axis=1),
        strict=True,
    )
    return {
        label: {"precision": float(p), "recall": float(r), "f1": float(f1), "support": int(support)}
        for label, p, r, f1, support in values
        if support
    }
