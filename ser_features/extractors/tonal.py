"""Power spectrum → chroma, tonal centroids (tonnetz) and spectral contrast, by librosa on the shared STFT.

`Analysis.power` → `librosa.feature` (S=…) → transposed to (frames, bands)

These are measures of music. In speech they say which harmonics of the voice are strong and how far they rise
above the noise. librosa is imported on first use, as no model that is recommended reads these families.
"""

import numpy as np

from ser_features.caches import librosa_feature
from ser_features.extractors.base import Analysis, FrameExtractor

MIN_SAMPLE_RATE = 12_800
"""Twice the lower edge of the last contrast band, in Hz."""


class Chroma(FrameExtractor):
    """Power of the twelve pitch classes, relative to the strongest class of the frame.

    The classes are those of A4 = 440 Hz (`tuning=0`). librosa's default estimates a tuning per recording:
    speech has none, the same pitch would fall into different classes in two recordings, and the estimate
    takes longer than all frames together.
    """

    name = "chroma"
    unit = "1"
    description = "Power of the pitch classes C to B (A4 = 440 Hz) over that of the frame's strongest, 0–1."

    def extract(self, analysis: Analysis) -> np.ndarray:
        """float32, shape (frames, 12), 0–1; a silent frame has zeros."""
        return analysis.chroma


class Tonnetz(FrameExtractor):
    """Centroid of the chroma on the circles of fifths, minor thirds and major thirds.

    Source: Harte, Sandler & Gasser, Detecting harmonic change in musical audio, 2006.
    """

    name = "tonnetz"
    unit = "1"
    description = "Centroid of the chroma on the circles of fifths, minor and major thirds: sine and cosine."

    def extract(self, analysis: Analysis) -> np.ndarray:
        """float32, shape (frames, 6), −1 to 1; a silent frame has zeros."""
        return librosa_feature().tonnetz(chroma=analysis.chroma.T).T.astype(np.float32)


class Contrast(FrameExtractor):
    """Level difference of spectral peaks and valleys in seven bands: high for voiced sounds, low for noise.

    Valleys 90 dB below the strongest bin of their frame are rounding errors of the Fourier transform: above
    the band limit of a recording (half its own sample rate) the values have no meaning. librosa takes
    magnitudes for powers, so they are half of the difference in dB.

    Source: Jiang et al., Music type classification by spectral contrast feature, ICME 2002.
    """

    name = "contrast"
    unit = "dB"
    description = (
        "Contrast of spectral peaks and valleys, 10·log10 of magnitudes: up to 200 Hz, then by octaves; "
        "the last band reaches to half the sample rate."
    )

    def extract(self, analysis: Analysis) -> np.ndarray:
        """float32, shape (frames, 7), ≥ 0.

        Raises:
            ValueError: if the last band would lie above half the sample rate.
        """
        if analysis.sample_rate <= MIN_SAMPLE_RATE:
            raise ValueError(
                f"sample rate is {analysis.sample_rate} Hz, expected more than {MIN_SAMPLE_RATE} Hz"
            )
        contrast = librosa_feature().spectral_contrast(S=analysis.magnitude.T, sr=analysis.sample_rate)
        return contrast.T.astype(np.float32)
