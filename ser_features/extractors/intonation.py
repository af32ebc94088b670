"""F0 contour → course of the F0 without gaps, for models of frames.

`Analysis.f0_contour` → semitones over the recording's median → interpolated where unvoiced → Δ, voicing

Unlike `pitch` it has no NaN, and it says how the voice moves, not how high it is: the median of the recording
is subtracted, as the mean is in cepstral mean normalisation.
"""

from statistics import median

import numpy as np

from ser_features.extractors.base import Analysis, FrameExtractor
from ser_features.extractors.framewise import delta
from ser_features.framing import overlapping, zero_padded

MIN_VOICED = 3
"""With fewer voiced frames, the F0 is 0 throughout."""

NEIGHBOURS = 9
"""Frames over which the share of voiced ones is taken."""


class Intonation(FrameExtractor):
    """F0 relative to the recording's median, its derivative, and how much is voiced."""

    name = "intonation"
    unit = "1"
    description = (
        "F0 in semitones over the recording's median, interpolated where unvoiced; its Δ; and the share of "
        "voiced frames among the nearest nine."
    )

    def extract(self, analysis: Analysis) -> np.ndarray:
        """float32, shape (frames, 3); finite."""
        contour = analysis.f0_contour
        if contour is None:
            return np.zeros((analysis.frames, 3), np.float32)
        f0 = contour.f0_at(analysis.frame_times).astype(np.float64)
        height = relative_semitones(f0)[:, np.newaxis].astype(np.float32)
        change = delta(height, analysis.profile.frames.delta_width, 1)
        return np.hstack([height, change, _voiced_share(~np.isnan(f0))[:, np.newaxis]])


def relative_semitones(f0: np.ndarray) -> np.ndarray:
    """Semitones over the median of the voiced frames, linear between them, constant before and after.

    >>> relative_semitones(np.array([np.nan, 100, np.nan, 200, 200])).round(1).tolist()
    [-12.0, -12.0, -6.0, 0.0, 0.0]

    Args:
        f0: in Hz, shape (frames,); NaN where unvoiced.
    """
    voiced = np.flatnonzero(~np.isnan(f0))
    if voiced.size < MIN_VOICED:
        return np.zeros(f0.size)
    # NumPy's median takes longer for so few values.
    heights = 12 * np.log2(f0[voiced] / median(f0[voiced].tolist()))
    return np.interp(np.arange(f0.size), voiced, heights)


def _voiced_share(voiced: np.ndarray) -> np.ndarray:
    """Share of voiced frames among the `NEIGHBOURS` around each, beyond the ends unvoiced; float32."""
    padded = zero_padded(voiced.astype(np.float32), NEIGHBOURS // 2)
    return overlapping(padded, NEIGHBOURS, 1).mean(axis=1)
