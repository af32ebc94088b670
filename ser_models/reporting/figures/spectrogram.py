"""Mel spectrograms and waveforms on axes, and the position of frequencies on them."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from ser_features.extractors.base import Analysis
from ser_features.extractors.framewise import hz_to_mel
from ser_models.reporting.figures.picture import BLUE

FLOOR_DB = 80.0
"""Levels this far below the maximum, in dB, are drawn black."""
KILOHERTZ = (0.25, 0.5, 1, 2, 4, 8, 16)
"""Ticks of the frequency axis."""
MOST_COLUMNS = 1500
"""A longer waveform is drawn by the lowest and highest sample of so many parts."""


def draw_spectrogram(axes: Axes, mel: np.ndarray, extent: tuple[float, float]) -> None:
    """Draw mel bands in dB, band k from k to k + 1 on the y axis.

    Args:
        axes: to draw on.
        mel: (frames, bands).
        extent: start of the first frame and end of the last one, in s.
    """
    top = float(mel.max())
    axes.imshow(
        mel.T,
        origin="lower",
        aspect="auto",
        interpolation="none",
        cmap="magma",
        vmin=top - FLOOR_DB,
        vmax=top,
        extent=(*extent, 0, mel.shape[1]),
    )


def frequency_axis(axes: Axes, sample_rate: int, bands: int, kilohertz: Sequence[float] = KILOHERTZ) -> None:
    """Label the y axis of a mel spectrogram in kHz.

    Args:
        axes: with the spectrogram.
        sample_rate: of the signal, in Hz.
        bands: number of bands.
        kilohertz: ticks; those above half the sample rate are left out.
    """
    ticks = [kilo for kilo in kilohertz if 2000 * kilo <= sample_rate]
    heights = np.minimum(band_of(1000 * np.array(ticks), sample_rate, bands), bands)
    axes.set_yticks(heights, [f"{kilo:g}" for kilo in ticks])
    axes.set_ylim(0, bands)
    axes.grid(False)


def draw_analysis(axes: Axes, analysis: Analysis) -> None:
    """Draw the mel spectrogram of a recording in s and kHz, each frame centred on its time."""
    half = analysis.profile.frames.hop_length / analysis.sample_rate / 2
    draw_spectrogram(axes, analysis.mel_db, (-half, analysis.frame_times[-1] + half))
    frequency_axis(axes, analysis.sample_rate, analysis.mel_db.shape[1], KILOHERTZ[1:])
    axes.set_ylabel("frequency (kHz)")


def draw_waveform(axes: Axes, signal: np.ndarray, sample_rate: int) -> None:
    """Draw a signal over time in s.

    Args:
        axes: to draw on.
        signal: shape (n,).
        sample_rate: in Hz.
    """
    size = -(-signal.size // MOST_COLUMNS)
    parts = np.pad(signal, (0, -signal.size % size), mode="edge").reshape(-1, size)
    times = (np.arange(len(parts)) + 0.5) * size / sample_rate
    axes.fill_between(times, parts.min(axis=1), parts.max(axis=1), color=BLUE, linewidth=0.4)


def band_of(hertz: np.ndarray, sample_rate: int, bands: int) -> np.ndarray:
    """Position of frequencies on an axis of mel bands, where band k reaches from k to k + 1.

    Args:
        hertz: frequencies, 0 to half the sample rate; NaN stays NaN.
        sample_rate: of the signal, in Hz.
        bands: number of bands between 0 and half the sample rate (Slaney's mel scale).

    >>> band_of(np.array([0.0, 1000.0, 8000.0]), 16_000, 64).round(1).tolist()
    [-0.5, 21.0, 64.5]
    """
    mel = np.array([np.nan if np.isnan(value) else hz_to_mel(value) for value in np.atleast_1d(hertz)])
    return mel / hz_to_mel(sample_rate / 2) * (bands + 1) - 0.5
