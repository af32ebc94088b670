"""Accuracy and UAR of subsets of the recordings: by confidence, coverage and duration.

`Scores` → `reliability`, `coverage` → `Picture`
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from ser_models.evaluation.result import CalibrationBin, CoveragePoint, Scores
from ser_models.reporting.figures.picture import BLUE, MUTED, ORANGE, Panel, Picture, legend, unit_square
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
