"""Signal → F0 contour → periods → pitch statistics, jitter and shimmer.

The contour is Praat's own, or that of `pitch.track`, as the profile says. Praat finds the periods in either,
so that jitter and shimmer are Praat's in both cases.
"""

import statistics

import numpy as np
import parselmouth
from parselmouth.praat import call

from ser_features.config import PitchConfig
from ser_features.extractors.base import Analysis
from ser_features.extractors.pitch import track
from ser_features.manifest import Column

NAN = float("nan")


class Prosody:
    """Intonation and voice quality, with Praat's autocorrelation pitch (Boersma 1993)."""

    name = "prosody"
    version = 1
    columns: tuple[Column, ...] = (
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
        config = analysis.profile.pitch
        # Praat refuses signals shorter than its window of three longest periods.
        if analysis.seconds < 3 / config.floor + 1 / analysis.sample_rate:
            return dict.fromkeys((column.name for column in self.columns), NAN)
        sound = parselmouth.Sound(analysis.signal.astype(np.float64), analysis.sample_rate)
        pitch = _by_praat(sound, config) if config.method == "praat" else _by_track(sound, analysis)
        f0 = pitch.selected_array["frequency"]
        return _statistics(f0[f0 > 0], f0.size) | _perturbation(sound, pitch, config)


def _by_praat(sound: parselmouth.Sound, config: PitchConfig) -> parselmouth.Pitch:
    return sound.to_pitch_ac(
        time_step=config.time_step, pitch_floor=config.floor, pitch_ceiling=config.ceiling
    )


def _by_track(sound: parselmouth.Sound, analysis: Analysis) -> parselmouth.Pitch:
    """Our contour as an object of Praat's, which it makes of a matrix with a row."""
    config = analysis.profile.pitch
    contour = track(
        analysis.signal,
        analysis.sample_rate,
        floor=config.floor,
        ceiling=config.ceiling,
        step=config.time_step,
    )
    times = (sound.xmin, sound.xmax, contour.f0.size, contour.step, contour.start)
    matrix = call("Create Matrix", "contour", *times, 1, 1, 1, 1, 1, "0")
    matrix.values[0] = contour.f0
    return call(matrix, "To Pitch")


def _statistics(voiced: np.ndarray, frames: int) -> dict[str, float]:
    if not voiced.size:
        unknown = dict.fromkeys(("pitch_mean", "pitch_median", "pitch_std", "pitch_variation"), NAN)
        return unknown | {"voiced_ratio": 0.0}
    mean, deviation = voiced.mean(), voiced.std()
    return {
        "pitch_mean": mean,
        "pitch_median": statistics.median(voiced.tolist()),  # a fraction of the time that NumPy's takes
        "pitch_std": deviation,
        "pitch_variation": 100 * deviation / mean,
        "voiced_ratio": voiced.size / frames,
    }


def _perturbation(
    sound: parselmouth.Sound, pitch: parselmouth.Pitch, config: PitchConfig
) -> dict[str, float]:
    """Jitter and shimmer over the whole recording; Praat itself returns NaN without enough periods."""
    pulses = call([sound, pitch], "To PointProcess (cc)")
    limits = (config.shortest_period, config.longest_period, config.max_period_factor)
    shimmer = call([sound, pulses], "Get shimmer (local)", 0, 0, *limits, config.max_amplitude_factor)
    return {"jitter": call(pulses, "Get jitter (local)", 0, 0, *limits), "shimmer": shimmer}
