"""Power spectrum → spectral contrast: how far the peaks of each octave rise above its valleys."""

from functools import lru_cache

import numpy as np

from ser_features.extractors.base import BLOCK_FRAMES, Analysis

OCTAVES = 6
"""Bands above the first, each an octave wide (librosa's `n_bands`)."""

LOWEST_HZ = 200.0
"""Upper edge of the first band, which begins at 0 Hz (librosa's `fmin`)."""

QUANTILE = 0.02
"""Share of a band's bins, at least one, that is averaged as its peaks and as its valleys."""

FAINTEST = 1e-10
TOP_DB = 80.0
"""Floor of peaks and valleys, and their range below the recording's largest, as in `power_to_db`."""


class Contrast:
    """Peaks over valleys in seven bands: high for voiced and clear sounds, low for breath and noise.

    Valleys 90 dB below the strongest bin of their frame are rounding errors of the Fourier transform, as in
    librosa: above the band limit of a recording (half its own sample rate) contrasts mean nothing.
    """

    name = "contrast"
    version = 1
    unit = "dB"
    description = (
        "Contrast of spectral peaks and valleys, 10·log10 of magnitudes: up to 200 Hz, then by octaves; "
        "the last band reaches to half the sample rate."
    )

    def extract(self, analysis: Analysis) -> np.ndarray:
        """float32, shape (frames, 7), ≥ 0; needs a sample rate above 12.8 kHz."""
        bands = _bands(analysis.sample_rate, analysis.profile.frames.n_fft)
        peaks = np.empty((len(analysis.power), len(bands)), np.float32)
        valleys = np.empty_like(peaks)
        for start in range(0, len(peaks), BLOCK_FRAMES):
            block = slice(start, start + BLOCK_FRAMES)
            for band, (bins, count) in enumerate(bands):
                valleys[block, band], peaks[block, band] = _extremes(analysis.power[block, bins], count)
        return _decibels(peaks) - _decibels(valleys)


def _extremes(power: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean magnitude of the `count` faintest and of the `count` strongest bins of each frame."""
    ordered = np.sort(power, axis=1)  # with vector instructions faster than partitioning at both ends
    return np.sqrt(ordered[:, :count]).mean(axis=1), np.sqrt(ordered[:, -count:]).mean(axis=1)


def _decibels(magnitude: np.ndarray) -> np.ndarray:
    # librosa takes magnitudes for powers here, so its contrasts are half of what they seem.
    decibels = 10 * np.log10(np.maximum(magnitude, np.float32(FAINTEST)))
    return np.maximum(decibels, decibels.max() - np.float32(TOP_DB))


@lru_cache(maxsize=8)
def _bands(sample_rate: int, n_fft: int) -> tuple[tuple[slice, int], ...]:
    """Bins of each band, and how many of them count as its peaks and as its valleys, as in librosa.

    A band begins with the last bin below its lower edge and ends before the last one within its upper edge.
    The last band takes all bins that are left. The count is of the bins before the cut at the upper edge.

    Raises:
        ValueError: if the last band would lie above half the sample rate.

    Source: Jiang et al., Music type classification by spectral contrast feature, ICME 2002.
    """
    lowest_rate = 2 * LOWEST_HZ * 2 ** (OCTAVES - 1)
    if sample_rate <= lowest_rate:
        raise ValueError(f"sample rate is {sample_rate} Hz, expected more than {lowest_rate:.0f} Hz")
    hertz = np.fft.rfftfreq(n_fft, 1 / sample_rate)
    edges = [0.0, *(LOWEST_HZ * 2.0**octave for octave in range(OCTAVES + 1))]
    bands = []
    for band in range(OCTAVES + 1):
        first = int(np.searchsorted(hertz, edges[band])) - (band > 0)
        last = int(np.searchsorted(hertz, edges[band + 1], side="right"))
        end = hertz.size if band == OCTAVES else last - 1
        size = (hertz.size if band == OCTAVES else last) - first
        bands.append((slice(first, end), max(round(QUANTILE * size), 1)))
    return tuple(bands)
