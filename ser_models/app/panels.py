"""The figures of one recording: what was heard, and how the answer moves from window to window.

`Hearing` → `recording` (waveform, attention, mel spectrogram, F0) and `timeline` → `Panel`s → `svg.inline`
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ser_models.inference.inspection import Hearing
from ser_models.reporting.figures.attention import draw_attention
from ser_models.reporting.figures.picture import (
    BLUE,
    EMOTION_COLOURS,
    GRID,
    MUTED,
    Panel,
    in_percent,
    legend,
)
from ser_models.reporting.figures.spectrogram import band_of, draw_spectrogram

WIDTH, NARROW = 9.4, 4.3
"""Inches of a figure on a wide page, and on a telephone."""
COLUMNS = 700
"""Times that a waveform or spectrogram is drawn at, at most: more than a screen shows of it."""
HERTZ = (250, 500, 1000, 2000, 4000, 8000, 16000)
"""Frequencies that the axis names, as far as the spectrogram reaches."""
CONTOUR, EDGE = "#7fe3ff", "#0b0e12"
"""The pitch contour and its edge, on a spectrogram that is dark by day and by night."""
NAMED = 0.15
"""An emotion that no window gives more than this is not told from others like it."""
OTHERS = "others"

Window = Mapping[str, Any]
"""start and end in s, emotion (None in silence), probabilities by emotion."""


def recording(hearing: Hearing, *, width: float = WIDTH) -> Panel:
    """Draw the waveform above the mel spectrogram with its F0, and the attention between them."""
    text = f"{_sound(hearing)}, as waveform and mel spectrogram. {_pitch_said(hearing.pitch)}"
    if hearing.attention is not None:
        peak = hearing.start_sec + (np.argmax(hearing.attention) + 0.5) * hearing.hop_sec
        text += f" The model attends most to {peak:.1f} s."
    height = 4.0 if hearing.attention is None else 4.6
    return Panel(lambda axes: _draw_recording(axes, hearing), width, height * min(1.0, width / 5), text)


def timeline(windows: Sequence[Window], labels: Sequence[str], *, width: float = WIDTH) -> Panel:
    """Draw the probabilities of each window as a column, the emotions stacked in it."""
    wide = width == WIDTH
    return Panel(
        lambda axes: _draw_timeline(axes, windows, labels, 9 if wide else 4),
        width,
        2.9 if wide else 3.1,
        timeline_said(windows),
    )


def timeline_said(windows: Sequence[Window]) -> str:
    """Say which emotion each window is taken for."""
    said = [
        f"{window['start']:.1f} to {window['end']:.1f} s {window['emotion'] or 'silence'}"
        for window in windows
    ]
    return f"Emotion by window: {', '.join(said)}"


def _sound(hearing: Hearing) -> str:
    end = hearing.start_sec + len(hearing.signal) / hearing.sample_rate
    return f"Sound from {hearing.start_sec:.1f} to {end:.1f} s"


def _pitch_said(pitch: np.ndarray) -> str:
    voiced = pitch[np.isfinite(pitch)]
    if not voiced.size:
        return "No pitch was found."
    return (
        f"Pitch (F0) between {voiced.min():.0f} and {voiced.max():.0f} Hz, median {np.median(voiced):.0f} Hz."
    )


def _draw_recording(axes: Axes, hearing: Hearing) -> None:
    bands = hearing.mel.shape[1]
    start, end = hearing.start_sec, hearing.start_sec + len(hearing.mel) * hearing.hop_sec
    draw_spectrogram(axes, pooled(hearing.mel, COLUMNS), (start, end))
    times = start + (np.arange(len(hearing.pitch)) + 0.5) * hearing.hop_sec
    places = band_of(hearing.pitch, hearing.sample_rate, bands)
    axes.plot(times, places, color=EDGE, linewidth=3.2, solid_capstyle="round")
    axes.plot(times, places, color=CONTOUR, linewidth=1.5, solid_capstyle="round", label="pitch (F0)")
    top = 1.05 * bands
    if hearing.attention is not None and hearing.attention.any():
        heard = hearing.attention > 0
        draw_attention(axes, hearing.attention[heard], times[heard], foot=top, height=0.3 * bands)
        top += 0.38 * bands
    _waveform(axes, hearing, middle=top + 0.24 * bands, height=0.22 * bands)
    reached = [hertz for hertz in HERTZ if hertz <= hearing.sample_rate / 2]
    axes.set_yticks(
        band_of(np.array(reached, float), hearing.sample_rate, bands),
        [f"{hertz:,}" for hertz in reached],
    )
    axes.set(xlabel="time (s)", xlim=(start, end), ylim=(0, top + 0.5 * bands))
    axes.set_ylabel("frequency (Hz, mel scale)", y=bands / (top + 0.5 * bands) / 2)
    axes.grid(False)
    legend(axes, columns=3)


def _waveform(axes: Axes, hearing: Hearing, *, middle: float, height: float) -> None:
    """Draw the signal's envelope, as high as its own peak."""
    high, low = (
        pooled(hearing.signal[:, None], COLUMNS)[:, 0],
        -pooled(-hearing.signal[:, None], COLUMNS)[:, 0],
    )
    peak = max(float(np.abs(hearing.signal).max()), 1e-9)
    step = len(hearing.signal) / hearing.sample_rate / len(high)
    times = hearing.start_sec + (np.arange(len(high)) + 0.5) * step
    axes.fill_between(
        times, middle + height * low / peak, middle + height * high / peak, color=BLUE, linewidth=0.4
    )


def pooled(values: np.ndarray, most: int) -> np.ndarray:
    """Keep the largest of neighbouring rows, so that at most `most` are left.

    >>> pooled(np.arange(10.0)[:, None], 4).ravel().tolist()
    [2.0, 5.0, 8.0, 9.0]
    """
    step = -(-len(values) // most)
    if step == 1:
        return values
    return np.maximum.reduceat(values, np.arange(0, len(values), step), axis=0)


def _draw_timeline(axes: Axes, windows: Sequence[Window], labels: Sequence[str], columns: int) -> None:
    edges = borders(windows)
    widths, named = np.diff(edges), _named(windows, labels)
    foot = np.zeros(len(windows))
    for label in (*named, OTHERS):
        drawn = [label] if label != OTHERS else [each for each in labels if each not in named]
        heights = np.array(
            [sum(window["probabilities"].get(each, 0.0) for each in drawn) for window in windows]
        )
        if drawn:
            colour = EMOTION_COLOURS.get(label, GRID)
            axes.bar(edges[:-1], heights, widths, foot, align="edge", color=colour, label=label, linewidth=0)
        foot += heights
    for place in np.flatnonzero(foot == 0):
        axes.text(edges[place] + widths[place] / 2, 0.5, "silence", rotation=90, ha="center", va="center",
                  fontsize=8, color=MUTED)  # fmt: skip
    axes.vlines(edges[1:-1], 0, 1, color="#ffffff", linewidth=1)
    axes.set(xlim=(edges[0], edges[-1]), ylim=(0, 1), xlabel="time (s)", ylabel="probability")
    in_percent(axes.yaxis)
    axes.grid(False)
    legend(axes, columns=columns)


def borders(windows: Sequence[Window]) -> np.ndarray:
    """Cut the time between windows that overlap, so that each has a column of its own; (windows + 1,), in s.

    >>> borders([{"start": 0, "end": 3}, {"start": 1, "end": 4}, {"start": 2, "end": 5}]).tolist()
    [0.0, 2.0, 3.0, 5.0]
    """
    centres = np.array([(window["start"] + window["end"]) / 2 for window in windows])
    between = (centres[:-1] + centres[1:]) / 2
    return np.concatenate([[windows[0]["start"]], between, [windows[-1]["end"]]]).astype(float)


def _named(windows: Sequence[Window], labels: Sequence[str]) -> list[str]:
    """The emotions that some window holds for more than unlikely."""
    most = {label: max(window["probabilities"].get(label, 0.0) for window in windows) for label in labels}
    return [label for label in labels if most[label] > NAMED]
