"""Signal → F0 contour, jitter and shimmer, once per recording, for prosody and frames.

signal → `compute_f0`, by the method of the profile → `F0Contour`

All are computed by Praat, or by the compiled kernels; or the contour by `f0_tracker.track`, with Praat's
jitter and shimmer of it. Where the kernels cannot be compiled, Praat computes what they would.
"""

from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np

from ser_features.config import PitchConfig
from ser_features.errors import NotCompiledError

if TYPE_CHECKING:
    from ser_features.praat import parselmouth
    from ser_features.voice.contour import Candidates
    from ser_features.voice.library import Library

BY_PRAAT = "F0, jitter and shimmer by Praat: the voice analysis could not be compiled"
"""Note on a recording of which the profile asks for the compiled kernels."""


@dataclass(frozen=True, slots=True)
class F0Contour:
    """The F0 contour of a recording, and how regular its periods are.

    Attributes:
        f0: in Hz, float64, shape (pitch frames,); 0 where unvoiced.
        strength: height of the autocorrelation's peak at the period, 0 to 1, float64, shape (pitch frames,);
            0 where unvoiced.
        start: time of the first pitch frame, in s.
        step: from one pitch frame to the next, in s.
        jitter: local jitter over the whole recording, ≥ 0; NaN without enough periods.
        shimmer: local shimmer over the whole recording, ≥ 0; NaN without enough periods.
        compiled: whether the kernels computed it.
    """

    f0: np.ndarray
    strength: np.ndarray
    start: float
    step: float
    jitter: float
    shimmer: float
    compiled: bool = False

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


def prepare(config: PitchConfig) -> None:
    """Compile the kernels if the method needs them, so that no worker waits for another one to do it.

    Raises:
        WorkingFolderError: if Praat is needed and cannot start.
    """
    import_module("ser_features.voice.contour" if kernels_of(config) else "ser_features.praat")


def kernels_of(config: PitchConfig) -> "Library | None":
    """The compiled kernels if the method uses them and they can be compiled."""
    if config.method == "compiled":
        from ser_features.voice.library import library

        with suppress(NotCompiledError):
            return library()
    return None


def is_too_short(size: int, sample_rate: int, config: PitchConfig) -> bool:
    """Whether a signal is shorter than the window (three of the longest periods), which Praat refuses."""
    return size / sample_rate < 3 / config.floor + 1 / sample_rate


def compute_f0(
    signal: np.ndarray, sample_rate: int, config: PitchConfig, candidates: "Candidates | None" = None
) -> F0Contour | None:
    """Compute the F0 contour of a recording.

    Args:
        signal: float32, shape (n,).
        sample_rate: in Hz.
        config: range, step and method; which periods and amplitudes jitter and shimmer are measured from.
        candidates: of the kernels for this signal, if they are computed already.

    Returns:
        None if the signal is too short.
    """
    if is_too_short(signal.size, sample_rate, config):
        return None
    if kernels_of(config):
        return _compiled(signal, sample_rate, config, candidates)
    return _by_praat(signal, sample_rate, config)


def _compiled(
    signal: np.ndarray, sample_rate: int, config: PitchConfig, candidates: "Candidates | None"
) -> F0Contour:
    """By the kernels."""
    from ser_features.voice.contour import Limits, jitter, pulses, shimmer, track

    samples = signal.astype(np.float64)
    contour = track(samples, Limits.of(sample_rate, config), candidates)
    points = pulses(samples, sample_rate, contour)
    measures = jitter(points, config), shimmer(samples, sample_rate, points, config)
    return F0Contour(contour.f0, contour.strength, contour.start, contour.step, *measures, compiled=True)


def _by_praat(signal: np.ndarray, sample_rate: int, config: PitchConfig) -> F0Contour:
    """By Praat, or its jitter and shimmer of the contour of `f0_tracker.track`."""
    from ser_features.praat import parselmouth, perturbation  # few profiles need it

    sound = parselmouth.Sound(signal.astype(np.float64), sample_rate)
    if config.method == "autocorrelation":
        pitch = _tracked(signal, sample_rate, config, sound)
    else:
        limits = {"pitch_floor": config.floor, "pitch_ceiling": config.ceiling}
        pitch = sound.to_pitch_ac(time_step=config.time_step, **limits)
    values = pitch.selected_array  # Praat makes a copy at every access
    measures = perturbation(sound, pitch, config)
    return F0Contour(values["frequency"], values["strength"], pitch.x1, pitch.dx, *measures)


def _tracked(
    signal: np.ndarray, sample_rate: int, config: PitchConfig, sound: "parselmouth.Sound"
) -> "parselmouth.Pitch":
    """The contour of `track` as a Praat Pitch, which Praat makes from a matrix of one row."""
    from ser_features.extractors.f0_tracker import track
    from ser_features.praat import call

    contour = track(signal, sample_rate, floor=config.floor, ceiling=config.ceiling, step=config.time_step)
    times = (sound.xmin, sound.xmax, contour.f0.size, contour.step, contour.start)
    matrix = call("Create Matrix", "contour", *times, 1, 1, 1, 1, 1, "0")
    matrix.values[0] = contour.f0
    return call(matrix, "To Pitch")
