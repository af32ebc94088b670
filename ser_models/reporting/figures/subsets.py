"""Accuracy and UAR of subsets of the recordings: by confidence, coverage, duration, or another property.

`Scores` → `reliability`, `coverage` → `Picture`
`Subset`s of one or several models → `subset_panel` → `Panel`
"""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from ser_models.evaluation.entries import CalibrationBin, CoveragePoint
from ser_models.evaluation.metrics import Subset
from ser_models.evaluation.result import Scores
from ser_models.reporting.figures.picture import (
    BLUE,
    CORPUS_COLOURS,
    MUTED,
    ORANGE,
    Panel,
    Picture,
    in_percent,
    legend,
    literal,
    unit_square,
)
from ser_models.reporting.text import percent

NAMES = {"accuracy": "accuracy", "uar": "UAR"}


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
    unit_square(axes)
    legend(axes)


def _coverage(axes: Axes, curve: Sequence[CoveragePoint], chance: float | None) -> None:
    coverages = [point.coverage for point in curve]
    if chance:
        axes.axhline(chance, color=MUTED, linestyle="--", linewidth=1, label="chance")
    for name, colour in (("accuracy", ORANGE), ("uar", BLUE)):
        values = np.array([getattr(point, name) for point in curve], dtype=float)  # NaN leaves a gap
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
    unit_square(axes)
    legend(axes)


MARKERS = "os^Dv"
"""Of several models, in turn, so that they differ without their colours too."""


def subset_panel(models: Mapping[str, Sequence[Subset]], label: str) -> Panel:
    """UAR by a property of the recordings, a line per model; accuracy too if there is one model.

    Args:
        models: subsets by name; at least one with at least one subset.
        label: of the property, with its unit.
    """
    listed = "; ".join(
        f"{name}: "
        + ", ".join(f"{one.low:.3g} to {one.high:.3g} {percent(one.uar, 0)} of {one.n:,}" for one in subsets)
        for name, subsets in models.items()
    )
    draw = partial(_subsets, models=models, label=label)
    return Panel(draw, 4.8, 3.4, f"UAR by {label}: {listed}")


def _subsets(axes: Axes, models: Mapping[str, Sequence[Subset]], label: str) -> None:
    only = len(models) == 1
    for number, (name, subsets) in enumerate(models.items()):
        colour, marker = CORPUS_COLOURS[number % len(CORPUS_COLOURS)], MARKERS[number % len(MARKERS)]
        uars = np.array([subset.uar for subset in subsets], dtype=float)  # NaN leaves a gap
        axes.plot(uars, marker, linestyle="-", color=colour, label="UAR" if only else literal(name))
        if only:
            accuracies = [subset.accuracy for subset in subsets]
            axes.plot(accuracies, "s--", color=ORANGE, markersize=5, label="accuracy")
    ranges = [f"{one.low:.3g}–{one.high:.3g}\nn {one.n:,}" for one in next(iter(models.values()))]
    axes.set_xticks(range(len(ranges)), ranges, fontsize=8)
    axes.set(xlabel=label, ylabel="UAR, accuracy" if only else "UAR", ylim=(0, 1))
    axes.set_xlim(-0.4, len(ranges) - 0.6)
    in_percent(axes.yaxis)
    legend(axes, columns=3)
