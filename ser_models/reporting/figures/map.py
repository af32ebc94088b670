"""All recordings on one map: what sounds alike lies close together.

`Store` → `Recordings` with all features → standardised, a median where nothing is known → two principal
components (`plane`) → `Drawing`
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Literal

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes

from ser_features.errors import InputError
from ser_features.store import Store
from ser_models.reporting.figures.picture import (
    CORPUS_COLOURS,
    EMOTION_COLOURS,
    INK,
    Drawing,
    Panel,
    Picture,
    literal,
)
from ser_models.reporting.figures.recordings import Recordings, features, sample
from ser_models.reporting.text import percent

By = Literal["emotion", "speaker", "dataset"]

SHAPES = "os^DvPX*"
"""When the colours are used up, they come again in another shape."""
MOST_NAMED = 40
"""More groups than this are drawn without their names."""
LOADINGS = 2
"""Columns that are named beside each axis."""


@dataclass(frozen=True)
class Plane:
    """The two directions in which recordings differ most.

    Attributes:
        points: float64, shape (recordings, 2), in standard deviations of the columns.
        shares: of the variance, 0 to 1, of each direction.
        names: columns that weigh most in each direction, those that fall along it with a minus.
    """

    points: np.ndarray
    shares: tuple[float, float]
    names: tuple[tuple[str, ...], tuple[str, ...]]


def drawing(store: Store, by: By = "emotion", datasets: Sequence[str] | None = None) -> Drawing:
    """Draw the recordings where the two principal components of their features put them.

    Args:
        store: an open store.
        by: what the colours mean.
        datasets: corpora to draw; all by default.

    Raises:
        InputError: if there is no such corpus, or fewer than three recordings or two features differ.
    """
    columns = features(store)
    recordings = sample(store, columns, datasets)
    picture = Picture(f"map_{by}", f"Map of the recordings by {by}", (panel(recordings, columns, by),))
    said = [
        recordings.said(),
        f"Principal components of {len(columns)} features, each standardised over these recordings. Named "
        "beside the axes: what changes most along them.",
    ]
    return Drawing(picture, said)


def panel(recordings: Recordings, columns: Sequence[str], by: By = "emotion", width: float = 7.2) -> Panel:
    """The map alone.

    Args:
        recordings: with the columns.
        columns: features that decide who lies where.
        by: what the colours mean.
        width: in inches.

    Raises:
        InputError: if fewer than three recordings or two features differ.
    """
    found = plane(recordings, columns)
    keys = recordings.speakers if by == "speaker" else recordings.rows[by].to_numpy()
    groups = recordings.emotions if by == "emotion" else sorted(set(keys))
    text = (
        f"Two principal components of {len(columns)} features, with {percent(sum(found.shares), 0)} of their "
        f"variance, coloured by {len(groups)} groups ({by})"
    )
    beside = 1.9 if by != "emotion" else 1.5
    ratio = float(np.clip(np.ptp(found.points[:, 1]) / np.ptp(found.points[:, 0]), 0.5, 1.2))
    height = ratio * (width - beside) + 0.8  # a step is as long upwards as sideways
    return Panel(lambda axes: _draw(axes, found, keys, groups, by), width, height, text)


def plane(recordings: Recordings, columns: Sequence[str]) -> Plane:
    """Find the two principal components; arguments and errors as `panel`."""
    values = recordings.rows[list(columns)].astype(float)
    values = values.fillna(values.median())
    spread = values.std(ddof=0)
    kept = [name for name in columns if spread[name] > 1e-9 * max(1.0, abs(values[name].mean()))]
    if len(kept) < 2 or len(values) < 3:
        raise InputError(
            f"found {len(values)} recordings and {len(kept)} features that differ: expected at least 3 and "
            "2: extract more"
        )
    standard = ((values[kept] - values[kept].mean()) / spread[kept]).to_numpy()
    _, strengths, directions = np.linalg.svd(standard, full_matrices=False)
    directions = directions[:2]
    directions *= np.sign(directions[range(2), np.abs(directions).argmax(axis=1)])[:, None]
    shares = strengths[:2] ** 2 / (strengths**2).sum()
    first, second = (_strongest(kept, direction) for direction in directions)
    return Plane(standard @ directions.T, (float(shares[0]), float(shares[1])), (first, second))


def _strongest(names: Sequence[str], direction: np.ndarray) -> tuple[str, ...]:
    order = np.argsort(-np.abs(direction))[:LOADINGS]
    return tuple(("" if direction[place] > 0 else "−") + names[place] for place in order)


def _draw(axes: Axes, found: Plane, keys: np.ndarray, groups: Sequence[str], by: By) -> None:
    shapes, colours = _styles(groups, by)
    size = float(np.clip(105 / np.sqrt(len(keys)), 2.0, 5.5))
    order = np.random.default_rng(0).permutation(len(keys))  # no group lies on top of all others
    for chunk in np.array_split(order, np.clip(len(order) // 200, 1, 8)):
        for group in groups:
            chosen = found.points[chunk][keys[chunk] == group]
            style: dict[str, Any] = {
                "color": colours[group],
                "markersize": size,
                "markeredgewidth": 0,
                "alpha": 0.6,
            }
            axes.plot(chosen[:, 0], chosen[:, 1], shapes[group], **style)
    if len(groups) <= MOST_NAMED:
        _name(axes, found, keys, groups, shapes, colours)
    for axis, number, share, names in zip(
        (axes.xaxis, axes.yaxis), (1, 2), found.shares, found.names, strict=True
    ):
        axis.set_label_text(f"component {number}, {percent(share, 0)} of the variance\n{', '.join(names)}")
    axes.set_aspect("equal", "datalim")


def _styles(groups: Sequence[str], by: By) -> tuple[dict[str, str], dict[str, str]]:
    """Shape and colour of each group; colours come again in another shape."""
    if by == "emotion":
        return dict.fromkeys(groups, "o"), EMOTION_COLOURS
    known = CORPUS_COLOURS if by == "dataset" else tuple(EMOTION_COLOURS.values())
    colours = dict(zip(groups, cycle(known), strict=False))
    turns = {group: place // len(known) for place, group in enumerate(groups)}
    return {group: SHAPES[turn % len(SHAPES)] for group, turn in turns.items()}, colours


def _name(
    axes: Axes,
    found: Plane,
    keys: np.ndarray,
    groups: Sequence[str],
    shapes: dict[str, str],
    colours: dict[str, str],
) -> None:
    """Mark the middle of each group, and name the groups at the side."""
    halo = [patheffects.withStroke(linewidth=2.4, foreground="#ffffff")]
    for group in groups:
        middle = np.median(found.points[keys == group], axis=0)
        axes.plot(
            *middle,
            shapes[group],
            color=colours[group],
            markersize=9,
            markeredgecolor=INK,
            markeredgewidth=0.9,
            label=literal(str(group)),
            zorder=4,
            path_effects=halo,
        )
    box = axes.legend(
        frameon=False,
        fontsize=8,
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
        labelcolor=INK,
        ncols=1 if len(groups) <= 20 else 2,
        handletextpad=0.3,
        borderaxespad=0.2,
        title="median of",
        title_fontsize=8,
        alignment="left",
    )
    box.get_title().set_color(INK)
