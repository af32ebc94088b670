"""Signal → duration, amplitude, RMS level, intensity and zero crossings."""

from math import gcd

import numpy as np

from ser_features.extractors.base import Analysis
from ser_features.manifest import Column
from ser_features.preprocess import frame_sums

FAINTEST_RMS = 1e-5
"""Frames below count as this in dB (−100 dB re full scale), so that silence has a finite level."""

CROSSING_THRESHOLD = 1e-10
"""Samples this close to zero have no sign (librosa's default)."""


class Level:
    """How long and how loud: statistics of samples and of RMS frames."""

    name = "level"
    version = 1
    columns: tuple[Column, ...] = (
        Column("duration_sec", "float32", "s", "Duration of the analysed signal (after trimming)."),
        Column("sample_rate", "float32", "Hz", "Sample rate of the analysed signal."),
        Column("mean_amplitude", "float32", "1", "Mean absolute sample value; full scale is 1."),
        Column("peak_amplitude", "float32", "1", "Largest absolute sample value; full scale is 1."),
        Column("rms_mean", "float32", "1", "Mean over frames of the root mean square; full scale is 1."),
        Column("rms_std", "float32", "1", "Standard deviation over frames of the root mean square."),
        Column("intensity_db_mean", "float32", "dB", "Mean over frames of 20·log10(max(RMS, 1e-5))."),
    )

    def extract(self, analysis: Analysis) -> dict[str, float]:
        """One value per column; always computable."""
        amplitude = np.abs(analysis.signal)
        return {
            "duration_sec": analysis.seconds,
            "sample_rate": analysis.sample_rate,
            "mean_amplitude": amplitude.mean(dtype=np.float64),
            "peak_amplitude": amplitude.max(),
            "rms_mean": analysis.rms.mean(),
            "rms_std": analysis.rms.std(),
            "intensity_db_mean": (20 * np.log10(np.maximum(analysis.rms, FAINTEST_RMS))).mean(),
        }


class ZeroCrossings:
    """How often the signal changes its sign, per frame: a cheap measure of noisiness."""

    name = "zero_crossings"
    version = 1
    columns: tuple[Column, ...] = (
        Column("zcr_mean", "float32", "1", "Mean over frames of the share of samples at a sign change, 0–1."),
        Column("zcr_std", "float32", "1", "Standard deviation over frames of that share."),
    )

    def extract(self, analysis: Analysis) -> dict[str, float]:
        """One value per column; always computable."""
        rate = zero_crossing_rate(
            analysis.signal, analysis.profile.frames.frame_length, analysis.profile.frames.hop_length
        )
        return {"zcr_mean": rate.mean(), "zcr_std": rate.std()}


def zero_crossing_rate(signal: np.ndarray, frame_length: int, hop_length: int) -> np.ndarray:
    """Share of sign changes per centred frame, as `librosa.feature.zero_crossing_rate`.

    Args:
        signal: shape (n,).
        frame_length: in samples.
        hop_length: in samples.

    Returns:
        float64, shape (1 + n // hop_length,), 0–1; changes between frames are not counted.
    """
    negative = np.pad(signal < -CROSSING_THRESHOLD, frame_length // 2, mode="edge")
    changes = np.zeros(negative.size, np.int8)
    np.not_equal(negative[1:], negative[:-1], out=changes[1:].view(bool))
    block = gcd(frame_length, hop_length)
    blocks = changes[: changes.size // block * block].reshape(-1, block).sum(axis=1, dtype=np.int32)
    counts = frame_sums(blocks, frame_length // block, hop_length // block)
    # A change from the sample before the frame to its first one lies between two frames.
    return (counts - changes[: counts.size * hop_length : hop_length]) / frame_length
