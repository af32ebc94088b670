"""Figures of a run, and those of its classes and speakers.

`Scores` → `confusion_matrix`, `per_class`, `per_speaker`, `roc` → `Picture`
`Run` → each function of `FIGURES` → the report, `save_all` (*.png), `ser plot`
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ser_models.evaluation.claims import Claims
from ser_models.evaluation.entries import RocCurve
from ser_models.evaluation.result import EvaluationResult, Scores
from ser_models.reporting.figures.attention import AttentionExample, attention
from ser_models.reporting.figures.picture import (
    BLUE,
    BLUES,
    CORPUS_COLOURS,
    DPI,
    GRID,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    Panel,
    Picture,
    in_percent,
    label_colours,
    label_speakers,
    legend,
    literal,
    titled,
    unit_square,
)
from ser_models.reporting.figures.subsets import coverage, reliability
from ser_models.reporting.figures.training import training_curves
from ser_models.reporting.text import percent

DARK = 0.74
"""Cells with a larger share have white text."""
STYLES = ("-", "--", ":")
"""Of ROC curves, in turn, as colours alone may look alike."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric of one class against all others.

    Attributes:
        name: in `ClassResult` and in the claims.
        label: of its axis, with the unit.
        is_share: whether it is from 0 to 1, drawn in percent.
    """

    name: str
    label: str
    is_share: bool = True

    def text(self, value: float) -> str:
        """Format a value."""
        return percent(value, 0) if self.is_share else f"{value:.3f}"


MEASURES = (
    Measure("f1", "F1"),
    Measure("iou", "IoU"),
    Measure("mse", "MSE of the probability", is_share=False),
    Measure("log_loss", "log loss (nats)", is_share=False),
)
"""What `per_class` draws, a panel each."""


@dataclass(frozen=True, slots=True)
class Run:
    """What the figures of a run are drawn from.

    Attributes:
        result: of the evaluation.
        history: columns as of `training_curves`; None if nothing was trained.
        claims: what the paper reports; None if no paper is reproduced.
        parameters: hyperparameters of the model.
    """

    result: EvaluationResult
    history: pd.DataFrame | None = None
    claims: Claims | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def members(self) -> tuple[str, ...]:
        """Names of the members of an ensemble, whose history has a row for each instead of an epoch."""
        members = self.parameters.get("members")
        return tuple(members) if isinstance(members, list | tuple) else ()


def confusion_matrix(result: Scores) -> Picture:
    """True against predicted emotions: each cell has its share of the row and its count."""
    side = max(0.72 * len(result.labels), 3.6)
    text = "Confusion matrix: true classes in rows, predicted ones in columns"
    panel = Panel(lambda axes: _cells(axes, result), side + 2.2, side + 1.0, text)
    return Picture("confusion_matrix", "Confusion matrix", (panel,))


def per_class(result: Scores, claims: Claims | None = None) -> Picture:
    """F1, IoU, MSE and log loss of each emotion, and the paper's claims."""
    panels = tuple(_class_panel(result, measure, claims) for measure in MEASURES)
    return Picture("per_class", "Metrics by class, one against all others", panels, across=2)


def _class_panel(result: Scores, measure: Measure, claims: Claims | None) -> Panel:
    values = {label: getattr(row, measure.name) for label, row in result.per_class.items()}
    reported = claims_of(measure, claims) if claims else {}
    claimed = {label: value for label, value in reported.items() if label in values}
    text = f"{measure.label} of each class: {_listed(values, measure)}"
    if claimed:
        text += f". The paper claims {_listed(claimed, measure)}"
    draw = partial(_class_bars, measure=measure, values=values, claimed=claimed)
    return Panel(draw, 4.8, 0.32 * len(values) + 0.9, text)


def claims_of(measure: Measure, claims: Claims) -> Mapping[str, float]:
    """What the paper reports of a measure, by emotion; no losses that are not those of the result."""
    if not claims.is_comparable(measure.name):
        return {}
    values = {label: getattr(row, measure.name) for label, row in claims.per_class.items()}
    return {label: value for label, value in values.items() if value is not None}


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


def _listed(values: Mapping[str, float], measure: Measure) -> str:
    return ", ".join(f"{label} {measure.text(value)}" for label, value in values.items())


def _cells(axes: Axes, result: Scores) -> None:
    labels, counts = result.labels, np.array(result.confusion_matrix)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap=BLUES, vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        share = shares[row, column]
        colour = "white" if share > DARK else INK if count else MUTED
        for text, offset, size in ((percent(share, 0), -0.1, 10), (f"{count}", 0.24, 7)):
            axes.text(column, row + offset, text, ha="center", va="center", fontsize=size, color=colour)
    names = list(map(literal, labels))
    axes.set_xticks(range(len(labels)), names, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(labels)), names)
    axes.set(xlabel="predicted", ylabel="true")
    axes.grid(False)


def _class_bars(
    axes: Axes, measure: Measure, values: Mapping[str, float], claimed: Mapping[str, float]
) -> None:
    rows = {label: row for row, label in enumerate(values)}
    axes.barh(list(rows.values()), list(values.values()), height=0.62, color=BLUE, label="this run", zorder=2)
    if claimed:
        heights = [rows[label] for label in claimed]
        marks = axes.scatter(list(claimed.values()), heights, 40, ORANGE, marker="D", zorder=3)
        marks.set(edgecolor=PAPER, label="the paper's claim")
        legend(axes)
    end = 1.0 if measure.is_share else max(*values.values(), *claimed.values(), 1e-3)
    for label, row in rows.items():
        wide = values[label] > (0.1 if measure.is_share else 0.15) * end
        x, colour = (0.012 * end, PAPER) if wide else (values[label] + 0.012 * end, INK)
        axes.text(x, row, measure.text(values[label]), va="center", fontsize=8, color=colour, zorder=4)
    axes.set_yticks(list(rows.values()), list(map(literal, rows)))
    axes.set(xlim=(0, 1.02 * end), ylim=(len(rows) - 0.4, -0.6), xlabel=measure.label)
    if measure.is_share:
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


def roc(result: Scores) -> Picture | None:
    """ROC curve of each emotion against all others; None if there is no curve."""
    if not result.roc:
        return None
    areas = {label: result.per_class[label].auc or 0.0 for label in result.roc}
    listed = ", ".join(f"{label} {area:.2f}" for label, area in areas.items())
    panel = Panel(lambda axes: _roc_curves(axes, result.roc, areas), 4.8, 3.9, f"AUC: {listed}")
    return Picture("roc", "ROC curves, one class against all others", (panel,))


def _roc_curves(axes: Axes, curves: Mapping[str, RocCurve], areas: Mapping[str, float]) -> None:
    axes.plot([0, 1], [0, 1], color=MUTED, linestyle="--", linewidth=1)
    colours = label_colours(list(curves))
    for style, (label, curve) in zip(cycle(STYLES), curves.items(), strict=False):
        name = literal(f"{label} {areas[label]:.2f}")
        axes.plot(curve.fpr, curve.tpr, label=name, color=colours[label], linestyle=style, linewidth=1.6)
    axes.set(xlabel="false positive rate", ylabel="true positive rate")
    unit_square(axes)
    box = axes.legend(
        loc="lower right", title="AUC", frameon=False, fontsize=8, title_fontsize=8, labelcolor=INK
    )
    box.get_title().set_color(INK)


def _training(run: Run) -> Picture | None:
    """Training curves, or the members of an ensemble; None if no model was trained for several epochs."""
    rows = run.history
    if rows is None or rows.empty or rows.groupby("fold").size().max() < 2:
        return None
    return training_curves(rows, run.members)


FIGURES: dict[str, Callable[[Run], Picture | None]] = {
    "confusion": lambda run: confusion_matrix(run.result),
    "per-class": lambda run: per_class(run.result, run.claims),
    "per-speaker": lambda run: per_speaker(run.result),
    "roc": lambda run: roc(run.result),
    "reliability": lambda run: reliability(run.result),
    "coverage": lambda run: coverage(run.result),
    "training": _training,
}
"""Figures of a run by name on the command line; None if there is nothing to draw."""


def save_all(folder: Path, run: Run, examples: Sequence[AttentionExample] = ()) -> list[Path]:
    """Write every figure of a run as PNG.

    Args:
        folder: made if it does not exist.
        run: what is drawn.
        examples: recordings with a model's attention.

    Returns:
        The files written, in the order of `FIGURES`: confusion_matrix.png, per_class.png, …, attention_1.png
        …, without those that have nothing to draw.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn = [picture for figure in FIGURES.values() if (picture := figure(run))]
    drawn += [attention(example, number) for number, example in enumerate(examples, start=1)]
    for picture in drawn:
        titled(picture, run.result).savefig(folder / f"{picture.name}.png", dpi=DPI, facecolor="white")
    return [folder / f"{picture.name}.png" for picture in drawn]
