"""Pictures of a result, each readable on its own: what was measured, on whom, how well, how surely.

metrics.json content, history → `save_all` → confusion_matrix.png, per_speaker.png, training_curves.png
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator

INK, MUTED, GRID = "#1f2933", "#7b8794", "#e4e7eb"
BLUE, ORANGE = "#1f6fb2", "#d9822b"
CORPUS_COLOURS = (BLUE, ORANGE, "#3d8b5f", "#8e5ba6", "#b5483f", "#5d6d7e")
BLUES = LinearSegmentedColormap.from_list("ser", ["#ffffff", "#cfe3f5", "#5b9bd0", "#174a7c"])
NOTE: dict[str, Any] = {"fontsize": 8, "color": INK, "loc": "left"}
DPI = 150
MOST_NAMED = 60
"""More speakers than this are drawn without their names."""
TITLE_INCHES = 0.95
"""Room for the title above the axes."""


def save_all(folder: Path, metrics: Mapping[str, Any], history: pd.DataFrame) -> list[Path]:
    """Draw every figure that the result has something for.

    Args:
        folder: made if it does not exist.
        metrics: the content of metrics.json.
        history: columns fold, epoch, loss, uar, val_loss, val_uar, kept.

    Returns:
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {"confusion_matrix.png": confusion_matrix(metrics), "per_speaker.png": per_speaker(metrics)}
    if history.groupby("fold").size().max() > 1:
        drawn["training_curves.png"] = training_curves(metrics, history)
    for name, figure in drawn.items():
        figure.savefig(folder / name, dpi=DPI, facecolor="white")
    return [folder / name for name in drawn]


def confusion_matrix(metrics: Mapping[str, Any]) -> Figure:
    """Draw true against predicted emotions: each cell has its share of the row and its count."""
    labels = metrics["labels"]
    counts = np.array(metrics["confusion_matrix"])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = max(0.72 * len(labels), 3.6)
    figure, [axes] = _figure(metrics, "Confusion matrix", width=side + 2.2, height=side + 1.0)
    axes.imshow(shares, cmap=BLUES, vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        share = shares[row, column]
        colour = "white" if share > 0.55 else INK if count else MUTED
        axes.text(column, row - 0.1, f"{share:.0%}", ha="center", va="center", fontsize=10, color=colour)
        axes.text(column, row + 0.24, f"{count}", ha="center", va="center", fontsize=7, color=colour)
    axes.set_xticks(range(len(labels)), labels, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(labels)), labels)
    axes.set(xlabel="predicted", ylabel="acted")
    axes.grid(False)
    axes.tick_params(length=0)
    return figure


def per_speaker(metrics: Mapping[str, Any]) -> Figure:
    """Draw the UAR of each speaker, sorted, with the overall interval and chance behind."""
    ranked = sorted(metrics["per_speaker"].items(), key=lambda item: item[1])
    corpora = sorted(metrics["per_corpus"])
    colours = dict(zip(corpora, CORPUS_COLOURS * len(corpora), strict=False))
    width = float(np.clip(0.3 * len(ranked) + 2.4, 6.4, 14))
    figure, [axes] = _figure(metrics, "Recall by speaker", width=width, height=3.6)
    axes.axhspan(*metrics["interval"], color=GRID, zorder=0, label="95 % interval of the UAR")
    axes.axhline(metrics["chance"], color=MUTED, linestyle="--", linewidth=1, label="chance")
    for corpus in corpora:
        places = [i for i, (speaker, _) in enumerate(ranked) if speaker.startswith(f"{corpus}/")]
        heights = [ranked[i][1] for i in places]
        axes.bar(places, heights, width=0.7, color=colours[corpus], label=corpus, zorder=2)
    names = [speaker.partition("/")[2] for speaker, _ in ranked]
    axes.set_xticks(range(len(names)) if len(names) <= MOST_NAMED else [], None)
    if len(names) <= MOST_NAMED:
        axes.set_xticklabels(names, rotation=90 if len(names) > 12 else 0, fontsize=8)
    axes.set(xlim=(-0.7, len(ranked) - 0.3), ylim=(0, 1), ylabel="UAR", xlabel=f"{len(ranked)} speakers")
    axes.grid(axis="x", visible=False)
    _legend(axes)
    return figure


def training_curves(metrics: Mapping[str, Any], history: pd.DataFrame) -> Figure:
    """Draw loss and UAR by epoch: the shipped model thick, with its best epoch; the folds thin."""
    figure, panels = _figure(metrics, "Training curves", width=9.6, height=3.6, panels=2)
    shipped = min(history["fold"])  # -1 where there are folds, else 0
    for axes, measure, name in zip(panels, ("loss", "uar"), ("loss", "UAR"), strict=True):
        for fold, rows in history.groupby("fold"):
            _curve(axes, rows, measure, thick=fold == shipped)
        axes.set(xlabel="epoch", ylabel=name)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    panels[1].set_ylim(0, 1)
    if shipped < 0:
        panels[0].set_title("thick: the model that is shipped, thin: the folds", **NOTE)
    _legend(panels[1])
    return figure


def _curve(axes: Axes, rows: pd.DataFrame, measure: str, *, thick: bool) -> None:
    style: dict[str, Any] = {"linewidth": 2.0, "zorder": 3} if thick else {"linewidth": 0.8, "alpha": 0.35}
    for column, colour, name in ((measure, BLUE, "training"), (f"val_{measure}", ORANGE, "validation")):
        label = name if thick else None
        axes.plot(rows["epoch"], rows[column], color=colour, label=label, **style)
    if thick:
        best = rows[rows["kept"]].iloc[0]
        axes.plot(best["epoch"], best[f"val_{measure}"], "o", color=ORANGE, zorder=4, label="kept epoch")


def _figure(
    metrics: Mapping[str, Any], title: str, *, width: float, height: float, panels: int = 1
) -> tuple[Figure, Sequence[Axes]]:
    """Make a figure of `height` inches of axes below the title lines."""
    total = height + TITLE_INCHES
    layout = ConstrainedLayoutEngine(rect=(0, 0, 1, height / total), w_pad=0.08, h_pad=0.08)
    figure = Figure(figsize=(width, total), layout=layout)
    for line, (text, style) in enumerate(_titles(metrics, title)):
        figure.text(0.12 / width, 1 - (0.14 + 0.26 * line) / total, text, va="top", **style)
    axes = [figure.add_subplot(1, panels, index + 1) for index in range(panels)]
    for each in axes:
        each.set_axisbelow(True)
        each.grid(color=GRID, linewidth=0.8)
        each.spines[:].set_visible(False)
        each.tick_params(labelcolor=INK, length=0, labelsize=9)
        each.xaxis.label.set_color(INK)
        each.yaxis.label.set_color(INK)
    return figure, axes


def _titles(metrics: Mapping[str, Any], title: str) -> list[tuple[str, dict[str, Any]]]:
    synthetic = " (synthetic speech)" if metrics["synthetic"] else ""
    low, high = metrics["interval"]
    small = {"fontsize": 9, "color": MUTED}
    return [
        (title, {"fontsize": 13, "fontweight": "bold", "color": INK}),
        (f"{metrics['model']} on {' + '.join(metrics['datasets'])}{synthetic}, {metrics['protocol']}", small),
        (f"UAR {metrics['uar']:.3f} [{low:.3f}, {high:.3f}], chance {metrics['chance']:.3f}", small),
    ]


def _legend(axes: Axes) -> None:
    axes.legend(frameon=False, fontsize=8, loc="upper left", ncols=9, labelcolor=INK, bbox_to_anchor=(0, 1.1))
