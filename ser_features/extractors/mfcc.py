"""Log-mel spectrogram → MFCC: statistics of the whole recording, and frames with Δ and ΔΔ."""

import numpy as np

from ser_features.extractors.base import Analysis
from ser_features.extractors.framewise import moments
from ser_features.manifest import Column

COEFFICIENTS = 13
"""Number of MFCC in the core columns (coefficient 0 is the level)."""


class MfccStatistics:
    """Mean and standard deviation of each coefficient: the average timbre and how much it moves."""

    name = "mfcc_statistics"
    version = 1
    columns: tuple[Column, ...] = tuple(
        Column(f"mfcc_{short}_{index}", "float32", "1", f"{long} over frames of MFCC {index}.")
        for short, long in (("mean", "Mean"), ("std", "Standard deviation"))
        for index in range(COEFFICIENTS)
    )

    def extract(self, analysis: Analysis) -> dict[str, float]:
        """One value per column; always computable."""
        return moments("mfcc", analysis.mfcc)


class MfccFrames:
    """MFCC with their first and second time derivatives."""

    name = "mfcc"
    version = 1
    unit = "1"
    description = "MFCC, then their Δ, then their ΔΔ (Savitzky–Golay over 9 frames), per frame."

    def extract(self, analysis: Analysis) -> np.ndarray:
        """float32, shape (frames, 3 × n_mfcc)."""
        return np.hstack([analysis.mfcc, analysis.mfcc_delta, analysis.mfcc_delta2])
