"""Training curves: loss, UAR, accuracy and learning rate by epoch; of an ensemble, by member.

history → `training_curves` → `Picture`
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ser_models.reporting.figures.picture import (
    BLUE,
    ORANGE,
    Panel,
    Picture,
    in_percent,
    legend,
    literal,
    log_ticks,
)

NAMES = {"loss": "loss", "uar": "UAR", "accuracy": "accuracy", "learning_rate": "learning rate"}
SHARES = ("uar", "accuracy")
ACROSS = 2
"""Number of panels in a row."""
ALL_MEMBERS = "all members"
"""Name of the last row of an ensemble's history."""


def training_curves(history: pd.DataFrame, members: Sequence[str] = ()) -> Picture:
    """Loss, UAR, accuracy and a variable learning rate by epoch: the final model thick, other folds thin.

    Args:
        history: columns fold, epoch, loss, uar, val_loss, val_uar, best, and perhaps accuracy with
            val_accuracy, and learning_rate; several epochs.
        members: of an ensemble, whose history has a row for each of them and one for all.
    """
    measures = [measure for measure in ("loss", *SHARES) if measure in history]
    if members:
        panels = tuple(_members_panel(history, members, measure) for measure in measures)
        return Picture("training_curves", "Members of the ensemble", panels, across=min(len(panels), ACROSS))
    if "learning_rate" in history and history["learning_rate"].nunique() > 1:
        measures.append("learning_rate")
    panels = tuple(_training_panel(history, measure) for measure in measures)
    return Picture("training_curves", "Training curves", panels, across=min(len(panels), ACROSS))


def _members_panel(history: pd.DataFrame, members: Sequence[str], measure: str) -> Panel:
    rows = history[history["fold"] == _final_fold(history)]
    names = (*members, ALL_MEMBERS)
    listed = ", ".join(
        f"{name} {value:.2f}" for name, value in zip(names, rows[f"val_{measure}"], strict=True)
    )
    text = f"{NAMES[measure]} in validation: {listed}"
    height = 0.42 * len(names) + 1.2
    return Panel(partial(_members, history=history, names=names, measure=measure), 4.8, height, text)


def _members(axes: Axes, history: pd.DataFrame, names: Sequence[str], measure: str) -> None:
    final = _final_fold(history)
    for fold, rows in history.groupby("fold"):
        size, alpha = (6.0, 1.0) if fold == final else (3.0, 0.4)
        for column, colour, name in _drawn(measure):
            label = name if fold == final else None
            axes.plot(
                rows[column], rows["epoch"] - 1, "o", color=colour, markersize=size, alpha=alpha, label=label
            )
    axes.set_yticks(range(len(names)), [literal(name) for name in names])
    axes.set(xlabel=NAMES[measure], ylim=(len(names) - 0.4, -0.6))
    if measure in SHARES:
        axes.set_xlim(0, 1.02)
        in_percent(axes.xaxis)
    else:
        axes.set_xlim(left=0)
    legend(axes)


def _training_panel(history: pd.DataFrame, measure: str) -> Panel:
    rows = history[history["fold"] == _final_fold(history)]
    best = rows[rows["best"]].iloc[0]
    text = f"{NAMES[measure]} by epoch; best epoch {best['epoch']:.0f} of {len(rows)}"
    if measure != "learning_rate":
        text += f": {best[measure]:.2f} in training, {best[f'val_{measure}']:.2f} in validation"
    return Panel(partial(_training, history=history, measure=measure), 4.8, 3.4, text)


def _training(axes: Axes, history: pd.DataFrame, measure: str) -> None:
    final = _final_fold(history)
    for fold, rows in history.groupby("fold"):
        _curve(axes, rows, measure, thick=fold == final)
    axes.set(xlabel="epoch", ylabel=NAMES[measure])
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if measure in SHARES:
        axes.set_ylim(0, 1)
        in_percent(axes.yaxis)
    if measure == "learning_rate":
        axes.set_yscale("log")
        log_ticks(axes.yaxis)
    legend(axes)


def _curve(axes: Axes, rows: pd.DataFrame, measure: str, *, thick: bool) -> None:
    style: dict[str, Any] = {"linewidth": 2.0, "zorder": 3} if thick else {"linewidth": 0.8, "alpha": 0.35}
    drawn = _drawn(measure)
    for column, colour, name in drawn:
        axes.plot(rows["epoch"], rows[column], color=colour, label=name if thick else None, **style)
    if thick:
        best = rows[rows["best"]].iloc[0]
        column, colour, _ = drawn[-1]
        axes.plot(best["epoch"], best[column], "o", color=colour, zorder=4, label="best epoch")


def _drawn(measure: str) -> list[tuple[str, str, str]]:
    """Column, colour and name of what is drawn of a measure."""
    if measure == "learning_rate":
        return [(measure, BLUE, "learning rate")]
    return [(measure, BLUE, "training"), (f"val_{measure}", ORANGE, "validation")]


def _final_fold(history: pd.DataFrame) -> int:
    """The fold of the final model: -1 if it was trained on all speakers, else the last one."""
    folds = history["fold"]
    return int(folds.min()) if folds.min() < 0 else int(folds.max())
