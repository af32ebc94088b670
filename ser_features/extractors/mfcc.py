"""Log-mel spectrogram → MFCC: statistics of the whole recording, and frames with Δ and ΔΔ."""

from functools import lru_cache
from math import factorial

import numpy as np

from ser_features.extractors.base import Analysis
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
        coefficients = analysis.mfcc.astype(np.float64)
        values = np.concatenate([coefficients.mean(axis=0), coefficients.std(axis=0)])
        return dict(zip((column.name for column in self.columns), values, strict=True))


class MfccFrames:
    """MFCC with their first and second time derivatives."""

    name = "mfcc"
    version = 1
    unit = "1"
    description = "MFCC, then their Δ, then their ΔΔ (Savitzky–Golay over 9 frames), per frame."

    def extract(self, analysis: Analysis) -> np.ndarray:
        """float32, shape (frames, 3 × n_mfcc)."""
        width = analysis.profile.frames.delta_width
        return np.hstack([analysis.mfcc, delta(analysis.mfcc, width, 1), delta(analysis.mfcc, width, 2)])


def delta(values: np.ndarray, width: int, order: int) -> np.ndarray:
    """Local estimate of a time derivative, as `librosa.feature.delta`.

    A polynomial of degree `order` is fitted to `width` neighbouring frames (Savitzky & Golay 1964). Its
    derivative of that order is constant, so the frames at both ends share the first and the last fit.
    Sequences shorter than `width` are continued with their last frame (librosa refuses them).

    Args:
        values: float32, shape (frames, features).
        width: odd number of frames.
        order: 1 for Δ, 2 for ΔΔ.

    Returns:
        float32, same shape, per frame (to the power of `order`).
    """
    frames = len(values)
    padded = np.pad(values, ((0, max(width - frames, 0)), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, width, axis=0)
    inner = windows @ _derivative_weights(width, order)
    return np.pad(inner, ((width // 2, width // 2), (0, 0)), mode="edge")[:frames]


@lru_cache(maxsize=8)
def _derivative_weights(width: int, order: int) -> np.ndarray:
    """Weights of `width` frames for the `order`-th derivative of the polynomial fitted to them."""
    positions = np.arange(width) - width // 2
    powers = np.vander(positions, order + 1, increasing=True)
    return (factorial(order) * np.linalg.pinv(powers)[order]).astype(np.float32)
