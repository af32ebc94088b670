"""A recording of which overlapping windows are analysed, each as a recording of its own.

decoded recording → `Windows` → `Whole` (spectra, F0 candidates: once) → `Window` (level, ends and contour)

A window has the features of a file that is cut there, up to what rounding is to an emotion. What does not
depend on its bounds is taken from the whole: resampling and high-pass, spectra of the frames that lie inside,
F0 candidates. What does is computed for the window: trimming, gain, spectra at its ends, the dynamic range,
the path through the candidates, pulses, statistics. Two things differ from a file that is cut: the filters
see the sound before and after the window instead of its reflection, and the frames of F0 are those of the
whole, up to 5 ms away from those of the file.

Where the frames of a window are not those of the whole, as it begins between two, or its sound is outside of
the whole's, everything from trimming on is computed for the window.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ser_features.audio import Audio
from ser_features.config import Profile
from ser_features.errors import NotCompiledError
from ser_features.extractors.base import Analysis, Spectra
from ser_features.extractors.f0_contour import F0Contour, compute_f0, is_too_short
from ser_features.preprocess import bounded, filtered, unbounded

if TYPE_CHECKING:
    from ser_features.voice.contour import Candidates

FAINTEST = 0.01
"""Windows whose peak is further below that of the whole, here 40 dB, have F0 candidates of their own."""


@dataclass(frozen=True)
class Whole(Analysis):
    """A recording whose spectra and F0 candidates are shared with its windows."""

    @cached_property
    def _shared(self) -> dict[Callable[[Spectra], np.ndarray], np.ndarray]:
        return {}

    def by_frame(self, function: Callable[[Spectra], np.ndarray], *, in_db: bool = False) -> np.ndarray:
        """As `Analysis.by_frame`, computed once."""
        if function not in self._shared:
            self._shared[function] = function(self.spectra)
        return self._shared[function]

    @cached_property
    def f0_candidates(self) -> "Candidates | None":
        """Those of the compiled kernels; None if they do not compute the contour."""
        pitch = self.profile.pitch
        if pitch.method != "compiled" or is_too_short(self.signal.size, self.sample_rate, pitch):
            return None
        from ser_features.voice.contour import Limits, candidates_of

        with suppress(NotCompiledError):
            return candidates_of(self.signal, Limits.of(self.sample_rate, pitch), FAINTEST)
        return None

    @cached_property
    def f0_contour(self) -> F0Contour | None:
        """As `Analysis.f0_contour`."""
        return compute_f0(self.signal, self.sample_rate, self.profile.pitch, self.f0_candidates)


@dataclass(frozen=True)
class Window(Analysis):
    """A window whose frames are frames of the whole.

    Attributes:
        whole: the recording.
        first: sample of the whole at which the window begins, a multiple of the hop length.
    """

    whole: Whole = field(kw_only=True)
    first: int = field(kw_only=True)

    @property
    def _gain_db(self) -> float:
        """Gain over the signal of the whole, in dB."""
        return self.gain_db - self.whole.gain_db

    @property
    def _rows(self) -> slice:
        row = self.first // self.profile.frames.hop_length
        return slice(row, row + self.frames)

    @cached_property
    def _ends(self) -> list[int]:
        """Frames that reach beyond the window: zeros there, as in a file that is cut."""
        frames = self.profile.frames
        reach = frames.frame_length / 2
        centres = np.arange(self.frames) * frames.hop_length
        cut = (centres < reach) | (centres + reach > self.signal.size)
        return np.flatnonzero(cut).tolist()

    @cached_property
    def _spectra_of_ends(self) -> Spectra:
        return Spectra(self.powers(self._ends), self.profile)

    @cached_property
    def power(self) -> np.ndarray:
        """As `Analysis.power`."""
        power: np.ndarray = self.whole.power[self._rows] * np.float32(10 ** (self._gain_db / 10))
        power[self._ends] = self._spectra_of_ends.power
        return power

    def by_frame(self, function: Callable[[Spectra], np.ndarray], *, in_db: bool = False) -> np.ndarray:
        """As `Analysis.by_frame`."""
        values = self.whole.by_frame(function)[self._rows] + np.float32(self._gain_db if in_db else 0)
        values[self._ends] = function(self._spectra_of_ends)
        return values

    @cached_property
    def f0_contour(self) -> F0Contour | None:
        """As `Analysis.f0_contour`."""
        pitch, candidates = self.profile.pitch, self.whole.f0_candidates
        if candidates is not None and not is_too_short(self.signal.size, self.sample_rate, pitch):
            from ser_features.voice.contour import Limits, peak_of

            peak = peak_of(self.signal) * 10 ** (-self._gain_db / 20)
            limits = Limits.of(self.sample_rate, pitch)
            candidates = candidates.of_part(self.first, self.signal.size, peak, limits)
        return compute_f0(self.signal, self.sample_rate, pitch, candidates)


class Windows:
    """A recording and its windows.

    Attributes:
        whole: the analysis of the recording, which equals that without windows.
        start_sec: where its signal begins in the recording, in s.
    """

    def __init__(self, audio: Audio, profile: Profile) -> None:
        """Prepare the recording.

        Args:
            audio: decoded.
            profile: the feature configuration.

        Raises:
            SilentAudioError: if conditioning leaves nothing.
        """
        self._signal = unbounded(filtered(audio, profile.audio), profile.audio)
        prepared = bounded(self._signal, profile.audio)
        self.whole = Whole(prepared.signal, profile, prepared.gain_db)
        self.start_sec = prepared.start_sec

    def window(self, start: float, end: float) -> Analysis:
        """The analysis of a window.

        Args:
            start: in s from the start of the recording.
            end: in s.

        Raises:
            SilentAudioError: if conditioning leaves nothing.
        """
        profile, rate = self.whole.profile, self.whole.sample_rate
        first, last = round(start * rate), round(end * rate)
        prepared = bounded(self._signal[first:last], profile.audio)
        inside = first + round((prepared.start_sec - self.start_sec) * rate)
        reaches = inside >= 0 and inside + prepared.signal.size <= self.whole.signal.size
        if not reaches or inside % profile.frames.hop_length or profile.audio.noise_reduction:
            return Analysis(prepared.signal, profile, prepared.gain_db)
        return Window(prepared.signal, profile, prepared.gain_db, whole=self.whole, first=inside)
