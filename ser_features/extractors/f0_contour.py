"""Signal → F0 contour, once per recording, for prosody, voice quality and frames.

signal → `compute_f0`, by the method of the profile → `PraatContour` or `CompiledContour`, each an `F0Contour`

The contour is Praat's own, that of the compiled kernels, or that of `f0_tracker.track`, whose pulses are
Praat's. Where the kernels cannot be compiled, Praat computes what they would.
"""

from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np

from ser_features.config import PitchConfig
from ser_features.errors import NotCompiledError
from ser_features.extractors.f0_tracker import track

if TYPE_CHECKING:
    import parselmouth

    from ser_features.voice.contour import Contour

BY_PRAAT = "F0, jitter and shimmer by Praat: the voice analysis could not be compiled"
"""Note on a recording of which the profile asks for the compiled kernels."""


@dataclass(frozen=True, slots=True)
class F0Contour(ABC):
    """The F0 contour of a recording.

    Attributes:
        f0: in Hz, float64, shape (pitch frames,); 0 where unvoiced.
        strength: height of the autocorrelation's peak at the period, 0 to 1, float64, shape (pitch frames,);
            0 where unvoiced.
        start: time of the first pitch frame, in s.
        step: from one pitch frame to the next, in s.
    """

    f0: np.ndarray
    strength: np.ndarray
    start: float
    step: float

    @abstractmethod
    def perturbation(self, config: PitchConfig) -> tuple[float, float]:
        """Local jitter and local shimmer over the whole recording; NaN without enough periods.

        Args:
            config: which periods and amplitudes are used.
        """

    def f0_at(self, times: np.ndarray) -> np.ndarray:
        """F0 of the pitch frame nearest to each time.

        Args:
            times: in s, shape (n,).

        Returns:
            float32, shape (n,), in Hz; NaN where unvoiced, or further than a step from any pitch frame.
        """
        f0 = self._nearest(times, self.f0)
        return np.where(f0 > 0, f0, np.float32(np.nan))

    def strength_at(self, times: np.ndarray) -> np.ndarray:
        """Periodicity of the pitch frame nearest to each time.

        Args:
            times: in s, shape (n,).

        Returns:
            float32, shape (n,), as `strength`; 0 where unvoiced, or further than a step from any pitch frame.
        """
        return self._nearest(times, self.strength)

    def _nearest(self, times: np.ndarray, values: np.ndarray) -> np.ndarray:
        frames = np.rint((times - self.start) / self.step).astype(np.intp)
        inside = (frames >= 0) & (frames < values.size)
        nearest = np.zeros(times.size, np.float32)
        nearest[inside] = values[frames[inside]]
        return nearest


@dataclass(frozen=True, slots=True)
class PraatContour(F0Contour):
    """A contour with the Praat objects that jitter and shimmer need.

    Attributes:
        sound: the signal.
        pitch: its F0 contour.
    """

    sound: "parselmouth.Sound"
    pitch: "parselmouth.Pitch"

    @classmethod
    def of(cls, sound: "parselmouth.Sound", pitch: "parselmouth.Pitch") -> "PraatContour":
        """The contour in Praat's objects."""
        values = pitch.selected_array  # Praat makes a copy at every access
        return cls(values["frequency"], values["strength"], pitch.x1, pitch.dx, sound, pitch)

    def perturbation(self, config: PitchConfig) -> tuple[float, float]:
        """As `F0Contour.perturbation`, by Praat, which itself returns NaN without enough periods."""
        from ser_features.praat import call

        pulses = call([self.sound, self.pitch], "To PointProcess (cc)")
        limits = (config.shortest_period, config.longest_period, config.max_period_factor)
        factor = config.max_amplitude_factor
        shimmer = call([self.sound, pulses], "Get shimmer (local)", 0, 0, *limits, factor)
        return call(pulses, "Get jitter (local)", 0, 0, *limits), shimmer


@dataclass(frozen=True, slots=True)
class CompiledContour(F0Contour):
    """A contour with what the compiled kernels compute jitter and shimmer from.

    Attributes:
        signal: float64, shape (n,).
        sample_rate: in Hz.
        contour: of the signal.
    """

    signal: np.ndarray
    sample_rate: int
    contour: "Contour"

    @classmethod
    def of(cls, signal: np.ndarray, sample_rate: int, config: PitchConfig) -> "CompiledContour":
        """The contour of a signal, float64, shape (n,).

        Raises:
            NotCompiledError: if the kernels cannot be compiled.
        """
        from ser_features.voice.contour import track as track_compiled

        limits = {"lowest": config.floor, "highest": config.ceiling}
        contour = track_compiled(signal, sample_rate, step=config.time_step, **limits)
        return cls(contour.f0, contour.strength, contour.start, contour.step, signal, sample_rate, contour)

    def perturbation(self, config: PitchConfig) -> tuple[float, float]:
        """As `F0Contour.perturbation`, by the kernels."""
        from ser_features.voice.periods import jitter, pulses, shimmer

        points = pulses(self.signal, self.sample_rate, self.contour)
        return jitter(points, config), shimmer(self.signal, self.sample_rate, points, config)


def prepare(config: PitchConfig) -> None:
    """Compile the kernels if the method needs them, so that no worker waits for another one to do it.

    Raises:
        WorkingFolderError: if Praat is needed and cannot start.
    """
    if config.method == "compiled":
        from ser_features.voice.library import library

        with suppress(NotCompiledError):
            library()
            return
    import_module("ser_features.praat")


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
    samples = signal.astype(np.float64)
    if config.method == "compiled":
        with suppress(NotCompiledError):
            return CompiledContour.of(samples, sample_rate, config)
    from ser_features.praat import parselmouth  # here, as most profiles need it for nothing

    sound = parselmouth.Sound(samples, sample_rate)
    if config.method == "autocorrelation":
        return PraatContour.of(sound, _tracked(signal, sample_rate, config, sound))
    limits = {"pitch_floor": config.floor, "pitch_ceiling": config.ceiling}
    return PraatContour.of(sound, sound.to_pitch_ac(time_step=config.time_step, **limits))


def _tracked(
    signal: np.ndarray, sample_rate: int, config: PitchConfig, sound: "parselmouth.Sound"
) -> "parselmouth.Pitch":
    """The contour of `track` as a Praat Pitch, which Praat makes from a matrix of one row."""
    from ser_features.praat import call

    contour = track(signal, sample_rate, floor=config.floor, ceiling=config.ceiling, step=config.time_step)
    times = (sound.xmin, sound.xmax, contour.f0.size, contour.step, contour.start)
    matrix = call("Create Matrix", "contour", *times, 1, 1, 1, 1, 1, "0")
    matrix.values[0] = contour.f0
    return call(matrix, "To Pitch")
