"""Signal → Praat's Sound and Pitch, once per recording: what prosody, voice quality and F0 frames share.

The contour is Praat's own, or that of `pitch.track`, as the profile says.
"""

from dataclasses import dataclass

import numpy as np
import parselmouth
from parselmouth.praat import call

from ser_features.config import PitchConfig
from ser_features.extractors.f0_tracker import track


@dataclass(frozen=True, slots=True)
class Voice:
    """A recording as Praat sees it.

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
        """F0 of the pitch frame that is nearest to each time.

        Args:
            times: in s, shape (n,).

        Returns:
            float32, shape (n,), in Hz; NaN where unvoiced, or further than a step from any pitch frame.
        """
        found = self._at(times, "frequency")
        return np.where(found > 0, found, np.float32(np.nan))

    def strength_at(self, times: np.ndarray) -> np.ndarray:
        """How periodic the pitch frame is that is nearest to each time, as Praat tells it.

        Args:
            times: in s, shape (n,).

        Returns:
            float32, shape (n,), height of the autocorrelation's peak at the period, 0 to 1; 0 where unvoiced,
            or further than a step from any pitch frame.
        """
        return self._at(times, "strength")

    def _at(self, times: np.ndarray, what: str) -> np.ndarray:
        values = self.pitch.selected_array[what]  # Praat copies it at every asking
        places = np.rint((times - self.pitch.x1) / self.pitch.dx).astype(np.intp)
        inside = (places >= 0) & (places < values.size)
        found = np.zeros(times.size, np.float32)
        found[inside] = values[places[inside]]
        return found


def listen(signal: np.ndarray, sample_rate: int, config: PitchConfig) -> Voice | None:
    """Find the F0 contour of a recording.

    Args:
        signal: float32, shape (n,).
        sample_rate: in Hz.
        config: range, step and method.

    Returns:
        None if it is shorter than the window, three of the longest periods, which Praat refuses.
    """
    if signal.size / sample_rate < 3 / config.floor + 1 / sample_rate:
        return None
    sound = parselmouth.Sound(signal.astype(np.float64), sample_rate)
    if config.method == "praat":
        limits = {"pitch_floor": config.floor, "pitch_ceiling": config.ceiling}
        return Voice(sound, sound.to_pitch_ac(time_step=config.time_step, **limits))
    return Voice(sound, _tracked(signal, sample_rate, config, sound))


def _tracked(
    signal: np.ndarray, sample_rate: int, config: PitchConfig, sound: parselmouth.Sound
) -> parselmouth.Pitch:
    """Our contour as an object of Praat's, which it makes of a matrix with a row."""
    contour = track(signal, sample_rate, floor=config.floor, ceiling=config.ceiling, step=config.time_step)
    times = (sound.xmin, sound.xmax, contour.f0.size, contour.step, contour.start)
    matrix = call("Create Matrix", "contour", *times, 1, 1, 1, 1, 1, "0")
    matrix.values[0] = contour.f0
    return call(matrix, "To Pitch")
