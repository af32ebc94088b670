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
    legend,
    literal,
)
from ser_models.reporting.text import percent

DARK = 0.74
"""Cells with a larger share have white text."""
MOST_NAMED = 60
"""Maximal number of speakers that are labelled."""


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
    shares = [f"{label} {percent(f1, 0)}" for label, f1 in values.items()]
    text = f"F1 of each emotion: {', '.join(shares)}"
    if claimed:
        text += (
            f". The paper claims {', '.join(f'{label} {percent(f1, 0)}' for label, f1 in claimed.items())}"
        )
    height = 0.32 * len(values) + 0.9
    panel = Panel(lambda axes: _f1_bars(axes, values, claimed), 4.8, height, text)
    return Picture("per_class", "F1 by emotion", (panel,))


def per_speaker(result: Scores) -> Picture:
    """UAR of each speaker, sorted, with the confidence interval of the overall UAR and chance."""
    ranked = sorted(((name, row.uar) for name, row in result.per_speaker.items()), key=lambda item: item[1])
    width = float(np.clip(0.3 * len(ranked) + 2.4, 6.4, 14))
    (lowest, low), (highest, high) = ranked[0], ranked[-1]
    text = (
        f"UAR of {len(ranked)} speakers, from {percent(low, 0)} ({lowest}) to {percent(high, 0)} "
        f"({highest}), chance {percent(result.chance, 0)}"
    )
    panel = Panel(lambda axes: _speaker_bars(axes, result, ranked), width, 3.6, text)
    return Picture("per_speaker", "UAR by speaker", (panel,))


def _cells(axes: Axes, result: Scores) -> None:
    labels, counts = result.labels, np.array(result.confusion_matrix)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap=BLUES, vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        share = shares[row, column]
        colour = "white" if share > DARK else INK if count else MUTED
        axes.text(column, row - 0.1, percent(share, 0), ha="center", va="center", fontsize=10, color=colour)
        axes.text(column, row + 0.24, f"{count}", ha="center", va="center", fontsize=7, color=colour)
    axes.set_xticks(range(len(labels)), labels, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(labels)), labels)
    axes.set(xlabel="predicted", ylabel="true")
    axes.grid(False)


def _f1_bars(axes: Axes, values: Mapping[str, float], claimed: Mapping[str, float]) -> None:
    places = {label: place for place, label in enumerate(values)}
    axes.barh(
        list(places.values()), list(values.values()), height=0.62, color=BLUE, label="this run", zorder=2
    )
    if shown := {label: f1 for label, f1 in claimed.items() if label in places}:
        rows = [places[label] for label in shown]
        style: dict[str, Any] = {"color": ORANGE, "marker": "D", "s": 34, "zorder": 3}
        axes.scatter(list(shown.values()), rows, label="the paper's claim", **style)
        legend(axes)
    for label, place in places.items():
        inside = values[label] > 0.1
        x, colour = (0.012, "white") if inside else (values[label] + 0.012, INK)
        axes.text(x, place, percent(values[label], 0), va="center", fontsize=8, color=colour, zorder=4)
    axes.set_yticks(list(places.values()), list(places))
    axes.set(xlim=(0, 1.02), ylim=(len(places) - 0.4, -0.6), xlabel="F1")
    in_percent(axes.xaxis)
    axes.grid(axis="y", visible=False)


def _speaker_bars(axes: Axes, result: Scores, ranked: list[tuple[str, float]]) -> None:
    corpora = sorted(result.per_corpus)
    colours = dict(zip(corpora, CORPUS_COLOURS * len(corpora), strict=False))
    axes.axhspan(*result.uar_ci95, color=GRID, zorder=0, label="95 % interval of the overall UAR")
    axes.axhline(result.chance, color=MUTED, linestyle="--", linewidth=1, label="chance")
    for corpus in corpora:
        places = [i for i, (speaker, _) in enumerate(ranked) if speaker.startswith(f"{corpus}/")]
        heights = [ranked[i][1] for i in places]
        axes.bar(places, heights, width=0.7, color=colours[corpus], label=literal(corpus), zorder=2)
    names = [literal(speaker.partition("/")[2]) for speaker, _ in ranked]
    if len(names) > MOST_NAMED:
        axes.set_xticks([])
    else:
        axes.set_xticks(range(len(names)), names, rotation=90 if len(names) > 12 else 0, fontsize=8)
    axes.set(xlim=(-0.7, len(ranked) - 0.3), ylim=(0, 1), ylabel="UAR", xlabel=f"{len(ranked)} speakers")
    in_percent(axes.yaxis)
    axes.grid(axis="x", visible=False)
    legend(axes)
