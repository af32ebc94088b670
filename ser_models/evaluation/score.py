"""Predictions → the figures of metrics.json.

predictions (a row per recording, p_<emotion> columns) → `score` → UAR with interval, per class, speaker …

>>> rows = pd.DataFrame({"file_id": ["own/1", "own/2"], "dataset": "own", "speaker": ["a", "b"], "fold": 0,
...                      "emotion": ["sad", "angry"], "p_angry": [0.2, 0.6], "p_sad": [0.8, 0.4]})
>>> found = score(rows, ("angry", "sad"), seed=0)
>>> found["uar"], found["per_class"]["sad"]["auc"], round(found["calibration"]["ece"], 3)
(1.0, 1.0, 0.3)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from ser_models.data.examples import speaker_keys
from ser_models.evaluation import error_analysis, losses, metrics, roc
from ser_models.evaluation.bootstrap import interval
from ser_models.evaluation.calibration import BINS, aurc, ece, reliability, selective
from ser_models.evaluation.predictions import probability_columns

DIGITS = 4
"""Decimals of the points of a ROC curve, which are there to be drawn."""


def score(predictions: pd.DataFrame, labels: Sequence[str], *, seed: int) -> dict[str, Any]:
    """Measure predictions.

    Args:
        predictions: columns file_id, dataset, speaker, emotion, fold and p_<emotion>; each recording once.
        labels: the classes, in order.
        seed: of the bootstrap.

    Returns:
        JSON values; shares are 0 to 1, and what cannot be computed is None:
        n, uar (the balanced accuracy), interval, interval_over, chance, accuracy, macro_f1, weighted_f1, mcc,
        mean_iou, macro_auc, log_loss, mse, averages (macro and weighted), folds (UAR of each), per_class
        (precision, recall, f1, support, iou, auc, log_loss, mse of each class that occurs), per_speaker and
        per_corpus (UAR), recordings (how many of each speaker and corpus), confusion_matrix, roc (curves by
        class), calibration (ece and its bins), selective (aurc, and what is left of the answers if the least
        sure ones are not given), mistakes (most_confident, confusions), labels.
    """
    probabilities = predictions[probability_columns(labels)].to_numpy(dtype=np.float64)
    targets = np.array([labels.index(emotion) for emotion in predictions["emotion"]], dtype=np.int64)
    predicted = probabilities.argmax(axis=1)
    matrix = metrics.confusion_matrix(targets, predicted, len(labels))
    speakers, datasets = speaker_keys(predictions), predictions["dataset"].to_numpy(dtype=object)
    bounds = interval(targets, predicted, speakers, classes=len(labels), seed=seed)
    uars = _Uars(targets, predicted, len(labels))
    averages = metrics.averages(matrix)
    curves = _curves(targets, probabilities, labels)
    areas = {label: None if curve is None else roc.auc(curve) for label, curve in curves.items()}
    return {
        "n": len(predictions),
        "uar": metrics.uar(matrix),
        "interval": [bounds.low, bounds.high],
        "interval_over": bounds.over,
        "chance": 1 / np.count_nonzero(matrix.sum(axis=1)),
        "accuracy": metrics.accuracy(matrix),
        "macro_f1": metrics.macro_f1(matrix),
        "weighted_f1": metrics.weighted_f1(matrix),
        "mcc": metrics.mcc(matrix),
        "mean_iou": averages["macro"]["iou"],
        "macro_auc": _mean(areas.values()),
        "log_loss": losses.log_loss(targets, probabilities),
        "mse": losses.mse(targets, probabilities),
        "averages": averages,
        "folds": list(uars.by(predictions["fold"].to_numpy()).values()),
        "per_class": _per_class(matrix, targets, probabilities, areas),
        "per_speaker": uars.by(speakers),
        "per_corpus": uars.by(datasets),
        "recordings": {"per_speaker": _counts(speakers), "per_corpus": _counts(datasets)},
        "confusion_matrix": matrix.tolist(),
        "roc": {label: _points(curve) for label, curve in curves.items() if curve},
        "calibration": _calibration(probabilities.max(axis=1), predicted == targets),
        "selective": _selective(probabilities.max(axis=1), targets, predicted, len(labels)),
        "mistakes": {
            "most_confident": error_analysis.most_confident(predictions, labels, probabilities),
            "confusions": error_analysis.confusions(matrix, labels),
        },
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


def _curves(
    targets: np.ndarray, probabilities: np.ndarray, labels: Sequence[str]
) -> dict[str, roc.Curve | None]:
    """Return the ROC curve of each class; None where the test has no recording of it, or none of others."""
    return {label: roc.curve(targets == place, probabilities[:, place]) for place, label in enumerate(labels)}


def _per_class(
    matrix: np.ndarray, targets: np.ndarray, probabilities: np.ndarray, areas: Mapping[str, float | None]
) -> dict[str, dict[str, float | int | None]]:
    """Return every measure of each class that occurs; `areas` are by label, in order."""
    columns = {
        "precision": metrics.precisions(matrix),
        "recall": metrics.recalls(matrix),
        "f1": metrics.f1_scores(matrix),
        "iou": metrics.ious(matrix),
        "log_loss": losses.log_losses(targets, probabilities),
        "mse": losses.mses(targets, probabilities),
    }
    return {
        label: {
            **{name: float(values[place]) for name, values in columns.items()},
            "auc": area,
            "support": int(matrix[place].sum()),
        }
        for place, (label, area) in enumerate(areas.items())
        if matrix[place].any()
    }


def _points(curve: roc.Curve) -> dict[str, list[float]]:
    thin = roc.thin(curve)
    return {"fpr": thin.fpr.round(DIGITS).tolist(), "tpr": thin.tpr.round(DIGITS).tolist()}


def _calibration(confidence: np.ndarray, right: np.ndarray) -> dict[str, Any]:
    found = reliability(confidence, right)
    return {"ece": ece(found), "bins": BINS, "reliability": [asdict(each) for each in found]}


def _selective(
    confidence: np.ndarray, targets: np.ndarray, predicted: np.ndarray, classes: int
) -> dict[str, Any]:
    curve = selective(confidence, targets, predicted, classes)
    return {"aurc": aurc(confidence, predicted == targets), "curve": [asdict(kept) for kept in curve]}


def _counts(keys: np.ndarray) -> dict[str, int]:
    names, counts = np.unique(keys, return_counts=True)
    return {str(name): int(count) for name, count in zip(names, counts, strict=True)}


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
