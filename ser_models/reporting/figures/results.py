"""Figures of a result: classes and speakers, training curves, ROC, reliability, coverage, and comparisons.

`Scores` → `confusion_matrix`, `per_class`, `per_speaker`, `roc`, `reliability`, `coverage` → `Picture`
history → `training_curves`; `Mark`s of several results → `comparison`
all of them → `save_all` → *.png
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ser_features.errors import InputError
from ser_models.evaluation.result import (
    CalibrationBin,
    CoveragePoint,
    EvaluationResult,
    RocCurve,
    Scores,
    read_result,
)
from ser_models.reporting.figures.attention import AttentionExample, attention
from ser_models.reporting.figures.picture import (
    BLUE,
    BLUES,
    CORPUS_COLOURS,
    DPI,
    EMOTION_COLOURS,
    GRID,
    INK,
    MUTED,
    ORANGE,
    Drawing,
    Panel,
    Picture,
    in_percent,
    label_speakers,
    legend,
    literal,
    log_ticks,
    subtitle,
    titled,
)
from ser_models.reporting.text import percent

DARK = 0.74
"""Cells with a larger share have white text."""


def confusion_matrix(result: Scores) -> Picture:
    """True against predicted emotions: each cell has its share of the row and its count."""
    side = max(0.72 * len(result.labels), 3.6)
    text = "Confusion matrix: true emotions in rows, predicted ones in columns"
    panel = Panel(lambda axes: _cells(axes, result), side + 2.2, side + 1.0, text)
    return Picture("confusion_matrix", "Confusion matrix", (panel,))


def per_class(result: Scores, claims: Mapping[str, Any] | None = None) -> Picture:
    """F1 of each emotion, and the paper's claims."""
    claimed = {label: f1 for label, f1 in (claims or {}).get("f1", {}).items() if label in result.labels}
    values = {label: row.f1 for label, row in result.per_class.items()}
    text = f"F1 of each emotion: {_listed(values)}"
    if claimed:
        text += f". The paper claims {_listed(claimed)}"
    panel = Panel(lambda axes: _f1_bars(axes, values, claimed), 4.8, 0.32 * len(values) + 0.9, text)
    return Picture("per_class", "F1 by emotion", (panel,))


def per_speaker(result: Scores) -> Picture | None:
    """UAR of each speaker, sorted, with the confidence interval of the overall UAR and chance.

    Returns:
        None if no speaker is known, or none has recordings of two classes.
    """
    measured = [(name, row.uar) for name, row in result.per_speaker.items() if row.uar is not None]
    if not measured:
        return None
    ranked = sorted(measured, key=lambda item: item[1])
    (lowest, low), (highest, high) = ranked[0], ranked[-1]
    text = (
        f"UAR of {len(ranked)} speakers, from {percent(low, 0)} ({lowest}) to {percent(high, 0)} "
        f"({highest}), chance {percent(result.chance, 0)}"
    )
    width = float(np.clip(0.3 * len(ranked) + 2.4, 6.4, 14))
    panel = Panel(lambda axes: _speaker_bars(axes, result, ranked), width, 3.6, text)
    return Picture("per_speaker", "UAR by speaker", (panel,))


def _listed(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{label} {percent(share, 0)}" for label, share in shares.items())


def _cells(axes: Axes, result: Scores) -> None:
    labels, counts = result.labels, np.array(result.confusion_matrix)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap=BLUES, vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        share = shares[row, column]
        colour = "white" if share > DARK else INK if count else MUTED
        for text, offset, size in ((percent(share, 0), -0.1, 10), (f"{count}", 0.24, 7)):
            axes.text(column, row + offset, text, ha="center", va="center", fontsize=size, color=colour)
    axes.set_xticks(range(len(labels)), labels, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(labels)), labels)
    axes.set(xlabel="predicted", ylabel="true")
    axes.grid(False)


def _f1_bars(axes: Axes, values: Mapping[str, float], claimed: Mapping[str, float]) -> None:
    rows = {label: row for row, label in enumerate(values)}
    axes.barh(list(rows.values()), list(values.values()), height=0.62, color=BLUE, label="this run", zorder=2)
    if shown := {label: f1 for label, f1 in claimed.items() if label in rows}:
        heights = [rows[label] for label in shown]
        axes.scatter(
            list(shown.values()), heights, 34, ORANGE, marker="D", label="the paper's claim", zorder=3
        )
        legend(axes)
    for label, row in rows.items():
        x, colour = (0.012, "white") if values[label] > 0.1 else (values[label] + 0.012, INK)
        axes.text(x, row, percent(values[label], 0), va="center", fontsize=8, color=colour, zorder=4)
    axes.set_yticks(list(rows.values()), list(rows))
    axes.set(xlim=(0, 1.02), ylim=(len(rows) - 0.4, -0.6), xlabel="F1")
    in_percent(axes.xaxis)
    axes.grid(axis="y", visible=False)


def _speaker_bars(axes: Axes, result: Scores, ranked: list[tuple[str, float]]) -> None:
    if result.uar_ci95 and result.chance:
        axes.axhspan(*result.uar_ci95, color=GRID, zorder=0, label="95 % interval of the overall UAR")
        axes.axhline(result.chance, color=MUTED, linestyle="--", linewidth=1, label="chance")
    for number, corpus in enumerate(sorted(result.per_corpus)):
        places = [i for i, (speaker, _) in enumerate(ranked) if speaker.startswith(f"{corpus}/")]
        heights = [ranked[i][1] for i in places]
        colour = CORPUS_COLOURS[number % len(CORPUS_COLOURS)]
        axes.bar(places, heights, width=0.7, color=colour, label=literal(corpus), zorder=2)
    label_speakers(axes, [speaker.partition("/")[2] for speaker, _ in ranked])
    axes.set(xlim=(-0.7, len(ranked) - 0.3), ylim=(0, 1), ylabel="UAR")
    in_percent(axes.yaxis)
    legend(axes)


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


@dataclass(frozen=True, slots=True)
class Mark:
    """One value of a comparison.

    Attributes:
        name: label of the run.
        value: 0 to 1.
        interval: its 95 % confidence interval; None for a claim.
    """

    name: str
    value: float
    interval: tuple[float, float] | None = None


def comparison(marks: Sequence[Mark], chance: float) -> Panel:
    """Values and intervals below each other, from 0 to 100 %, with chance; at least one mark."""
    listed = ", ".join(f"{mark.name} {percent(mark.value)}" for mark in marks)
    text = f"{listed}; chance {percent(chance)}"
    return Panel(lambda axes: _draw(axes, marks, chance), 4.8, 0.34 * len(marks) + 0.75, text)


def _draw(axes: Axes, marks: Sequence[Mark], chance: float) -> None:
    axes.axvline(chance, color=MUTED, linestyle="--", linewidth=1)
    axes.text(chance, -0.62, " chance", fontsize=8, color=MUTED, va="bottom")
    for row, mark in enumerate(marks):
        low, high = mark.interval or (mark.value, mark.value)
        colour, marker = (BLUE, "o") if mark.interval else (ORANGE, "D")
        if mark.interval:
            axes.plot([low, high], [row, row], color=colour, linewidth=6, alpha=0.35, solid_capstyle="butt")
        axes.plot(mark.value, row, marker, color=colour, markersize=7)
        x, side = (high + 0.02, "left") if mark.value < 0.8 else (low - 0.03, "right")
        axes.text(x, row, percent(mark.value), fontsize=9, color=INK, va="center", ha=side)
    axes.set_yticks(range(len(marks)), [literal(mark.name) for mark in marks])
    axes.set(xlim=(0, 1), ylim=(len(marks) - 0.4, -0.65))
    in_percent(axes.xaxis)
    axes.grid(axis="y", visible=False)


FIGURES: dict[str, Callable[[EvaluationResult], Picture | None]] = {
    "confusion": confusion_matrix,
    "reliability": reliability,
    "coverage": coverage,
    "per-speaker": per_speaker,
}
"""Figures of a finished run, by name on the command line."""


def save_all(
    folder: Path,
    result: EvaluationResult,
    history: pd.DataFrame | None = None,
    *,
    claims: Mapping[str, Any] | None = None,
    examples: Sequence[AttentionExample] = (),
) -> list[Path]:
    """Write every figure of a run as PNG.

    Args:
        folder: made if it does not exist.
        result: of the evaluation.
        history: columns fold, epoch, loss, uar, val_loss, val_uar, best and perhaps learning_rate.
        claims: what the paper reports; its `f1` by emotion is drawn beside ours.
        examples: recordings with a model's attention.

    Returns:
        The files written: confusion_matrix.png, per_class.png, per_speaker.png, roc.png, reliability.png,
        coverage.png, training_curves.png, attention_1.png …, without those that have nothing to draw.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures = [
        confusion_matrix(result),
        per_class(result, claims),
        per_speaker(result),
        roc(result),
        reliability(result),
        coverage(result),
        training_curves(history),
        *(attention(example, number) for number, example in enumerate(examples, start=1)),
    ]
    drawn = [picture for picture in pictures if picture]
    for picture in drawn:
        titled(picture, result).savefig(folder / f"{picture.name}.png", dpi=DPI, facecolor="white")
    return [folder / f"{picture.name}.png" for picture in drawn]


def drawing(artifact: Path, name: str) -> Drawing:
    """Draw one figure of a finished run.

    Args:
        artifact: its folder.
        name: a name in `FIGURES`.

    Raises:
        InputError: if there is no such figure, or nothing to draw in it.
        ArtifactError: if there is no result in the folder, or one of another version.
    """
    if name not in FIGURES:
        raise InputError(f"unknown figure {name!r}: expected one of {', '.join(FIGURES)}")
    result = read_result(artifact)
    picture = FIGURES[name](result)
    if picture is None:
        raise InputError(
            f"{name}: no speaker of the test is known by name with two emotions: draw another figure"
        )
    return Drawing(picture, subtitle(result))
