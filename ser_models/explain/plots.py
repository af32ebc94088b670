"""Figures of explanations.

`Importance` → bars of the most important features, and for boosted trees the direction of each effect
`Contributions` → waterfall of SHAP values, or bars of an occlusion
"""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ser_models.explain.result import Contributions, Importance
from ser_models.reporting.figures.picture import (
    BLUE,
    DIVERGING,
    INK,
    MUTED,
    ORANGE,
    Panel,
    Picture,
    captioned,
    label_colours,
    legend,
    literal,
)
from ser_models.reporting.text import number, percent

ROW_INCHES = 0.27
LOG_ODDS = "mean absolute SHAP value (log-odds)"


def plot(explanation: Importance | Contributions, top: int) -> Figure:
    """Draw the first `top` rows of an explanation."""
    if isinstance(explanation, Importance):
        return (_shap if explanation.method == "shap" else _permutation)(explanation, top)
    return (_waterfall if explanation.method == "shap" else _occlusion)(explanation, top)


def _shap(importance: Importance, top: int) -> Figure:
    rows = importance.table.head(top)
    height = _height(len(rows))
    panels = (
        Panel(partial(_stacked, importance=importance, rows=rows), 6.0, height, _first_five(rows)),
        Panel(
            partial(_directions, importance=importance, rows=rows),
            0.42 * len(importance.labels) + 1.6,
            height,
            "Direction of the effect of each feature on each emotion",
        ),
    )
    caption = (
        *_data(importance),
        "Left: mean absolute SHAP value of a feature for the margin of each emotion, mean over emotions. "
        "Right: orange if high values support the emotion, blue if low values do; the colour is stronger for "
        "larger SHAP values.",
    )
    return captioned(Picture("importance", "Feature importance (SHAP values)", panels), caption)


def _permutation(importance: Importance, top: int) -> Figure:
    rows = importance.table.head(top)
    panel = Panel(partial(_decreases, rows=rows), 7.6, _height(len(rows)), _first_five(rows))
    caption = (
        *_data(importance),
        "Decrease in UAR when a feature is permuted among recordings: mean and standard deviation over "
        f"{importance.repeats} permutations.",
    )
    return captioned(Picture("importance", "Feature importance (permutation)", (panel,)), caption)


def _waterfall(contributions: Contributions, top: int) -> Figure:
    rows = _with_rest(contributions.table, top)
    emotion, base, margin = contributions.emotion, _signed(contributions.base), _signed(contributions.margin)
    text = f"{emotion}: margin {margin}, expected margin {base}"
    panel = Panel(partial(_steps, contributions=contributions, rows=rows), 7.6, _height(len(rows) + 2), text)
    caption = (
        _ranking(contributions),
        f"From the expected margin of {emotion} over the training data ({base}) to its margin for this "
        f"recording ({margin}), by SHAP values: orange supports {emotion}, blue is against it.",
    )
    return captioned(Picture("contributions", _title(contributions), (panel,)), caption)


def _occlusion(contributions: Contributions, top: int) -> Figure:
    rows, emotion = contributions.table.head(top), contributions.emotion
    text = f"Decrease in the probability of {emotion} without each feature"
    panel = Panel(partial(_losses, rows=rows), 7.6, _height(len(rows)), text)
    caption = (
        _ranking(contributions),
        f"Decrease in the probability of {emotion} if a feature is set to its typical training value: orange "
        f"supports {emotion}, blue is against it. The bars do not sum to the probability.",
    )
    return captioned(Picture("contributions", _title(contributions), (panel,)), caption)


def _title(contributions: Contributions) -> str:
    file = contributions.file.rpartition("/")[2]
    return f"Feature contributions to {contributions.emotion}: {file}"


def _first_five(rows: pd.DataFrame) -> str:
    return f"Most important: {', '.join(rows['feature'].head(5))}"


def _data(importance: Importance) -> tuple[str, ...]:
    return f"{importance.model} on {importance.data}.", f"{importance.headline}."


def _ranking(contributions: Contributions) -> str:
    ranked = sorted(contributions.probabilities.items(), key=lambda item: -item[1])[:3]
    text = ", ".join(f"{emotion} {percent(share, 0)}" for emotion, share in ranked)
    return f"Prediction of {contributions.model}: {text}."


def _height(rows: int) -> float:
    return ROW_INCHES * rows + 1.0


def _rows(axes: Axes, names: list[str]) -> None:
    """Label the rows, the first on top."""
    axes.set_yticks(range(len(names)), [literal(name) for name in names], fontsize=8)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)


def _stacked(axes: Axes, *, importance: Importance, rows: pd.DataFrame) -> None:
    left = np.zeros(len(rows))
    for label, colour in label_colours(importance.labels).items():
        width = rows[f"importance_{label}"].to_numpy() / len(importance.labels)
        axes.barh(range(len(rows)), width, left=left, color=colour, label=literal(label), height=0.7)
        left += width
    _rows(axes, rows["feature"].tolist())
    axes.set_xlabel(LOG_ODDS)
    legend(axes, columns=4)


def _directions(axes: Axes, *, importance: Importance, rows: pd.DataFrame) -> None:
    labels = importance.labels
    sizes = rows[[f"importance_{label}" for label in labels]].to_numpy(dtype=float)
    directions = rows[[f"direction_{label}" for label in labels]].to_numpy(dtype=float)
    signed = np.nan_to_num(directions) * np.sqrt(sizes / max(sizes.max(), 1e-12))
    axes.imshow(signed, cmap=DIVERGING, vmin=-1, vmax=1, aspect="auto")
    axes.set_xticks(
        range(len(labels)), list(map(literal, labels)), rotation=50, ha="right", rotation_mode="anchor"
    )
    axes.tick_params(axis="x", labelsize=8)
    axes.set_yticks([])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(False)


def _decreases(axes: Axes, *, rows: pd.DataFrame) -> None:
    style: dict[str, Any] = {"ecolor": INK, "elinewidth": 1, "capsize": 2}
    decreases, std = 100 * rows["importance"].to_numpy(), 100 * rows["std"].to_numpy()
    axes.barh(range(len(rows)), decreases, xerr=std, color=BLUE, height=0.7, error_kw=style)
    axes.axvline(0, color=MUTED, linewidth=1)
    _rows(axes, rows["feature"].tolist())
    axes.set_xlabel("decrease in UAR (percentage points)")


def _steps(axes: Axes, *, contributions: Contributions, rows: pd.DataFrame) -> None:
    added = rows["contribution"].to_numpy()
    ends = contributions.base + np.cumsum(added)
    starts = ends - added
    positions = range(1, len(rows) + 1)
    axes.barh(positions, added, left=starts, color=np.where(added > 0, ORANGE, BLUE), height=0.7)
    for position, start, end in zip(positions, starts.tolist(), ends.tolist(), strict=True):
        axes.plot([end, end], [position - 0.35, position + 1.35], color=MUTED, linewidth=0.7)
        axes.annotate(
            _signed(end - start), (max(start, end), position), (3, 0), textcoords="offset points", fontsize=7,
            va="center", color=INK,
        )  # fmt: skip
    axes.plot([contributions.base] * 2, [-0.35, 1.35], color=MUTED, linewidth=0.7)
    for position, value in ((0, contributions.base), (len(rows) + 1, contributions.margin)):
        axes.plot(value, position, "o", color=INK, markersize=5)
        axes.annotate(
            _signed(value), (value, position), (6, 0), textcoords="offset points", fontsize=8, va="center",
            color=INK,
        )  # fmt: skip
    _rows(axes, ["expected margin", *_names(rows), "margin"])
    axes.use_sticky_edges = False  # room for the numbers beside the bars
    axes.margins(x=0.13)
    axes.set_xlabel(literal(f"margin of {contributions.emotion} (log-odds)"))


def _losses(axes: Axes, *, rows: pd.DataFrame) -> None:
    losses = 100 * rows["contribution"].to_numpy()
    axes.barh(range(len(rows)), losses, color=np.where(losses > 0, ORANGE, BLUE), height=0.7)
    axes.axvline(0, color=MUTED, linewidth=1)
    _rows(axes, _names(rows))
    axes.set_xlabel("decrease in probability without the feature (percentage points)")


def _with_rest(table: pd.DataFrame, top: int) -> pd.DataFrame:
    """Return the first rows, and one row for the sum of all others."""
    rest = table.iloc[top:]
    if rest.empty:
        return table
    row = {"feature": f"{len(rest)} others", "unit": "", "contribution": rest["contribution"].sum()}
    return pd.concat([table.head(top), pd.DataFrame([row])], ignore_index=True)


def _names(rows: pd.DataFrame) -> list[str]:
    columns = (rows[name] for name in ("feature", "value", "training_median", "unit"))
    return [name_with_value(*row) for row in zip(*columns, strict=True)]


def name_with_value(feature: str, value: float, median: float, unit: str) -> str:
    """Return a feature with its value and its training median.

    >>> name_with_value("pitch_mean", 211.84, 187.0, "Hz")
    'pitch_mean = 212 Hz (median 187)'
    >>> name_with_value("mel 0–390 Hz", -41.3, float("nan"), "dB")
    'mel 0–390 Hz = −41.3 dB'
    """
    if np.isnan(value) and np.isnan(median):
        return feature
    text = "none" if np.isnan(value) else f"{number(value)} {unit}".removesuffix(" 1").rstrip()
    return f"{feature} = {text}" + ("" if np.isnan(median) else f" (median {number(median)})")


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")
