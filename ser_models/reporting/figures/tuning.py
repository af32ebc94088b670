"""Figure of a hyperparameter search: validation UAR by trial and by hyperparameter."""

from collections.abc import Collection
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ser_models.reporting.figures.picture import (
    BLUE,
    MUTED,
    ORANGE,
    Panel,
    Picture,
    captioned,
    legend,
    log_ticks,
)

TRIAL, UAR = "trial", "val_uar"


def tuning(trials: pd.DataFrame, *, title: str, logarithmic: Collection[str]) -> Figure:
    """Draw the trials of a search.

    Args:
        trials: columns trial, val_uar (0 to 1) and one per hyperparameter, numbers or text.
        title: what was tuned.
        logarithmic: hyperparameters with a logarithmic axis.
    """
    in_order = trials.sort_values(TRIAL)
    text = f"{len(trials)} trials, best validation UAR {trials[UAR].max():.3f}"
    panels = [Panel(partial(_course, trials=in_order), 4.2, 3.4, text)]
    for name in trials.columns.drop([TRIAL, UAR]):
        draw = partial(_slice, trials=in_order, name=name, logarithmic=name in logarithmic)
        panels.append(Panel(draw, 2.8, 3.4, f"UAR by {name}"))
    caption = f"{text}. UAR on validation speakers; the test set was not used."
    return captioned(Picture("trials", f"Hyperparameter search: {title}", tuple(panels)), [caption])


def _course(axes: Axes, trials: pd.DataFrame) -> None:
    axes.plot(trials[TRIAL], trials[UAR], "o", color=MUTED, markersize=4, label="trial")
    axes.step(trials[TRIAL], trials[UAR].cummax(), color=BLUE, where="post", label="best so far")
    axes.set(xlabel="trial", ylabel="validation UAR")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    legend(axes)


def _slice(axes: Axes, trials: pd.DataFrame, name: str, logarithmic: bool) -> None:
    values = trials[name]
    if not pd.api.types.is_numeric_dtype(values):
        values = values.astype(str)
    axes.plot(values, trials[UAR], "o", color=BLUE, markersize=4, alpha=0.6)
    best = trials[UAR].idxmax()
    axes.plot([values[best]], [trials.loc[best, UAR]], "o", color=ORANGE, markersize=7)
    if logarithmic:
        axes.set_xscale("log")
        log_ticks(axes.xaxis)
    axes.set_xlabel(name)
