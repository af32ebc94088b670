"""Mel spectrograms on axes, and the position of frequencies on them."""

import numpy as np
from matplotlib.axes import Axes

from ser_features.extractors.framewise import hz_to_mel

FLOOR_DB = 80.0
"""Levels this far below the maximum, in dB, are drawn black."""


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
