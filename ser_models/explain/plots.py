"""Figures of explanations, in the one style of all figures.

`Importance` → bars of the first parts, and for boosted trees which way each pulls
`Contributions` → what each part adds to the answer, one after the other
"""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from ser_models.explain.result import Contributions, Importance
from ser_models.reporting.figures.picture import (
    BLUE,
    EMOTION_COLOURS,
    INK,
    MUTED,
    ORANGE,
    Panel,
    Picture,
    captioned,
    legend,
    literal,
)
from ser_models.reporting.text import number, percent

WAYS = LinearSegmentedColormap.from_list("ways", [BLUE, "#ffffff", ORANGE])
"""From low values that speak for an emotion to high ones."""

ROW_INCHES = 0.27
LOG_ODDS = "added to the margin (natural logarithm of odds)"


def drawn(found: Importance | Contributions, top: int) -> Figure:
    """Draw the first `top` parts of an explanation."""
    if isinstance(found, Importance):
        return _shap(found, top) if found.method == "shap" else _permutation(found, top)
    return _waterfall(found, top) if found.method == "shap" else _occlusion(found, top)


def _shap(found: Importance, top: int) -> Figure:
    rows, height = found.table.head(top), _height(top, found.table)
    named = ", ".join(rows["part"].head(5))
    panels = (
        Panel(partial(_stacked, found=found, rows=rows), 6.0, height, f"Most important: {named}"),
        Panel(
            partial(_ways, found=found, rows=rows),
            0.42 * len(found.labels) + 1.6,
            height,
            "Which way each feature pulls each emotion",
        ),
    )
    said = (
        *_data(found),
        "Left: mean size of what a feature adds to the margin of an emotion (SHAP values), mean over "
        "emotions. Right: orange where high values speak for the emotion, blue where low ones do, the "
        "stronger the more it adds.",
    )
    return captioned(Picture("importance", "What the trees go by", panels), said)


def _permutation(found: Importance, top: int) -> Figure:
    rows = found.table.head(top)
    text = f"Most important: {', '.join(rows['part'].head(5))}"
    panel = Panel(partial(_drops, rows=rows), 7.6, _height(top, found.table), text)
    said = (
        *_data(found),
        "UAR lost when a part of the input comes from another recording: mean and standard deviation over "
        f"random orders, {found.repeats} of them.",
    )
    return captioned(Picture("importance", "What the model goes by", (panel,)), said)


def _waterfall(found: Contributions, top: int) -> Figure:
    rows = _with_others(found.table, top)
    before, here = _signed(found.base), _signed(found.margin)
    text = f"{found.emotion}: margin {here}, {before} before the recording is known"
    panel = Panel(partial(_steps, found=found, rows=rows), 7.6, _height(len(rows) + 2), text)
    said = (
        *_answer(found),
        f"From the margin of {found.emotion} before anything is known of the recording ({before}) to its "
        f"margin here ({here}), by SHAP values: orange speaks for it, blue against it.",
    )
    return captioned(Picture("contributions", _heading(found), (panel,)), said)


def _occlusion(found: Contributions, top: int) -> Figure:
    rows = found.table.head(top)
    panel = Panel(
        partial(_losses, rows=rows), 7.6, _height(top, found.table), f"Without each part: {found.emotion}"
    )
    said = (
        *_answer(found),
        f"How much less probable {found.emotion} becomes without a part of the input (set to what is usual "
        "in training): orange speaks for it, blue against it. The bars do not add up to it.",
    )
    return captioned(Picture("contributions", _heading(found), (panel,)), said)


def _heading(found: Contributions) -> str:
    return f"Why {found.emotion}? {found.file.rpartition('/')[2]}"


def _data(found: Importance) -> tuple[str, ...]:
    measured = f"UAR {found.uar:.3f} on them, chance {found.chance:.3f}."
    return f"{found.model} on {found.data}.", measured


def _answer(found: Contributions) -> tuple[str, ...]:
    ranked = sorted(found.probabilities.items(), key=lambda item: -item[1])[:3]
    said = ", ".join(f"{emotion} {percent(share, 0)}" for emotion, share in ranked)
    return (f"{found.model} takes this recording for {said}.",)


def _height(rows: int, table: "pd.DataFrame | None" = None) -> float:
    return ROW_INCHES * (rows if table is None else min(rows, len(table))) + 1.0


def _rows(axes: Axes, names: list[str]) -> None:
    """Name the rows, the first on top."""
    axes.set_yticks(range(len(names)), [literal(name) for name in names], fontsize=8)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)


def _stacked(axes: Axes, *, found: Importance, rows: pd.DataFrame) -> None:
    left = np.zeros(len(rows))
    for label in found.labels:
        share = rows[f"importance_{label}"].to_numpy() / len(found.labels)
        axes.barh(range(len(rows)), share, left=left, color=EMOTION_COLOURS[label], label=label, height=0.7)
        left += share
    _rows(axes, rows["part"].tolist())
    axes.set_xlabel(LOG_ODDS)
    legend(axes, columns=4)


def _ways(axes: Axes, *, found: Importance, rows: pd.DataFrame) -> None:
    sizes = rows[[f"importance_{label}" for label in found.labels]].to_numpy(dtype=float)
    ways = rows[[f"direction_{label}" for label in found.labels]].to_numpy(dtype=float)
    signed = np.nan_to_num(ways) * np.sqrt(sizes / max(sizes.max(), 1e-12))
    axes.imshow(signed, cmap=WAYS, vmin=-1, vmax=1, aspect="auto")
    axes.set_xticks(range(len(found.labels)), found.labels, rotation=50, ha="right", rotation_mode="anchor")
    axes.tick_params(axis="x", labelsize=8)
    axes.set_yticks([])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(False)


def _drops(axes: Axes, *, rows: pd.DataFrame) -> None:
    drops = 100 * rows["importance"].to_numpy()
    style: dict[str, Any] = {"ecolor": INK, "elinewidth": 1, "capsize": 2}
    spread = 100 * rows["spread"].to_numpy()
    axes.barh(range(len(rows)), drops, xerr=spread, color=BLUE, height=0.7, error_kw=style)
    axes.axvline(0, color=MUTED, linewidth=1)
    _rows(axes, rows["part"].tolist())
    axes.set_xlabel("UAR lost (percentage points)")


def _steps(axes: Axes, *, found: Contributions, rows: pd.DataFrame) -> None:
    added = rows["contribution"].to_numpy()
    ends = found.base + np.cumsum(added)
    begins = ends - added
    places = range(1, len(rows) + 1)
    axes.barh(places, added, left=begins, color=np.where(added > 0, ORANGE, BLUE), height=0.7)
    for place, begin, end in zip(places, begins.tolist(), ends.tolist(), strict=True):
        axes.plot([end, end], [place - 0.35, place + 1.35], color=MUTED, linewidth=0.7)
        right = max(begin, end)
        axes.annotate(
            _signed(end - begin), (right, place), (3, 0), textcoords="offset points", fontsize=7,
            va="center", color=INK,
        )  # fmt: skip
    axes.plot([found.base, found.base], [-0.35, 1.35], color=MUTED, linewidth=0.7)
    for place, value in ((0, found.base), (len(rows) + 1, found.margin)):
        axes.plot(value, place, "o", color=INK, markersize=5)
        axes.annotate(
            _signed(value), (value, place), (6, 0), textcoords="offset points", fontsize=8, va="center",
            color=INK,
        )  # fmt: skip
    _rows(axes, ["before", *_valued(rows), "here"])
    axes.use_sticky_edges = False  # room for the numbers beside the bars
    axes.margins(x=0.13)
    axes.set_xlabel(f"margin of {found.emotion} (natural logarithm of odds)")


def _losses(axes: Axes, *, rows: pd.DataFrame) -> None:
    lost = 100 * rows["contribution"].to_numpy()
    axes.barh(range(len(rows)), lost, color=np.where(lost > 0, ORANGE, BLUE), height=0.7)
    axes.axvline(0, color=MUTED, linewidth=1)
    _rows(axes, _valued(rows))
    axes.set_xlabel("probability lost without it (percentage points)")


def _with_others(table: pd.DataFrame, top: int) -> pd.DataFrame:
    """The first rows, and one for what all others add."""
    rest = table.iloc[top:]
    if rest.empty:
        return table
    others = {"part": f"{len(rest)} others", "unit": "", "contribution": rest["contribution"].sum()}
    return pd.concat([table.head(top), pd.DataFrame([others])], ignore_index=True)


def _valued(rows: pd.DataFrame) -> list[str]:
    """Name each part with its value, and what is usual."""
    return [
        name_with_value(part, value, usual, unit)
        for part, value, usual, unit in zip(
            rows["part"], rows["value"], rows["usual"], rows["unit"], strict=True
        )
    ]


def name_with_value(part: str, value: float, usual: float, unit: str) -> str:
    """Say what a part is here, and what it usually is.

    >>> name_with_value("pitch_mean", 211.84, 187.0, "Hz")
    'pitch_mean = 212 Hz (usually 187)'
    >>> name_with_value("mel 0–390 Hz", -41.3, float("nan"), "dB")
    'mel 0–390 Hz = −41.3 dB'
    """
    if np.isnan(value) and np.isnan(usual):
        return part
    shown = "none" if np.isnan(value) else f"{number(value)} {unit}".removesuffix(" 1").rstrip()
    return f"{part} = {shown}" + ("" if np.isnan(usual) else f" (usually {number(usual)})")


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")
