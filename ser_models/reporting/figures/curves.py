"""Figures of curves: ROC, reliability diagram, risk-coverage and training curves."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import cycle
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ser_models.evaluation.result import CalibrationBin, CoveragePoint, RocCurve, Scores
from ser_models.reporting.figures.picture import (
    BLUE,
    EMOTION_COLOURS,
    INK,
    MUTED,
    ORANGE,
    Panel,
    Picture,
    in_percent,
    legend,
    log_ticks,
)
from ser_models.reporting.text import percent

NAMES = {"loss": "loss", "uar": "UAR", "accuracy": "accuracy", "learning_rate": "learning rate"}
STYLES = ("-", "--", ":")


def roc(result: Scores) -> Picture | None:
    """ROC curve of each emotion against all others; None if there is no curve."""
    if not result.roc:
        return None
    areas = {label: result.per_class[label].auc or 0.0 for label in result.roc}
    listed = ", ".join(f"{label} {area:.2f}" for label, area in areas.items())
    panel = Panel(lambda axes: _roc_curves(axes, result.roc, areas), 4.8, 3.9, f"AUC: {listed}")
    return Picture("roc", "ROC curves, one emotion against all others", (panel,))


def reliability(result: Scores) -> Picture:
    """Reliability diagram: accuracy against confidence."""
    bins = result.calibration.reliability
    listed = ", ".join(f"{percent(entry.confidence, 0)}: {percent(entry.accuracy, 0)}" for entry in bins)
    text = f"ECE {percent(result.calibration.ece)}. Accuracy by confidence: {listed}"
    return Picture(
        "reliability", "Reliability diagram", (Panel(lambda axes: _bins(axes, bins), 4.8, 3.9, text),)
    )


def coverage(result: Scores) -> Picture:
    """UAR and accuracy against coverage, if predictions of low confidence are rejected."""
    curve = result.risk_coverage.curve
    listed = ", ".join(
        f"coverage {percent(point.coverage, 0)}: UAR {percent(point.uar, 0)}, "
        f"accuracy {percent(point.accuracy, 0)}"
        for point in curve
        if round(point.coverage, 2) in (0.25, 0.5, 0.75, 1.0)
    )
    text = f"AURC {percent(result.risk_coverage.aurc)}. {listed}"
    panel = Panel(lambda axes: _coverage(axes, curve, result.chance), 4.8, 3.9, text)
    return Picture("coverage", "UAR and accuracy by coverage", (panel,))


def training_curves(history: pd.DataFrame | None) -> Picture | None:
    """Loss, UAR and a variable learning rate by epoch: the final model thick, the other folds thin.

    Returns:
        None if there is no history, or no model was trained for more than one epoch.
    """
    if history is None or history.empty or history.groupby("fold").size().max() < 2:
        return None
    panels = [_training_panel(history, measure) for measure in ("loss", "uar")]
    if "learning_rate" in history and history["learning_rate"].nunique() > 1:
        panels.append(_training_panel(history, "learning_rate"))
    return Picture("training_curves", "Training curves", tuple(panels))


def _training_panel(history: pd.DataFrame, measure: str) -> Panel:
    rows = history[history["fold"] == _final_fold(history)]
    best = rows[rows["best"]].iloc[0]
    text = f"{NAMES[measure]} by epoch; best epoch {best['epoch']:.0f} of {len(rows)}"
    if measure != "learning_rate":
        text += f": {best[measure]:.2f} in training, {best[f'val_{measure}']:.2f} in validation"
    return Panel(partial(_training, history=history, measure=measure), 4.8, 3.4, text)


def _roc_curves(axes: Axes, curves: Mapping[str, RocCurve], areas: Mapping[str, float]) -> None:
    axes.plot([0, 1], [0, 1], color=MUTED, linestyle="--", linewidth=1)
    for style, (label, curve) in zip(cycle(STYLES), curves.items(), strict=False):
        name, colour = f"{label} {areas[label]:.2f}", EMOTION_COLOURS[label]
        axes.plot(curve.fpr, curve.tpr, label=name, color=colour, linestyle=style, linewidth=1.6)
    axes.set(xlabel="false positive rate", ylabel="true positive rate")
    _unit_square(axes)
    box = axes.legend(
        loc="lower right", title="AUC", frameon=False, fontsize=8, title_fontsize=8, labelcolor=INK
    )
    box.get_title().set_color(INK)


def _bins(axes: Axes, bins: Sequence[CalibrationBin]) -> None:
    shares = np.array([entry.n for entry in bins]) / sum(entry.n for entry in bins)
    lows, widths = [entry.low for entry in bins], [entry.high - entry.low for entry in bins]
    bars = axes.bar(lows, shares, widths, align="edge", color=MUTED, alpha=0.3, zorder=1)
    bars.set_label("share of recordings")
    axes.plot([0, 1], [0, 1], color=MUTED, linestyle="--", linewidth=1, label="perfect calibration")
    points = [entry.confidence for entry in bins], [entry.accuracy for entry in bins]
    axes.plot(*points, color=BLUE, linewidth=1.6, zorder=2)
    axes.scatter(*points, s=12 + 110 * shares, color=BLUE, zorder=3, label="this model")
    axes.set(xlabel="confidence", ylabel="accuracy")
    _unit_square(axes)
    legend(axes)


def _coverage(axes: Axes, curve: Sequence[CoveragePoint], chance: float) -> None:
    coverages = [point.coverage for point in curve]
    axes.axhline(chance, color=MUTED, linestyle="--", linewidth=1, label="chance")
    for name, colour in (("accuracy", ORANGE), ("uar", BLUE)):
        values = [getattr(point, name) for point in curve]
        axes.plot(coverages, values, color=colour, linewidth=1.6, label=NAMES[name])
    for point in curve[4::5]:
        axes.scatter(point.coverage, point.accuracy, s=16, color=ORANGE, zorder=3)
        axes.annotate(
            f"≥ {point.threshold:.2f}",
            (point.coverage, point.accuracy),
            xytext=(0, 7),
            textcoords="offset points",
            ha="right" if point.coverage == 1 else "center",
            fontsize=8,
            color=MUTED,
        )
    axes.set(xlabel="coverage", ylabel="accuracy, UAR")
    _unit_square(axes)
    legend(axes)


def _unit_square(axes: Axes) -> None:
    axes.set(xlim=(0, 1.01), ylim=(0, 1.01))
    in_percent(axes.xaxis, axes.yaxis)


def _training(axes: Axes, history: pd.DataFrame, measure: str) -> None:
    final = _final_fold(history)
    for fold, rows in history.groupby("fold"):
        _curve(axes, rows, measure, thick=fold == final)
    axes.set(xlabel="epoch", ylabel=NAMES[measure])
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if measure == "uar":
        axes.set_ylim(0, 1)
        in_percent(axes.yaxis)
    if measure == "learning_rate":
        axes.set_yscale("log")
        log_ticks(axes.yaxis)
    legend(axes)


def _curve(axes: Axes, rows: pd.DataFrame, measure: str, *, thick: bool) -> None:
    style: dict[str, Any] = {"linewidth": 2.0, "zorder": 3} if thick else {"linewidth": 0.8, "alpha": 0.35}
    drawn = [(measure, BLUE, "training"), (f"val_{measure}", ORANGE, "validation")]
    if measure == "learning_rate":
        drawn = [(measure, BLUE, "learning rate")]
    for column, colour, name in drawn:
        axes.plot(rows["epoch"], rows[column], color=colour, label=name if thick else None, **style)
    if thick:
        best = rows[rows["best"]].iloc[0]
        column, colour, _ = drawn[-1]
        axes.plot(best["epoch"], best[column], "o", color=colour, zorder=4, label="best epoch")


def _final_fold(history: pd.DataFrame) -> int:
    """The fold of the final model: -1 if it was trained on all speakers, else the last one."""
    folds = history["fold"]
    return int(folds.min()) if folds.min() < 0 else int(folds.max())
