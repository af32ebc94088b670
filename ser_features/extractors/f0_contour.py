"""Signal → F0 contour as Praat's Sound and Pitch, once per recording, for prosody, voice quality and frames.

The contour is Praat's own or that of `f0_tracker.track`, as the profile says.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ser_features.config import PitchConfig
from ser_features.extractors.f0_tracker import track
from ser_features.praat import call, parselmouth


@dataclass(frozen=True, slots=True)
class F0Contour:
    """The F0 contour of a recording, with the Praat objects that jitter and shimmer need.

    Attributes:
        sound: the signal.
        pitch: its F0 contour.
    """

    sound: parselmouth.Sound
    pitch: parselmouth.Pitch

    @property
    def f0(self) -> np.ndarray:
        """F0 of Praat's frames in Hz, float64, shape (pitch frames,); 0 where unvoiced."""
        return self.pitch.selected_array["frequency"]

    def f0_at(self, times: np.ndarray) -> np.ndarray:
        """F0 of the pitch frame nearest to each time.

        Args:
            times: in s, shape (n,).

        Returns:
            float32, shape (n,), in Hz; NaN where unvoiced, or further than a step from any pitch frame.
        """
        f0 = self._nearest(times, "frequency")
        return np.where(f0 > 0, f0, np.float32(np.nan))

    def strength_at(self, times: np.ndarray) -> np.ndarray:
        """Praat's periodicity of the pitch frame nearest to each time.

        Args:
            times: in s, shape (n,).

        Returns:
            float32, shape (n,), height of the autocorrelation's peak at the period, 0 to 1; 0 where unvoiced,
            or further than a step from any pitch frame.
        """
        return self._nearest(times, "strength")

    def _nearest(self, times: np.ndarray, field: Literal["frequency", "strength"]) -> np.ndarray:
        values = self.pitch.selected_array[field]  # Praat makes a copy at every access
        frames = np.rint((times - self.pitch.x1) / self.pitch.dx).astype(np.intp)
        inside = (frames >= 0) & (frames < values.size)
        nearest = np.zeros(times.size, np.float32)
        nearest[inside] = values[frames[inside]]
        return nearest


def compute_f0(signal: np.ndarray, sample_rate: int, config: PitchConfig) -> F0Contour | None:
    """Compute the F0 contour of a recording.

    Args:
        signal: float32, shape (n,).
        sample_rate: in Hz.
        config: range, step and method.

    Returns:
        None if the signal is shorter than the window (three of the longest periods), which Praat refuses.
    """
    if signal.size / sample_rate < 3 / config.floor + 1 / sample_rate:
        return None
    sound = parselmouth.Sound(signal.astype(np.float64), sample_rate)
    if config.method == "praat":
        limits = {"pitch_floor": config.floor, "pitch_ceiling": config.ceiling}
        return F0Contour(sound, sound.to_pitch_ac(time_step=config.time_step, **limits))
    return F0Contour(sound, _tracked(signal, sample_rate, config, sound))


def _tracked(
    signal: np.ndarray, sample_rate: int, config: PitchConfig, sound: parselmouth.Sound
) -> parselmouth.Pitch:
    """The contour of `track` as a Praat Pitch, which Praat makes from a matrix of one row."""
    contour = track(signal, sample_rate, floor=config.floor, ceiling=config.ceiling, step=config.time_step)
    times = (sound.xmin, sound.xmax, contour.f0.size, contour.step, contour.start)
    matrix = call("Create Matrix", "contour", *times, 1, 1, 1, 1, 1, "0")
    matrix.values[0] = contour.f0
    return call(matrix, "To Pitch")
