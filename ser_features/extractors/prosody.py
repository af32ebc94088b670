"""F0 contour → pitch statistics and frames; with its periods → jitter and shimmer.

Praat finds the periods even where another method computed the contour: jitter and shimmer are always Praat's.
"""

import statistics

import numpy as np

from ser_features.config import PitchConfig
from ser_features.extractors.base import Analysis, ColumnExtractor, FrameExtractor
from ser_features.extractors.f0_contour import F0Contour
from ser_features.manifest import Column
from ser_features.praat import call

NAN = float("nan")


class Prosody(ColumnExtractor):
    """Intonation and voice quality, with Praat's autocorrelation pitch (Boersma 1993)."""

    name = "prosody"
    fixed_columns = (
        Column("pitch_mean", "float32", "Hz", "Mean F0 over voiced frames; null if nothing is voiced."),
        Column("pitch_median", "float32", "Hz", "Median F0 over voiced frames; null if nothing is voiced."),
        Column("pitch_std", "float32", "Hz", "Standard deviation of F0 over voiced frames."),
        Column("pitch_variation", "float32", "%", "100 · pitch_std / pitch_mean."),
        Column("voiced_ratio", "float32", "1", "Share of all pitch frames that are voiced, 0–1."),
        Column("jitter", "float32", "1", "Local jitter: mean change of neighbouring periods / mean period."),
        Column("shimmer", "float32", "1", "Local shimmer: the same for the periods' peak amplitudes."),
    )

    def extract(self, analysis: Analysis) -> dict[str, float]:
        """One value per column; NaN where the recording is too short or unvoiced."""
        contour = analysis.f0_contour
        if contour is None:
            return dict.fromkeys((column.name for column in self.fixed_columns), NAN)
        f0 = contour.f0
        return _statistics(f0[f0 > 0], f0.size) | _perturbation(contour, analysis.profile.pitch)


class Pitch(FrameExtractor):
    """The F0 contour on the frames of the spectrogram."""

    name = "pitch"
    unit = "Hz"
    description = "F0 in Hz of the pitch frame nearest to each frame of mel; NaN where unvoiced; one column."

    def extract(self, analysis: Analysis) -> np.ndarray:
        """float32, shape (frames, 1)."""
        if analysis.f0_contour is None:
            return np.full((analysis.frames, 1), np.nan, np.float32)
        return analysis.f0_contour.f0_at(analysis.frame_times)[:, np.newaxis]


def _statistics(voiced: np.ndarray, frames: int) -> dict[str, float]:
    if not voiced.size:
        unknown = dict.fromkeys(("pitch_mean", "pitch_median", "pitch_std", "pitch_variation"), NAN)
        return unknown | {"voiced_ratio": 0.0}
    mean, deviation = voiced.mean(), voiced.std()
    return {
        "pitch_mean": mean,
        "pitch_median": statistics.median(voiced.tolist()),  # several times as fast as np.median
        "pitch_std": deviation,
        "pitch_variation": 100 * deviation / mean,
        "voiced_ratio": voiced.size / frames,
    }


def _perturbation(contour: F0Contour, config: PitchConfig) -> dict[str, float]:
    """Jitter and shimmer over the whole recording; Praat itself returns NaN without enough periods."""
    pulses = call([contour.sound, contour.pitch], "To PointProcess (cc)")
    limits = (config.shortest_period, config.longest_period, config.max_period_factor)
    shimmer = call([contour.sound, pulses], "Get shimmer (local)", 0, 0, *limits, config.max_amplitude_factor)
    return {"jitter": call(pulses, "Get jitter (local)", 0, 0, *limits), "shimmer": shimmer}
