"""How the pitch moves, emotion by emotion: the melody of a typical recording.

`Store` → F0 frames of `Recordings` → `semitones` from the speaker's own median → `stretched` to 0–100 % →
per emotion: median and quartiles at each moment (`Melody`) → `Drawing`
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator

from ser_features.errors import InputError
from ser_features.store import Store
from ser_models.reporting.figures.picture import EMOTION_COLOURS, MUTED, Drawing, Panel, Picture
from ser_models.reporting.figures.recordings import FRAMES, Recordings, sample

FAMILY = "pitch"
MOMENTS = 50
"""Places between the first and the last voiced frame."""
QUARTILES = (25, 50, 75)
FEWEST = 5
"""With fewer voiced recordings, no quartiles are drawn of a moment."""
ACROSS = 3
"""Panels beside each other."""
PALE = "#c3cad2"
"""Of the other emotions."""


@dataclass(frozen=True)
class Melody:
    """The contours of one emotion.

    Attributes:
        emotion: which.
        n: recordings with a voiced frame.
        quartiles: in semitones from the speakers' own medians, float64, shape (3, MOMENTS); NaN where fewer
            than `FEWEST` recordings are voiced.
    """

    emotion: str
    n: int
    quartiles: np.ndarray


def drawing(store: Store, datasets: Sequence[str] | None = None) -> Drawing:
    """Draw the median F0 contour of each emotion, with the band in which half of the recordings lie.

    Args:
        store: an open store, with frames of pitch.
        datasets: corpora to draw; all by default.

    Raises:
        InputError: if there is no such corpus, the store holds no frames of pitch, or too little is voiced.
    """
    recordings = sample(store, FRAMES, datasets)
    melodies = _melodies(recordings, [frames[:, 0] for frames in store.frames(recordings.rows, FAMILY)])
    panels = tuple(_panel(melodies, place) for place in range(len(melodies)))
    picture = Picture("contours", "Pitch contours by emotion", panels, across=min(ACROSS, len(panels)))
    said = [
        recordings.said(),
        "F0 in semitones from the median of the speaker's own voiced frames in these recordings, so that "
        "high and low voices compare. Time runs from the first to the last voiced frame. Line and band: "
        "median and quartiles of the recordings that are voiced at that moment. Grey: the other emotions.",
    ]
    return Drawing(picture, said)


def semitones(frequencies: Sequence[np.ndarray], speakers: np.ndarray) -> list[np.ndarray]:
    """Place contours on a scale on which all speakers have their median at 0.

    Args:
        frequencies: F0 in Hz of each recording, shape (frames,), NaN where unvoiced.
        speakers: of each recording, shape (recordings,).

    Returns:
        Semitones of each recording, shape (frames,), NaN where unvoiced.
    """
    medians = {}
    for speaker in set(speakers):
        own = [f0 for f0, whose in zip(frequencies, speakers, strict=True) if whose == speaker]
        voiced = np.concatenate([f0[np.isfinite(f0)] for f0 in own])
        medians[speaker] = np.median(voiced) if len(voiced) else np.nan
    return [12 * np.log2(f0 / medians[speaker]) for f0, speaker in zip(frequencies, speakers, strict=True)]


def stretched(contour: np.ndarray) -> np.ndarray | None:
    """Give a contour `MOMENTS` values from its first to its last voiced frame, each of the nearest frame.

    Args:
        contour: shape (frames,), NaN where unvoiced.

    Returns:
        shape (MOMENTS,), NaN where unvoiced; None if nothing is voiced.
    """
    voiced = np.flatnonzero(np.isfinite(contour))
    if not len(voiced):
        return None
    return contour[np.rint(np.linspace(voiced[0], voiced[-1], MOMENTS)).astype(int)]


def _melodies(recordings: Recordings, frequencies: Sequence[np.ndarray]) -> list[Melody]:
    raised = semitones(frequencies, recordings.speakers)
    emotions = recordings.rows["emotion"].to_numpy()
    found = []
    for emotion in recordings.emotions:
        drawn = [stretched(raised[place]) for place in np.flatnonzero(emotions == emotion)]
        table = np.array([each for each in drawn if each is not None]).reshape(-1, MOMENTS)
        known = np.isfinite(table).sum(axis=0) >= FEWEST
        quartiles = np.full((len(QUARTILES), MOMENTS), np.nan)
        if known.any():
            quartiles[:, known] = np.nanpercentile(table[:, known], QUARTILES, axis=0)
            found.append(Melody(emotion, len(table), quartiles))
    if not found:
        raise InputError(
            f"no emotion has {FEWEST} recordings with a voiced frame: expected some: extract more"
        )
    return found


def _panel(melodies: Sequence[Melody], place: int) -> Panel:
    melody = melodies[place]
    middle = melody.quartiles[1]
    text = (
        f"{melody.emotion}: median contour of {melody.n} recordings, from {np.nanmin(middle):.1f} to "
        f"{np.nanmax(middle):.1f} semitones"
    )
    draw = partial(
        _draw, chosen=melody, others=melodies, left=place % ACROSS == 0, low=place + ACROSS >= len(melodies)
    )
    return Panel(draw, 2.9, 2.3, text)


def _draw(axes: Axes, chosen: Melody, others: Sequence[Melody], *, left: bool, low: bool) -> None:
    """Draw one emotion before all others, on the scale of all; `left` and `low` axes are named."""
    time = np.linspace(0, 100, MOMENTS)
    colour = EMOTION_COLOURS[chosen.emotion]
    axes.axhline(0, color=MUTED, linestyle="--", linewidth=0.9)
    for other in others:
        axes.plot(time, other.quartiles[1], color=PALE, linewidth=0.8, zorder=1.5)
    axes.fill_between(
        time, chosen.quartiles[0], chosen.quartiles[2], color=colour, alpha=0.2, linewidth=0, zorder=2
    )
    axes.plot(time, chosen.quartiles[1], color=colour, linewidth=2.2, zorder=3)
    axes.set_title(chosen.emotion, loc="left", fontsize=10, fontweight="bold", color=colour)
    axes.set_title(f"n {chosen.n:,}", loc="right", fontsize=8, color=MUTED)
    lowest = min(np.nanmin(each.quartiles) for each in others)
    highest = max(np.nanmax(each.quartiles) for each in others)
    axes.set(xlim=(0, 100), ylim=(np.floor(lowest) - 0.5, np.ceil(highest) + 0.5))
    axes.set(xlabel="time (%)" if low else None, ylabel="semitones" if left else None)
    axes.xaxis.set_major_locator(MultipleLocator(50))
    axes.yaxis.set_major_locator(MultipleLocator(6 if highest - lowest > 12 else 2))
