"""F0 contours by emotion.

`Store` → F0 frames of `Recordings` → `semitones` relative to the speaker's median → `resampled` to 0–100 % of
the voiced part → median and quartiles by emotion (`Contour`) → `Drawing`
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator

from ser_features.errors import InputError
from ser_features.store import Store
from ser_models.reporting.figures.picture import MUTED, Drawing, Panel, Picture, label_colours, literal
from ser_models.reporting.figures.recordings import FRAMES, Recordings, sample

FAMILY = "pitch"
POINTS = 50
"""Number of points from the first to the last voiced frame."""
QUARTILES = (25, 50, 75)
FEWEST = 5
"""Minimal number of voiced recordings for the quartiles of a point."""
ACROSS = 3
"""Number of panels in a row."""
PALE = "#c3cad2"
"""Colour of the contours of the other emotions."""


@dataclass(frozen=True)
class Contour:
    """The F0 contour of one emotion.

    Attributes:
        emotion: its name.
        n: number of recordings with a voiced frame.
        quartiles: in semitones relative to the speakers' medians, float64, shape (3, POINTS); NaN where fewer
            than `FEWEST` recordings are voiced.
    """

    emotion: str
    n: int
    quartiles: np.ndarray


def drawing(store: Store, datasets: Sequence[str] | None = None) -> Drawing:
    """Median F0 contour of each emotion, with the interquartile range.

    Args:
        store: an open store, with frames of pitch.
        datasets: corpora to draw; all by default.

    Raises:
        InputError: if there is no such corpus, the store holds no frames of pitch, or too few are voiced.
    """
    recordings = sample(store, FRAMES, datasets)
    contours = _contours(recordings, [frames[:, 0] for frames in store.frames(recordings.rows, FAMILY)])
    panels = tuple(_panel(contours, index) for index in range(len(contours)))
    caption = [
        recordings.summary(),
        "F0 in semitones relative to the median of the speaker's voiced frames in these recordings. Time "
        "runs from the first to the last voiced frame. Line and band: median and quartiles of the recordings "
        "that are voiced at that time. Grey: the other emotions.",
    ]
    return Drawing(Picture("contours", "F0 contours by emotion", panels, min(ACROSS, len(panels))), caption)


def semitones(frequencies: Sequence[np.ndarray], speakers: np.ndarray) -> list[np.ndarray]:
    """Convert F0 to semitones relative to the speaker's median.

    Args:
        frequencies: F0 in Hz of each recording, shape (frames,), NaN where unvoiced.
        speakers: of each recording, shape (recordings,).

    Returns:
        Semitones of each recording, shape (frames,), NaN where unvoiced.
    """
    medians = {}
    for speaker in set(speakers):
        own = [f0 for f0, name in zip(frequencies, speakers, strict=True) if name == speaker]
        voiced = np.concatenate([f0[np.isfinite(f0)] for f0 in own])
        medians[speaker] = np.median(voiced) if len(voiced) else np.nan
    return [12 * np.log2(f0 / medians[speaker]) for f0, speaker in zip(frequencies, speakers, strict=True)]


def resampled(contour: np.ndarray) -> np.ndarray | None:
    """Resample a contour to `POINTS` values from its first to its last voiced frame (nearest neighbour).

    Args:
        contour: shape (frames,), NaN where unvoiced.

    Returns:
        shape (POINTS,), NaN where unvoiced; None if no frame is voiced.
    """
    voiced = np.flatnonzero(np.isfinite(contour))
    if not len(voiced):
        return None
    return contour[np.rint(np.linspace(voiced[0], voiced[-1], POINTS)).astype(int)]


def _contours(recordings: Recordings, frequencies: Sequence[np.ndarray]) -> list[Contour]:
    relative = semitones(frequencies, recordings.speakers)
    emotions = recordings.rows["emotion"].to_numpy()
    contours = []
    for emotion in recordings.emotions:
        rows = [resampled(relative[index]) for index in np.flatnonzero(emotions == emotion)]
        table = np.array([row for row in rows if row is not None]).reshape(-1, POINTS)
        enough = np.isfinite(table).sum(axis=0) >= FEWEST
        quartiles = np.full((len(QUARTILES), POINTS), np.nan)
        if enough.any():
            quartiles[:, enough] = np.nanpercentile(table[:, enough], QUARTILES, axis=0)
            contours.append(Contour(emotion, len(table), quartiles))
    if not contours:
        raise InputError(
            f"no emotion has {FEWEST} recordings with a voiced frame: expected some: extract more"
        )
    return contours


def _panel(contours: Sequence[Contour], index: int) -> Panel:
    contour = contours[index]
    median = contour.quartiles[1]
    text = (
        f"{contour.emotion}: median contour of {contour.n} recordings, from {np.nanmin(median):.1f} to "
        f"{np.nanmax(median):.1f} semitones"
    )
    left, bottom = index % ACROSS == 0, index + ACROSS >= len(contours)
    draw = partial(_draw, contour=contour, contours=contours, left=left, bottom=bottom)
    return Panel(draw, 2.9, 2.3, text)


def _draw(axes: Axes, contour: Contour, contours: Sequence[Contour], *, left: bool, bottom: bool) -> None:
    """Draw one emotion in front of all others, with a common scale; `left` and `bottom` axes are labelled."""
    time = np.linspace(0, 100, POINTS)
    colour = label_colours([other.emotion for other in contours])[contour.emotion]
    axes.axhline(0, color=MUTED, linestyle="--", linewidth=0.9)
    for other in contours:
        axes.plot(time, other.quartiles[1], color=PALE, linewidth=0.8, zorder=1.5)
    low, median, high = contour.quartiles
    axes.fill_between(time, low, high, color=colour, alpha=0.2, linewidth=0, zorder=2)
    axes.plot(time, median, color=colour, linewidth=2.2, zorder=3)
    axes.set_title(literal(contour.emotion), loc="left", fontsize=10, fontweight="bold", color=colour)
    axes.set_title(f"n {contour.n:,}", loc="right", fontsize=8, color=MUTED)
    lowest = min(np.nanmin(other.quartiles) for other in contours)
    highest = max(np.nanmax(other.quartiles) for other in contours)
    axes.set(xlim=(0, 100), ylim=(np.floor(lowest) - 0.5, np.ceil(highest) + 0.5))
    axes.set(xlabel="time (%)" if bottom else None, ylabel="semitones" if left else None)
    axes.xaxis.set_major_locator(MultipleLocator(50))
    axes.yaxis.set_major_locator(MultipleLocator(6 if highest - lowest > 12 else 2))
