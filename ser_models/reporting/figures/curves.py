"""Figures of curves: ROC by emotion, reliability by confidence, coverage, loss and UAR by epoch."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

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
)
from ser_models.reporting.text import percent

NAMES = {"loss": "loss", "uar": "UAR", "learning_rate": "learning rate"}
STYLES = ("-", "--", ":")


def roc(metrics: Mapping[str, Any]) -> Picture | None:
    """Draw each emotion against all others at every threshold; None where there is nothing to tell apart."""
    if not metrics["roc"]:
        return None
    areas = {label: metrics["per_class"][label]["auc"] for label in metrics["roc"]}
    said = ", ".join(f"{label} {area:.2f}" for label, area in areas.items())
    panel = Panel(lambda axes: _roc_curves(axes, metrics["roc"], areas), 4.8, 3.9, f"Areas: {said}")
    return Picture("roc", "One emotion against all others (ROC)", (panel,))


def reliability(metrics: Mapping[str, Any]) -> Picture:
    """Draw how often the model is right against how sure it is."""
    bins, error = metrics["calibration"]["reliability"], metrics["calibration"]["ece"]
    said = ", ".join(
        f"{percent(each['confidence'], 0)} sure: {percent(each['accuracy'], 0)} right" for each in bins
    )
    panel = Panel(lambda axes: _bins(axes, bins), 4.8, 3.9, f"Calibration error {percent(error)}. {said}")
    return Picture("reliability", "Is it right as often as it is sure?", (panel,))


def coverage(metrics: Mapping[str, Any]) -> Picture:
    """Draw how the answers get better when the least sure ones are not given."""
    curve, area = metrics["selective"]["curve"], metrics["selective"]["aurc"]
    shown = [kept for kept in curve if round(kept["coverage"], 2) in (0.25, 0.5, 0.75, 1.0)]
    said = ", ".join(
        f"{percent(kept['coverage'], 0)} answered: UAR {percent(kept['uar'], 0)}, "
        f"{percent(kept['accuracy'], 0)} right"
        for kept in shown
    )
    text = f"Area of mistakes under coverage {percent(area)}. {said}"
    panel = Panel(lambda axes: _coverage(axes, curve, metrics["chance"]), 4.8, 3.9, text)
    return Picture("coverage", "Is it better where it is sure?", (panel,))


def training_curves(history: pd.DataFrame | None) -> Picture | None:
    """Draw loss, UAR and a learning rate that changes: the shipped model thick, the folds thin.

    Returns:
        None where there is no history, or no model was trained for more than one epoch.
    """
    if history is None or history.empty or history.groupby("fold").size().max() < 2:
        return None
    panels = [_training_panel(history, measure) for measure in ("loss", "uar")]
    if "learning_rate" in history and history["learning_rate"].nunique() > 1:
        panels.append(_training_panel(history, "learning_rate"))
    return Picture("training_curves", "Training curves", tuple(panels))


def _training_panel(history: pd.DataFrame, measure: str) -> Panel:
    rows = history[history["fold"] == _shipped(history)]
    best = rows[rows["best"]].iloc[0]
    text = f"{NAMES[measure]} by epoch; epoch {best['epoch']:.0f} of {len(rows)} was kept"
    if measure != "learning_rate":
        text += f", with {best[measure]:.2f} in training and {best[f'val_{measure}']:.2f} in validation"
    return Panel(partial(_training, history=history, measure=measure), 4.8, 3.4, text)


def _roc_curves(axes: Axes, curves: Mapping[str, Any], areas: Mapping[str, float]) -> None:
    axes.plot([0, 1], [0, 1], color=MUTED, linestyle="--", linewidth=1)
    for place, (label, curve) in enumerate(curves.items()):
        style = STYLES[place % len(STYLES)]
        line: dict[str, Any] = {"color": EMOTION_COLOURS[label], "linestyle": style, "linewidth": 1.6}
        axes.plot(curve["fpr"], curve["tpr"], label=f"{label} {areas[label]:.2f}", **line)
    axes.set(xlabel="share of other emotions that pass", ylabel="share of the emotion that passes")
    _unit_square(axes)
    box = axes.legend(
        loc="lower right", title="area", frameon=False, fontsize=8, title_fontsize=8, labelcolor=INK
    )
    box.get_title().set_color(INK)


def _bins(axes: Axes, bins: list[dict[str, Any]]) -> None:
    total = sum(each["n"] for each in bins)
    lows, widths = [each["low"] for each in bins], [each["high"] - each["low"] for each in bins]
    shares = [each["n"] / total for each in bins]
    axes.bar(
        lows, shares, widths, align="edge", color=MUTED, alpha=0.3, label="share of recordings", zorder=1
    )
    axes.plot([0, 1], [0, 1], color=MUTED, linestyle="--", linewidth=1, label="as right as sure")
    sure, right = [each["confidence"] for each in bins], [each["accuracy"] for each in bins]
    sizes = 12 + 110 * np.array(shares)
    axes.plot(sure, right, color=BLUE, linewidth=1.6, zorder=2)
    axes.scatter(sure, right, s=sizes, color=BLUE, zorder=3, label="this run")
    axes.set(xlabel="confidence", ylabel="share that is right")
    _unit_square(axes)
    legend(axes)


def _coverage(axes: Axes, curve: list[dict[str, Any]], chance: float) -> None:
    answered = [kept["coverage"] for kept in curve]
    axes.axhline(chance, color=MUTED, linestyle="--", linewidth=1, label="chance")
    axes.plot(answered, [kept["accuracy"] for kept in curve], color=ORANGE, linewidth=1.6, label="right")
    axes.plot(answered, [kept["uar"] for kept in curve], color=BLUE, linewidth=1.6, label="UAR")
    for kept in curve[4::5]:
        axes.scatter(kept["coverage"], kept["accuracy"], s=16, color=ORANGE, zorder=3)
        axes.annotate(
            f"≥ {kept['threshold']:.2f}",
            (kept["coverage"], kept["accuracy"]),
            xytext=(0, -14),
            textcoords="offset points",
            ha="right" if kept["coverage"] == 1 else "center",
            fontsize=8,
            color=MUTED,
        )
    axes.set(xlabel="share of recordings that is answered", ylabel="share that is right, UAR")
    _unit_square(axes)
    legend(axes)


def _unit_square(axes: Axes) -> None:
    axes.set(xlim=(0, 1.01), ylim=(0, 1.01))
    in_percent(axes.xaxis, axes.yaxis)


def _training(axes: Axes, history: pd.DataFrame, measure: str) -> None:
    shipped = _shipped(history)
    for fold, rows in history.groupby("fold"):
        _curve(axes, rows, measure, thick=fold == shipped)
    axes.set(xlabel="epoch", ylabel=NAMES[measure])
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if measure == "uar":
        axes.set_ylim(0, 1)
        in_percent(axes.yaxis)
    if measure == "learning_rate":
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.yaxis.set_minor_locator(NullLocator())
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
        axes.plot(best["epoch"], best[column], "o", color=colour, zorder=4, label="kept epoch")


def _shipped(history: pd.DataFrame) -> int:
    """The fold whose model is kept: -1 where there is one that was trained on everybody, else the last."""
    folds = history["fold"]
    return int(folds.min()) if folds.min() < 0 else int(folds.max())
