"""Confusion matrix, F1 by emotion and UAR by speaker."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ser_models.evaluation.result import Scores
from ser_models.reporting.figures.picture import (
    BLUE,
    BLUES,
    CORPUS_COLOURS,
    GRID,
    INK,
    MUTED,
    ORANGE,
    Panel,
    Picture,
    in_percent,
    label_speakers,
    legend,
    literal,
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


def per_speaker(result: Scores) -> Picture:
    """UAR of each speaker, sorted, with the confidence interval of the overall UAR and chance."""
    ranked = sorted(((name, row.uar) for name, row in result.per_speaker.items()), key=lambda item: item[1])
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
