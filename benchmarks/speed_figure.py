"""Runs of the benchmarks → speed of extraction over time → docs/images/speed.png.

runs → `figures` (one value per run) → `picture`: times as fast as others, and distance to the floor
"""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from matplotlib.axes import Axes

from benchmarks.history import ROOT, Run
from benchmarks.report import Figure
from ser_models.reporting.figures.picture import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    VIOLET,
    Drawing,
    Panel,
    Picture,
    legend,
    log_ticks,
)

IMAGE = ROOT / "docs" / "images" / "speed.png"

FASTER = {
    "CPU time of the notebook loop / 1 worker": ("notebook loop, CPU time, 1 worker", BLUE),
    "time of the notebook loop / 2 workers": ("notebook loop, time, 2 workers", GREEN),
    "CPU time of openSMILE eGeMAPSv02 / 1 worker": ("openSMILE eGeMAPSv02, CPU time, 1 worker", ORANGE),
}
SLOWER = {"CPU time of 1 worker / floor": ("CPU time of 1 worker", VIOLET)}
"""Label and colour of each ratio, by the name of its figure."""


def picture(runs: Sequence[Run]) -> Picture:
    """Two panels over the runs that measured extraction.

    Args:
        runs: the oldest first; at least one with a report of "speed.extract".
    """
    measured = [run for run in runs if figures(run)]
    panels = (
        Panel(
            partial(_draw, measured, FASTER, "times as fast"), 6.2, 3.4, "Speed compared with others, by run."
        ),
        Panel(
            partial(_draw, measured, SLOWER, "times the floor"), 3.6, 3.4, "Distance to the floor, by run."
        ),
    )
    return Picture("speed", "Speed of extraction by run of the benchmark", panels)


def draw(runs: Sequence[Run], path: Path = IMAGE) -> None:
    """Write the figure, if any run measured extraction."""
    if any(map(figures, runs)):
        caption = ("Median and range over the rounds of each run; dotted: limits.",)
        Drawing(picture(runs), caption).save(path, force=True)


def figures(run: Run) -> dict[str, Figure]:
    """The figures of extraction of a run, by name; empty if it did not measure extraction."""
    return {
        figure.name: figure
        for report in run.reports
        if report.benchmark == "speed.extract"
        for figure in report.figures
    }


def _draw(runs: Sequence[Run], chosen: Mapping[str, tuple[str, str]], title: str, axes: Axes) -> None:
    """One line per ratio, with its range, and its limit dotted."""
    for name, (label, colour) in chosen.items():
        points = [(number, figures(run)[name]) for number, run in enumerate(runs) if name in figures(run)]
        if not points:
            continue
        numbers, values = zip(*points, strict=True)
        axes.plot(numbers, [one.median for one in values], "o-", color=colour, label=label, markersize=4)
        lows, highs = [min(one.values) for one in values], [max(one.values) for one in values]
        axes.vlines(numbers, lows, highs, color=colour, alpha=0.4, linewidth=4)
        limit = values[-1].at_least or values[-1].at_most
        axes.axhline(limit, color=colour, linestyle=":", linewidth=1)
    axes.set_yscale("log")
    log_ticks(axes.yaxis)
    names = [f"{run.date[:10]}\n{run.commit}" for run in runs]
    axes.set_xticks(range(len(runs)), names, fontsize=8, color=INK, rotation=90 if len(runs) > 6 else 0)
    axes.set_xlim(-0.5, len(runs) - 0.5)
    axes.set_ylabel(title)
    legend(axes, columns=1)
