"""How one feature is spread, emotion by emotion.

`Store`, a column → `Recordings` → per emotion: density, quartiles, points → `Drawing`
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from ser_features.errors import InputError
from ser_features.store import Store
from ser_models.reporting.figures.picture import EMOTION_COLOURS, INK, MUTED, Drawing, Panel, Picture
from ser_models.reporting.figures.recordings import Recordings, sample

Groups = Mapping[str, np.ndarray]

HIGH = 0.7
"""Height of the densest hill, as a share of the distance between two emotions."""
STRIP = (0.10, 0.26)
"""Where the points lie below the foot of a hill, in the same measure."""
STEPS = 80
"""Places at which a density is computed."""
NARROW = 0.8
"""Scott's bandwidth suits one hill; men's and women's pitch are two."""


def drawing(store: Store, column: str, datasets: Sequence[str] | None = None) -> Drawing:
    """Draw the density, the quartiles and the values of a column by emotion, the highest median on top.

    Args:
        store: an open store.
        column: a column of numbers.
        datasets: corpora to draw; all by default.

    Raises:
        InputError: if there is no such corpus or column, or no recording has a value.
    """
    recordings = sample(store, [column], datasets)
    picture = Picture(f"distribution_{column}", f"{column} by emotion", (_panel(recordings, column),))
    missing = int(recordings.rows[column].isna().sum())
    without = f"; {missing:,} have no value" if missing else ""
    said = [
        recordings.meanings.get(column, ""),
        f"{recordings.said()}{without}",
        "Hill: density. Bar and dot: quartiles and median. Points: recordings.",
    ]
    return Drawing(picture, said)


def density_panel(recordings: Recordings, column: str) -> Panel:
    """The same without points and in small, for a page with several of them."""
    return _panel(recordings, column, points=False, width=4.6, row=0.4)


def _panel(
    recordings: Recordings,
    column: str,
    *,
    points: bool = True,
    width: float = 6.6,
    row: float = 0.56,
) -> Panel:
    groups = _groups(recordings, column)
    said = ", ".join(f"{emotion} {np.median(values):.4g}" for emotion, values in groups.items())
    label = recordings.label(column)
    text = f"Medians of {label} by emotion: {said}"
    height = row * len(groups) + 0.75
    return Panel(lambda axes: _draw(axes, groups, label, points), width, height, text)


def _groups(recordings: Recordings, column: str) -> dict[str, np.ndarray]:
    """Values by emotion, the highest median first."""
    rows = recordings.rows.dropna(subset=column)
    if rows.empty:
        raise InputError(f"no recording has a value of {column}: expected some: name another column")
    found = {str(emotion): part[column].to_numpy(float) for emotion, part in rows.groupby("emotion")}
    return dict(sorted(found.items(), key=lambda item: -float(np.median(item[1]))))


def _draw(axes: Axes, groups: Groups, label: str, points: bool) -> None:
    hills = {emotion: _density(values) for emotion, values in groups.items()}
    highest = max((heights.max() for _, heights in hills.values() if len(heights)), default=1.0)
    for place, (emotion, values) in enumerate(groups.items()):
        colour = EMOTION_COLOURS[emotion]
        grid, heights = hills[emotion]
        _hill(axes, grid, place - HIGH * heights / highest, place, colour)
        _quartiles(axes, values, place, colour)
        if points:
            _points(axes, values, place, colour)
        axes.text(
            1.0,
            place - 0.06,
            f"n {len(values):,}",
            fontsize=7.5,
            color=MUTED,
            ha="right",
            va="bottom",
            transform=axes.get_yaxis_transform(),
        )
    axes.set_yticks(range(len(groups)), list(groups))
    axes.set(xlabel=label, ylim=(len(groups) - 1 + (0.42 if points else 0.25), -0.85))
    every = np.concatenate(list(groups.values()))
    room = np.ptp(every) or 1.0
    axes.set_xlim(every.min() - 0.02 * room, every.max() + 0.11 * room)  # where the numbers stand
    axes.grid(axis="y", visible=False)


def _density(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A Gaussian kernel estimate between the smallest and the largest value; empty where all are the same."""
    from scipy.stats import gaussian_kde  # whose import takes longer than the drawing

    if len(values) < 3 or np.ptp(values) <= 1e-9 * np.abs(values).max():
        return np.empty(0), np.empty(0)
    grid = np.linspace(values.min(), values.max(), STEPS)
    return grid, gaussian_kde(values, lambda kernel: NARROW * kernel.scotts_factor())(grid)


def _hill(axes: Axes, grid: np.ndarray, heights: np.ndarray, foot: float, colour: str) -> None:
    if len(grid):
        around = np.append(grid, [grid[-1], grid[0]]), np.append(heights, [foot, foot])
        axes.fill(*around, facecolor=(colour, 0.28), edgecolor=colour, linewidth=1.2, zorder=2)


def _quartiles(axes: Axes, values: np.ndarray, place: float, colour: str) -> None:
    low, middle, high = np.percentile(values, [25, 50, 75])
    axes.plot([values.min(), values.max()], [place, place], color=colour, linewidth=0.8, zorder=3)
    axes.plot([low, high], [place, place], color=colour, linewidth=5, solid_capstyle="butt", zorder=4)
    axes.plot(middle, place, "o", color="#ffffff", markeredgecolor=INK, markersize=5.5, zorder=5)


def _points(axes: Axes, values: np.ndarray, place: float, colour: str) -> None:
    heights = place + np.random.default_rng(0).uniform(*STRIP, len(values))
    size = 3.2 if len(values) < 100 else 2.2
    axes.plot(values, heights, "o", color=colour, markersize=size, alpha=0.35, markeredgewidth=0, zorder=2)
