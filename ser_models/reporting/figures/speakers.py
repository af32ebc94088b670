"""How one feature differs from speaker to speaker.

`Store`, a column → `Recordings` → per speaker: range, quartiles, median → `Drawing`
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ser_features.errors import InputError
from ser_features.store import Store
from ser_models.reporting.figures.picture import CORPUS_COLOURS, INK, Drawing, Panel, Picture, legend, literal
from ser_models.reporting.figures.recordings import Recordings, sample

MOST_NAMED = 60
"""More speakers than this are drawn without their names."""
WIDEST = 14.0
"""Inches; more speakers stand closer together."""
SHARES = (5, 25, 50, 75, 95)
"""Percentiles: ends of the thin line, of the thick line, and the dot."""


def drawing(store: Store, column: str, datasets: Sequence[str] | None = None) -> Drawing:
    """Draw where most values of each speaker lie, the lowest median first, coloured by corpus.

    Args:
        store: an open store.
        column: a column of numbers.
        datasets: corpora to draw; all by default.

    Raises:
        InputError: if there is no such corpus or column, or no recording has a value.
    """
    recordings = sample(store, [column], datasets)
    picture = Picture(f"speakers_{column}", f"{column} by speaker", (_panel(recordings, column),))
    said = [
        recordings.meanings.get(column, ""),
        recordings.said(),
        "Dot: median. Thick line: quartiles. Thin line: 5 % to 95 %. f, m: gender, where it is known.",
    ]
    return Drawing(picture, said)


def _panel(recordings: Recordings, column: str) -> Panel:
    table, label = _spread(recordings, column), recordings.label(column)
    low, high = table.iloc[0], table.iloc[-1]
    text = (
        f"Medians of {label} of {len(table)} speakers, from {low[50]:.4g} ({low['speaker']}) to "
        f"{high[50]:.4g} ({high['speaker']})"
    )
    width = float(np.clip(0.24 * len(table) + 1.6, 6.4, WIDEST))
    return Panel(lambda axes: _draw(axes, table, label), width, 4.0, text)


def _spread(recordings: Recordings, column: str) -> pd.DataFrame:
    """Columns speaker, dataset, name and one per percentile; the lowest median first."""
    rows = recordings.rows.assign(key=recordings.speakers).dropna(subset=column)
    if rows.empty:
        raise InputError(f"no recording has a value of {column}: expected some: name another column")
    found = []
    for key, part in rows.groupby("key"):
        gender = part["gender"].iloc[0]
        letter = f" {gender[0]}" if isinstance(gender, str) and gender else ""
        first = part.iloc[0]
        values = np.percentile(part[column], SHARES)
        found.append(
            {"speaker": key, "dataset": first["dataset"], "name": f"{first['speaker']}{letter}"}
            | dict(zip(SHARES, values, strict=True))
        )
    return pd.DataFrame(found).sort_values([50, "speaker"], ignore_index=True)


def _draw(axes: Axes, table: pd.DataFrame, label: str) -> None:
    crowd = float(np.clip(40 / len(table), 0.15, 1.0))
    corpora = sorted(set(table["dataset"]))
    for place, corpus in enumerate(corpora):
        part = table[table["dataset"] == corpus]
        colour = CORPUS_COLOURS[place % len(CORPUS_COLOURS)]
        line: dict[str, Any] = {"color": colour, "zorder": 2}
        axes.vlines(part.index, part[5], part[95], linewidth=1.4 * crowd, **line)
        axes.vlines(part.index, part[25], part[75], linewidth=6 * crowd, label=literal(corpus), **line)
        dot: dict[str, Any] = {
            "markerfacecolor": "#ffffff",
            "markeredgecolor": INK,
            "markersize": 5 * crowd,
            "zorder": 3,
        }
        axes.plot(part.index, part[50], "o", markeredgewidth=0.9 * crowd, **dot)
    if len(table) > MOST_NAMED:
        axes.set_xticks([])
    else:
        names = [literal(name) for name in table["name"]]
        axes.set_xticks(range(len(names)), names, rotation=90 if len(names) > 12 else 0, fontsize=8)
    axes.set(xlim=(-0.8, len(table) - 0.2), ylabel=label, xlabel=f"{len(table):,} speakers")
    axes.grid(axis="x", visible=False)
    legend(axes)
