"""Distributions by emotion: of the recordings of a corpus, and of one feature.

`ClassCounts` per corpus → `count_panels`: bars, or a pie
`Store`, a column → `Recordings` → per emotion: density, quartiles, values → `Drawing`
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ser_features.errors import InputError
from ser_features.labels import in_order
from ser_features.store import Store
from ser_models.evaluation.effect import effect
from ser_models.reporting.figures.picture import (
    BLUE,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    Drawing,
    Panel,
    Picture,
    label_colours,
    legend,
    literal,
)
from ser_models.reporting.figures.recordings import Recordings, sample
from ser_models.reporting.text import percent

PEAK = 0.7
"""Height of the highest density, relative to the distance between two emotions."""
STRIP = (0.10, 0.26)
"""Range of the points below a density, in the same unit."""
STEPS = 80
"""Number of points at which a density is evaluated."""
NARROW = 0.8
"""Factor of Scott's bandwidth, which is too wide for bimodal values such as the F0 of men and women."""

NAME_WIDTH = 36
"""Characters of a line below a panel."""


@dataclass(frozen=True, slots=True)
class ClassCounts:
    """Number of recordings of each emotion in one corpus.

    Attributes:
        corpus: its name.
        recordings: by emotion, without augmented copies.
        copies: number of augmented copies, by emotion.
    """

    corpus: str
    recordings: Mapping[str, int]
    copies: Mapping[str, int] = field(default_factory=dict)

    def total(self, emotion: str) -> int:
        """Recordings of an emotion and their copies."""
        return self.recordings.get(emotion, 0) + self.copies.get(emotion, 0)


def count_panels(corpora: Sequence[ClassCounts], *, pie: bool = False) -> tuple[Panel, ...]:
    """One panel per corpus; at least one recording in each.

    Args:
        corpora: what is drawn.
        pie: whether shares are drawn as a pie; bars otherwise, with the same rows in all panels.
    """
    rows = in_order({emotion for counts in corpora for emotion in counts.recordings if counts.total(emotion)})
    width, height = (4.2, 3.0) if pie else (3.6, 0.32 * len(rows) + 1.1)
    draw = _pie if pie else _count_bars
    return tuple(Panel(partial(draw, counts=one, rows=rows), width, height, _counted(one)) for one in corpora)


def _counted(counts: ClassCounts) -> str:
    listed = ", ".join(f"{emotion} {counts.total(emotion):,}" for emotion in counts.recordings)
    return f"Number of recordings of each emotion in {counts.corpus}: {listed}"


def _count_bars(axes: Axes, counts: ClassCounts, rows: Sequence[str]) -> None:
    recordings = [counts.recordings.get(emotion, 0) for emotion in rows]
    axes.barh(range(len(rows)), recordings, height=0.62, color=BLUE, label="recordings", zorder=2)
    if counts.copies:
        copies = [counts.copies.get(emotion, 0) for emotion in rows]
        axes.barh(
            range(len(rows)), copies, 0.62, recordings, color=ORANGE, label="augmented copies", zorder=2
        )
        legend(axes)
    for row, emotion in enumerate(rows):
        total = counts.total(emotion)
        axes.annotate(
            f"{total:,}",
            (total, row),
            xytext=(3, 0),  # a space before the number is lost in SVG
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=INK,
        )
    axes.set_yticks(range(len(rows)), [literal(emotion) for emotion in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, 1.18 * max(map(counts.total, rows)))
    axes.set_xlabel(f"number of recordings\n{_name(counts)}")
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.grid(axis="y", visible=False)


def _pie(axes: Axes, counts: ClassCounts, rows: Sequence[str]) -> None:
    present = [emotion for emotion in rows if counts.total(emotion)]
    total = sum(map(counts.total, present))
    colours = label_colours(rows)
    labels = [
        f"{literal(emotion)} {counts.total(emotion):,} ({percent(counts.total(emotion) / total, 0)})"
        for emotion in present
    ]
    axes.pie(
        [counts.total(emotion) for emotion in present],
        labels=labels,
        colors=[colours[emotion] for emotion in present],
        startangle=90,
        counterclock=False,
        wedgeprops={"edgecolor": PAPER, "linewidth": 1.5},
        textprops={"fontsize": 8, "color": INK},
    )
    axes.set_xlabel(_name(counts))


def _name(counts: ClassCounts) -> str:
    """Name of the corpus on as many lines as it needs."""
    return fill(literal(counts.corpus), NAME_WIDTH)


def drawing(store: Store, column: str, datasets: Sequence[str] | None = None) -> Drawing:
    """Density, quartiles and values of a column by emotion, the highest median on top.

    Args:
        store: an open store.
        column: a numeric column.
        datasets: corpora to draw; all by default.

    Raises:
        InputError: if there is no such corpus or column, or no recording has a value.
    """
    recordings = sample(store, [column], datasets)
    missing = int(recordings.rows[column].isna().sum())
    caption = [
        recordings.meanings.get(column, ""),
        recordings.summary() + (f"; {missing:,} have no value" if missing else ""),
        "Curve: density. Bar and dot: quartiles and median. Points: recordings.",
    ]
    if measured := effect(list(_groups(recordings, column).values())):
        caption.append(str(measured))
    picture = Picture(f"distribution_{column}", f"{column} by emotion", (_panel(recordings, column),))
    return Drawing(picture, caption)


def density_panel(recordings: Recordings, column: str) -> Panel:
    """A smaller panel without points, for a page with several of them."""
    return _panel(recordings, column, points=False, width=4.6, row=0.4)


def _panel(
    recordings: Recordings, column: str, *, points: bool = True, width: float = 6.6, row: float = 0.56
) -> Panel:
    groups = _groups(recordings, column)
    label = recordings.label(column)
    medians = ", ".join(f"{emotion} {np.median(values):.4g}" for emotion, values in groups.items())
    text = f"Medians of {label} by emotion: {medians}"
    return Panel(lambda axes: _draw(axes, groups, label, points), width, row * len(groups) + 0.75, text)


def _groups(recordings: Recordings, column: str) -> dict[str, np.ndarray]:
    """Values by emotion, the highest median first."""
    rows = recordings.rows.dropna(subset=column)
    if rows.empty:
        raise InputError(f"no recording has a value of {column}: expected some: name another column")
    groups = {str(emotion): part[column].to_numpy(float) for emotion, part in rows.groupby("emotion")}
    return dict(sorted(groups.items(), key=lambda item: -float(np.median(item[1]))))


def _draw(axes: Axes, groups: Mapping[str, np.ndarray], label: str, points: bool) -> None:
    densities = {emotion: _density(values) for emotion, values in groups.items()}
    highest = max((heights.max() for _, heights in densities.values() if len(heights)), default=1.0)
    colours = label_colours(in_order(groups))
    for row, (emotion, values) in enumerate(groups.items()):
        colour = colours[emotion]
        grid, heights = densities[emotion]
        if len(grid):
            outline = np.append(grid, grid[[-1, 0]]), np.append(row - PEAK * heights / highest, [row, row])
            axes.fill(*outline, facecolor=(colour, 0.28), edgecolor=colour, linewidth=1.2, zorder=2)
        _quartiles(axes, values, row, colour)
        if points:
            jitter = row + np.random.default_rng(0).uniform(*STRIP, len(values))
            size = 3.2 if len(values) < 100 else 2.2
            axes.plot(
                values, jitter, "o", color=colour, markersize=size, alpha=0.35, markeredgewidth=0, zorder=2
            )
        at_right = axes.text(1.0, row - 0.06, f"n {len(values):,}", fontsize=7.5, color=MUTED, ha="right")
        at_right.set(va="bottom", transform=axes.get_yaxis_transform())
    axes.set_yticks(range(len(groups)), list(map(literal, groups)))
    axes.set(xlabel=label, ylim=(len(groups) - 1 + (0.42 if points else 0.25), -0.85))
    values = np.concatenate(list(groups.values()))
    span = np.ptp(values) or 1.0
    axes.set_xlim(values.min() - 0.02 * span, values.max() + 0.11 * span)  # room for the counts
    axes.grid(axis="y", visible=False)


def _density(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gaussian kernel density between the minimum and the maximum; empty if all values are equal."""
    from scipy.stats import gaussian_kde  # its import takes longer than the drawing

    if len(values) < 3 or np.ptp(values) <= 1e-9 * np.abs(values).max():
        return np.empty(0), np.empty(0)
    grid = np.linspace(values.min(), values.max(), STEPS)
    return grid, gaussian_kde(values, lambda kernel: NARROW * kernel.scotts_factor())(grid)


def _quartiles(axes: Axes, values: np.ndarray, row: float, colour: str) -> None:
    low, middle, high = np.percentile(values, [25, 50, 75])
    axes.plot([values.min(), values.max()], [row, row], color=colour, linewidth=0.8, zorder=3)
    axes.plot([low, high], [row, row], color=colour, linewidth=5, solid_capstyle="butt", zorder=4)
    axes.plot(middle, row, "o", color="#ffffff", markeredgecolor=INK, markersize=5.5, zorder=5)
