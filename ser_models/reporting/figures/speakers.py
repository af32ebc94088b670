"""Distribution of one feature by speaker.

`Store`, a column → `Recordings` → per speaker: percentiles → `Drawing`
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ser_features.errors import InputError
from ser_features.store import Store
from ser_models.reporting.figures.picture import (
    CORPUS_COLOURS,
    INK,
    Drawing,
    Panel,
    Picture,
    label_speakers,
    legend,
    literal,
)
from ser_models.reporting.figures.recordings import Recordings, sample

WIDEST = 14.0
"""Maximal width in inches; more speakers are drawn closer together."""
PERCENTILES = (5, 25, 50, 75, 95)
"""Ends of the thin line, ends of the thick line, and the dot between them."""


def drawing(store: Store, column: str, datasets: Sequence[str] | None = None) -> Drawing:
    """Percentiles of a column by known speaker, the lowest median first, coloured by corpus.

    Args:
        store: an open store.
        column: a numeric column.
        datasets: corpora to draw; all by default.

    Raises:
        InputError: if there is no such corpus or column, or no recording has a value.
    """
    recordings = sample(store, [column], datasets)
    caption = [
        recordings.meanings.get(column, ""),
        recordings.summary(),
        "Dot: median. Thick line: quartiles. Thin line: 5 % to 95 %. f, m: gender, if known.",
    ]
    picture = Picture(f"speakers_{column}", f"{column} by speaker", (_panel(recordings, column),))
    return Drawing(picture, caption)


def _panel(recordings: Recordings, column: str) -> Panel:
    table, label = _percentiles(recordings, column), recordings.label(column)
    low, high = table.iloc[0], table.iloc[-1]
    text = (
        f"Medians of {label} of {len(table)} speakers, from {low[50]:.4g} ({low['speaker']}) to "
        f"{high[50]:.4g} ({high['speaker']})"
    )
    width = float(np.clip(0.24 * len(table) + 1.6, 6.4, WIDEST))
    return Panel(lambda axes: _draw(axes, table, label), width, 4.0, text)


def _percentiles(recordings: Recordings, column: str) -> pd.DataFrame:
    """Columns speaker, dataset, name and one per percentile, the lowest median first."""
    rows = recordings.rows.assign(key=recordings.speakers).dropna(subset=column)
    if rows.empty:
        raise InputError(f"no recording has a value of {column}: expected some: name another column")
    rows = rows.dropna(subset="speaker")
    if rows.empty:
        raise InputError("all speakers are unknown: expected some that are named: name other --datasets")
    table = []
    for key, part in rows.groupby("key"):
        first = part.iloc[0]
        gender = f" {first['gender'][0]}" if isinstance(first["gender"], str) and first["gender"] else ""
        values = np.percentile(part[column], PERCENTILES)
        table.append((key, first["dataset"], f"{first['speaker']}{gender}", *values))
    columns = ["speaker", "dataset", "name", *PERCENTILES]
    return pd.DataFrame(table, columns=columns).sort_values([50, "speaker"], ignore_index=True)


def _draw(axes: Axes, table: pd.DataFrame, label: str) -> None:
    scale = float(np.clip(40 / len(table), 0.15, 1.0))
    for number, corpus in enumerate(sorted(set(table["dataset"]))):
        part = table[table["dataset"] == corpus]
        colour = CORPUS_COLOURS[number % len(CORPUS_COLOURS)]
        axes.vlines(part.index, part[5], part[95], colour, linewidth=1.4 * scale, zorder=2)
        axes.vlines(
            part.index, part[25], part[75], colour, linewidth=6 * scale, zorder=2, label=literal(corpus)
        )
        [dots] = axes.plot(part.index, part[50], "o", color=INK, markersize=5 * scale, zorder=3)
        dots.set(markerfacecolor="#ffffff", markeredgewidth=0.9 * scale)
    label_speakers(axes, table["name"].tolist())
    axes.set(xlim=(-0.8, len(table) - 0.2), ylabel=label)
    legend(axes)
