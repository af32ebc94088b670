"""Signal → duration, amplitude, RMS level, intensity and zero crossings."""

import numpy as np

from ser_features.extractors.base import Analysis
from ser_features.manifest import Column

FAINTEST_RMS = 1e-5
"""Frames below count as this in dB (−100 dB re full scale), so that silence has a finite level."""


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
        rate = analysis.zero_crossings
        return {"zcr_mean": rate.mean(), "zcr_std": rate.std()}
