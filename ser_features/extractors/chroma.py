"""Power spectrum → chroma; chroma → tonal centroids (tonnetz).

Both are measures of music. In speech they say which harmonics of the voice are strong, whatever the octave.
"""

import numpy as np

from ser_features.extractors.base import Analysis
from ser_features.extractors.filters import tonal_basis


class Chroma:
    """Power of the twelve pitch classes, the strongest of each frame being 1.

    The classes are those of A4 = 440 Hz (`tuning=0` in librosa), not of a tuning estimated from each
    recording, as librosa does by default: speech has no tuning to find, a class would not be the same
    pitch in two recordings, and the estimate costs more than all frames of a recording together.
    """

    name = "chroma"
    version = 1
    unit = "1"
    description = "Power of the pitch classes C to B (A4 = 440 Hz) over that of the frame's strongest, 0–1."

    def extract(self, analysis: Analysis) -> np.ndarray:
        """float32, shape (frames, 12), 0–1; a silent frame has zeros."""
        return analysis.chroma


class Tonnetz:
    """Where the chroma of a frame lies on the circles of fifths, minor thirds and major thirds."""

    name = "tonnetz"
    version = 1
    unit = "1"
    description = "Centroid of the chroma on the circles of fifths, minor and major thirds: sine and cosine."

    def extract(self, analysis: Analysis) -> np.ndarray:
        """float32, shape (frames, 6), −1 to 1; a silent frame lies at the centre."""
        total = analysis.chroma.sum(axis=1, keepdims=True)
        return analysis.chroma @ tonal_basis() / np.maximum(total, np.finfo(np.float32).tiny)
