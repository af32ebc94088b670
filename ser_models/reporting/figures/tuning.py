"""Figure of a search: what each trial reached, and what each hyperparameter had to do with it."""

from collections.abc import Collection
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from ser_models.reporting.figures.picture import BLUE, MUTED, ORANGE, Panel, Picture, captioned, legend

TRIAL, REACHED = "trial", "val_uar"


def tuning(trials: pd.DataFrame, *, title: str, logarithmic: Collection[str]) -> Figure:
    """Draw the trials of a search.

    Args:
        trials: columns trial, val_uar (0 to 1) and one per hyperparameter, numbers or words.
        title: of what was tuned.
        logarithmic: hyperparameters to be drawn on a logarithmic axis.
    """
    in_order = trials.sort_values(TRIAL)
    text = f"{len(trials)} trials, the best reached {trials[REACHED].max():.3f}"
    panels = [Panel(partial(_course, trials=in_order), 4.2, 3.4, text)]
    for name in trials.columns.drop([TRIAL, REACHED]):
        draw = partial(_slice, trials=in_order, name=name, logarithmic=name in logarithmic)
        panels.append(Panel(draw, 2.8, 3.4, f"UAR by {name}"))
    said = f"{text}. UAR on validation speakers; the test speakers were never read."
    return captioned(Picture("trials", f"Search: {title}", tuple(panels)), [said])


def _course(axes: Axes, trials: pd.DataFrame) -> None:
    axes.plot(trials[TRIAL], trials[REACHED], "o", color=MUTED, markersize=4, label="trial")
    axes.step(trials[TRIAL], trials[REACHED].cummax(), color=BLUE, where="post", label="best so far")
    axes.set(xlabel="trial", ylabel="validation UAR")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    legend(axes)


def _slice(axes: Axes, trials: pd.DataFrame, name: str, logarithmic: bool) -> None:
    words = not pd.api.types.is_numeric_dtype(trials[name])
    values = trials[name].astype(str) if words else trials[name]
    axes.plot(values, trials[REACHED], "o", color=BLUE, markersize=4, alpha=0.6)
    best = trials[REACHED].idxmax()
    axes.plot([values[best]], [trials.loc[best, REACHED]], "o", color=ORANGE, markersize=7)
    if logarithmic:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel(name)
