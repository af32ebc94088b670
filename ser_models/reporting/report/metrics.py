"""The metrics of a report in their order: names, definitions, formats."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of the whole test, or of one class.

    Attributes:
        key: attribute of `Scores` and `Claims`, or of `ClassResult` and `ClassClaims`; dotted if nested.
        name: as displayed.
        meaning: its definition, where a table states it.
        digits: decimals of a plain number; None for a share, which is displayed in percent.
    """

    key: str
    name: str
    meaning: str = ""
    digits: int | None = None


METRICS = (
    Metric("uar", "UAR (balanced accuracy)", "mean recall of the classes, each with the same weight"),
    Metric("accuracy", "Accuracy", "share of correct predictions; frequent classes weigh more"),
    Metric("averages.macro.f1", "Macro F1", "mean F1 of the classes"),
    Metric("averages.weighted.f1", "Weighted F1", "mean F1 of the classes, weighted by their support"),
    Metric("mcc", "MCC", "Matthews correlation coefficient: 1 is perfect, 0 is chance", 4),
    Metric("averages.macro.iou", "Mean IoU", "mean of TP / (TP + FP + FN) over classes"),
    Metric("macro_auc", "Macro AUC", "mean area under the ROC curves: 1 is perfect, 0.5 is chance", 3),
    Metric("log_loss", "Log loss", "mean of -ln p(true class); lower is better", 4),
    Metric("mse", "MSE", "mean of (p - y)² over recordings and classes, y = 0 or 1; lower is better", 4),
)
EMOTION_METRICS = (
    Metric("recall", "Recall"),
    Metric("precision", "Precision"),
    Metric("f1", "F1"),
    Metric("iou", "IoU"),
    Metric("auc", "AUC", digits=3),
    Metric("log_loss", "Log loss", digits=4),
    Metric("mse", "MSE", digits=4),
)
"""Metrics of one emotion against all others, in the order of the columns."""
