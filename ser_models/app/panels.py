"""Figures of one recording: its signal and features, and the predictions for its windows.

`Inspection` → `recording` (waveform, attention, mel spectrogram, F0)
`WindowPrediction`s → `windows` (stacked probabilities)
both → `Panel` → `svg.inline`
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from ser_models.app.inspection import Inspection
from ser_models.inference.timeline import WindowPrediction, borders
from ser_models.reporting.figures.attention import draw_attention
from ser_models.reporting.figures.picture import (
    BLUE,
    GRID,
    MUTED,
    Panel,
    in_percent,
    label_colours,
    legend,
    literal,
)
from ser_models.reporting.figures.spectrogram import band_of, draw_spectrogram

WIDTH, NARROW = 9.4, 4.3
"""Width in inches of a figure on a wide page, and on a phone."""
MAX_COLUMNS = 700
"""Most time steps of a drawn waveform or spectrogram: more than a screen resolves."""
TICKS_HZ = (250, 500, 1000, 2000, 4000, 8000, 16000)
"""Tick labels of the frequency axis, as far as the spectrogram reaches."""
CONTOUR, EDGE = "#7fe3ff", "#0b0e12"
"""Colours of the F0 contour and its edge, on a spectrogram that is dark in light and dark mode."""
MIN_NAMED = 0.15
"""An emotion that exceeds this probability in no window is drawn as part of "others"."""
OTHERS = "others"


def recording(inspection: Inspection, *, width: float = WIDTH) -> Panel:
    """Draw the waveform above the mel spectrogram with its F0, and the attention weights between them."""
    analysis, attention = inspection.analysis, inspection.attention
    end = analysis.start_sec + len(analysis.signal) / analysis.sample_rate
    span = f"from {analysis.start_sec:.1f} to {end:.1f} s"
    text = f"Waveform and mel spectrogram {span}. {_f0_text(inspection.f0)}"
    if attention is not None:
        peak = analysis.start_sec + (np.argmax(attention) + 0.5) * inspection.hop_sec
        text += f" The attention weight is largest at {peak:.1f} s."
    height = 4.0 if attention is None else 4.6
    return Panel(lambda axes: _draw_recording(axes, inspection), width, height * min(1.0, width / 5), text)


def windows(predictions: Sequence[WindowPrediction], labels: Sequence[str], *, width: float = WIDTH) -> Panel:
    """Draw the probabilities of each window as a stacked column.

    Args:
        predictions: for the windows, in order of time.
        labels: the emotions of the model.
        width: of the figure, in inches.
    """
    wide = width == WIDTH
    emotions = [
        f"{window.start:.1f} to {window.end:.1f} s {window.emotion or 'silence'}" for window in predictions
    ]
    return Panel(
        lambda axes: _draw_windows(axes, predictions, labels, 9 if wide else 4),
        width,
        2.9 if wide else 3.1,
        f"Emotion by window: {', '.join(emotions)}",
    )


def _f0_text(f0: np.ndarray) -> str:
    voiced = f0[np.isfinite(f0)]
    if not voiced.size:
        return "No voiced frame."
    low, high, median = voiced.min(), voiced.max(), np.median(voiced)
    return f"F0 between {low:.0f} and {high:.0f} Hz, median {median:.0f} Hz."


def _draw_recording(axes: Axes, inspection: Inspection) -> None:
    mel, sample_rate, attention = inspection.mel, inspection.analysis.sample_rate, inspection.attention
    bands, start = mel.shape[1], inspection.analysis.start_sec
    end = start + len(mel) * inspection.hop_sec
    draw_spectrogram(axes, pooled(mel, MAX_COLUMNS), (start, end))
    times = start + (np.arange(len(inspection.f0)) + 0.5) * inspection.hop_sec
    contour = band_of(inspection.f0, sample_rate, bands)
    axes.plot(times, contour, color=EDGE, linewidth=3.2, solid_capstyle="round")
    axes.plot(times, contour, color=CONTOUR, linewidth=1.5, solid_capstyle="round", label="F0")
    top = 1.05 * bands
    if attention is not None and attention.any():
        used = attention > 0
        draw_attention(axes, attention[used], times[used], foot=top, height=0.3 * bands)
        top += 0.38 * bands
    _draw_waveform(axes, inspection, middle=top + 0.24 * bands, height=0.22 * bands)
    ticks = [hertz for hertz in TICKS_HZ if hertz <= sample_rate / 2]
    axes.set_yticks(band_of(np.array(ticks, float), sample_rate, bands), [f"{hertz:,}" for hertz in ticks])
    axes.set(xlabel="time (s)", xlim=(start, end), ylim=(0, top + 0.5 * bands))
    axes.set_ylabel("frequency (Hz, mel scale)", y=bands / (top + 0.5 * bands) / 2)
    axes.grid(False)
    legend(axes, columns=3)


def _draw_waveform(axes: Axes, inspection: Inspection, *, middle: float, height: float) -> None:
    """Draw the envelope of the signal, scaled to its peak."""
    analysis = inspection.analysis
    signal = analysis.signal[:, None]
    high, low = pooled(signal, MAX_COLUMNS)[:, 0], -pooled(-signal, MAX_COLUMNS)[:, 0]
    scale = height / max(float(np.abs(signal).max()), 1e-9)
    step = len(signal) / analysis.sample_rate / len(high)
    times = analysis.start_sec + (np.arange(len(high)) + 0.5) * step
    axes.fill_between(times, middle + scale * low, middle + scale * high, color=BLUE, linewidth=0.4)


def pooled(values: np.ndarray, most: int) -> np.ndarray:
    """Reduce neighbouring rows to their maximum, so that at most `most` rows remain.

    >>> pooled(np.arange(10.0)[:, None], 4).ravel().tolist()
    [2.0, 5.0, 8.0, 9.0]
    """
    step = -(-len(values) // most)
    if step == 1:
        return values
    return np.maximum.reduceat(values, np.arange(0, len(values), step), axis=0)


def _draw_windows(
    axes: Axes, predictions: Sequence[WindowPrediction], labels: Sequence[str], columns: int
) -> None:
    edges = borders(predictions)
    widths = np.diff(edges)
    values = np.array([[window.probabilities.get(label, 0.0) for label in labels] for window in predictions])
    named = values.max(axis=0) > MIN_NAMED
    bars = [(label, values[:, index]) for index, label in enumerate(labels) if named[index]]
    if not named.all():
        bars.append((OTHERS, values[:, ~named].sum(axis=1)))
    foot = np.zeros(len(predictions))
    colours = label_colours(labels) | {OTHERS: GRID}
    for label, heights in bars:
        colour = colours[label]
        axes.bar(
            edges[:-1], heights, widths, foot, align="edge", color=colour, label=literal(label), linewidth=0
        )
        foot += heights
    for index in np.flatnonzero(foot == 0):
        axes.text(edges[index] + widths[index] / 2, 0.5, "silence", rotation=90, ha="center", va="center",
                  fontsize=8, color=MUTED)  # fmt: skip
    axes.vlines(edges[1:-1], 0, 1, color="#ffffff", linewidth=1)
    axes.set(xlim=(edges[0], edges[-1]), ylim=(0, 1), xlabel="time (s)", ylabel="probability")
    in_percent(axes.yaxis)
    axes.grid(False)
    legend(axes, columns=columns)
