"""Log-mel spectrogram → mel frames; MFCC statistics of the recording; MFCC frames with Δ and ΔΔ."""

import numpy as np

from ser_features.extractors.base import Analysis, ColumnExtractor, FrameExtractor
from ser_features.extractors.framewise import moments
from ser_features.manifest import Column

COEFFICIENTS = 13
"""Number of MFCC in the core columns; coefficient 0 is the level."""


class Mel(FrameExtractor):
    """The log-mel spectrogram."""

    name = "mel"
    unit = "dB"
    description = (
        "Log-mel power in dB re 1, clipped 80 dB below the recording's maximum; one column per band."
    )

    def extract(self, analysis: Analysis) -> np.ndarray:
        """float32, shape (frames, n_mels)."""
        return analysis.mel_db


class MfccStatistics(ColumnExtractor):
    """Mean and standard deviation over frames of each MFCC."""

    name = "mfcc_statistics"
    fixed_columns = tuple(
        Column(f"mfcc_{short}_{index}", "float32", "1", f"{long} over frames of MFCC {index}.")
        for short, long in (("mean", "Mean"), ("std", "Standard deviation"))
        for index in range(COEFFICIENTS)
    )

    def extract(self, analysis: Analysis) -> dict[str, float]:
        """One value per column; always computable."""
        return moments("mfcc", analysis.mfcc)


class MfccFrames(FrameExtractor):
    """MFCC with their first and second time derivatives."""

    name = "mfcc"
    unit = "1"
    description = "MFCC, then their Δ, then their ΔΔ (Savitzky–Golay over 9 frames), per frame."

    def extract(self, analysis: Analysis) -> np.ndarray:
        """float32, shape (frames, 3 × n_mfcc)."""
        return np.hstack([analysis.mfcc, analysis.mfcc_delta, analysis.mfcc_delta2])
