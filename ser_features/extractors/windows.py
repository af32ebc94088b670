"""A recording of which overlapping windows are analysed, each as a recording of its own.

decoded recording → `Windows` → `Whole` (spectra, F0 candidates: once) → `Window` (level, ends and contour)

A window has the features of a file that is cut there, up to what rounding is to an emotion. What does not
depend on its bounds is taken from the whole: resampling and high-pass, power every 10 ms, spectra of the
frames that lie inside, F0 candidates. What does is computed for the window: trimming, gain, the dynamic
range, the path through the candidates, pulses, statistics; or for several windows at once: their levels, and
the spectra at their ends. Two things differ from a file that is cut: the filters see the sound before and
after the window instead of its reflection, and the frames of F0 are those of the whole, up to 5 ms away from
those of the file.

Where the frames of a window are not those of the whole, as it begins between two, or its sound is outside of
the whole's, everything from trimming on is computed for the window.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ser_features.audio import Audio
from ser_features.config import Profile
from ser_features.errors import NotCompiledError, SilentAudioError
from ser_features.extractors.base import Analysis, Spectra, power_of
from ser_features.extractors.f0_contour import F0Contour, compute_f0, is_too_short
from ser_features.framing import FRAME_SECONDS, STEP_SECONDS, Levels, levels_of_power
from ser_features.preprocess import bounded, filtered, unbounded

if TYPE_CHECKING:
    from ser_features.voice.contour import Candidates

FAINTEST = 0.01
"""Windows whose peak is further below that of the whole, here 40 dB, have F0 candidates of their own."""


class ByFrame:
    """Spectra of frames, and what is computed of them, each once.

    Attributes:
        spectra: of the frames.
    """

    def __init__(self, spectra: Spectra) -> None:
        self.spectra = spectra
        self._values: dict[Callable[[Spectra], np.ndarray], np.ndarray] = {}

    def values(self, function: Callable[[Spectra], np.ndarray]) -> np.ndarray:
        """What a function of `Analysis.by_frame` returns, one row per frame."""
        if function not in self._values:
            self._values[function] = function(self.spectra)
        return self._values[function]


class Ends:
    """The frames of several windows that reach beyond their window: zeros there, as in a file that is cut.

    The frames beside them belong to them, for what is computed of a frame and the one before.
    """

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._samples: list[np.ndarray] = []

    def add(self, window: Analysis) -> "EndsOfWindow":
        """Add those of a window; all windows are added before anything is computed."""
        frames = self._profile.frames
        reach, centres = frames.frame_length / 2, np.arange(window.frames) * frames.hop_length
        is_cut = (centres < reach) | (centres + reach > window.signal.size)
        is_near = is_cut.copy()
        is_near[1:] |= is_cut[:-1]
        is_near[:-1] |= is_cut[1:]
        places = np.flatnonzero(is_near)
        first = sum(map(len, self._samples))
        self._samples.append(window.samples_by_frame[places])
        return EndsOfWindow(self, slice(first, first + places.size), places, is_cut[places])

    @cached_property
    def by_frame(self) -> ByFrame:
        """Of the frames of all windows."""
        samples = np.concatenate(self._samples)
        self._samples.clear()
        return ByFrame(Spectra(power_of(samples, self._profile), self._profile))


@dataclass(frozen=True, slots=True)
class EndsOfWindow:
    """Those of one window.

    Attributes:
        ends: of all windows.
        rows: of the window's, there.
        places: which frames of the window they are, ascending, shape (rows,).
        is_cut: whether each reaches beyond the window, shape (rows,).
    """

    ends: Ends
    rows: slice
    places: np.ndarray
    is_cut: np.ndarray

    def replace_cut(self, values: np.ndarray, own: np.ndarray) -> None:
        """Replace values of frames of the whole, (frames, …), by the window's own, where these differ."""
        values[self.places[self.is_cut]] = own[self.rows][self.is_cut]


@dataclass(frozen=True)
class Whole(Analysis):
    """A recording whose spectra and F0 candidates are shared with its windows."""

    @cached_property
    def _by_frame(self) -> ByFrame:
        return ByFrame(self.spectra)

    def by_frame(self, function: Callable[[Spectra], np.ndarray], *, in_db: bool = False) -> np.ndarray:
        """As `Analysis.by_frame`, computed once."""
        return self._by_frame.values(function)

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
        own: the frames that are not.
    """

    whole: Whole = field(kw_only=True)
    first: int = field(kw_only=True)
    own: EndsOfWindow = field(kw_only=True)

    @property
    def _gain_db(self) -> float:
        """Gain over the signal of the whole, in dB."""
        return self.gain_db - self.whole.gain_db

    @property
    def _rows(self) -> slice:
        row = self.first // self.profile.frames.hop_length
        return slice(row, row + self.frames)

    @cached_property
    def power(self) -> np.ndarray:
        """As `Analysis.power`."""
        power: np.ndarray = self.whole.power[self._rows] * np.float32(10 ** (self._gain_db / 10))
        self.own.replace_cut(power, self.own.ends.by_frame.spectra.power)
        return power

    def by_frame(self, function: Callable[[Spectra], np.ndarray], *, in_db: bool = False) -> np.ndarray:
        """As `Analysis.by_frame`."""
        values = self.whole.by_frame(function)[self._rows] + np.float32(self._gain_db if in_db else 0)
        self.own.replace_cut(values, self.own.ends.by_frame.values(function))
        return values

    def by_pair(self, function: Callable[[Spectra], np.ndarray]) -> np.ndarray:
        """As `Analysis.by_pair`."""
        places, own = self.own.places, self.own.ends.by_frame.values(function)[self.own.rows]
        follows = np.flatnonzero(np.diff(places) == 1) + 1
        values = self.whole.by_frame(function)[self._rows].copy()
        values[places[follows]], values[0] = own[follows], 0
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

    def analyses(self, bounds: Sequence[tuple[float, float]]) -> list[Analysis | None]:
        """The analyses of windows; each holds its samples, and in time its spectra.

        Args:
            bounds: start and end of each, in s from the start of the recording.

        Returns:
            None for a window of which conditioning leaves nothing.
        """
        rate, ends = self.whole.sample_rate, Ends(self.whole.profile)
        samples = [(round(start * rate), round(end * rate)) for start, end in bounds]
        return [self._analysis(*one, ends) for one in zip(samples, self._levels(samples), strict=True)]

    def _analysis(self, samples: tuple[int, int], levels: Levels | None, ends: Ends) -> Analysis | None:
        profile, (first, last) = self.whole.profile, samples
        try:
            prepared = bounded(self._signal[first:last], profile.audio, levels)
        except SilentAudioError:
            return None
        alone = Analysis(prepared.signal, profile, prepared.gain_db)
        inside = first + round((prepared.start_sec - self.start_sec) * self.whole.sample_rate)
        reaches = inside >= 0 and inside + prepared.signal.size <= self.whole.signal.size
        if not reaches or inside % profile.frames.hop_length or profile.audio.noise_reduction:
            return alone
        return Window(
            prepared.signal, profile, prepared.gain_db, whole=self.whole, first=inside, own=ends.add(alone)
        )

    def _levels(self, samples: Sequence[tuple[int, int]]) -> list[Levels | None]:
        """Levels of windows, all at once; None for those that do not consist of steps of the recording."""
        audio, step = self.whole.profile.audio, self._step
        if audio.noise_reduction or not audio.conditioning or 2 * step != FRAME_SECONDS * audio.sample_rate:
            return [None] * len(samples)
        starts, sizes = np.array([(first, last - first) for first, last in samples]).T
        is_whole = (starts % step == 0) & (sizes % step == 0) & (starts + sizes <= self._signal.size)
        fits = np.flatnonzero(is_whole & (sizes == sizes[0]))
        inside = self._energies[starts[fits, np.newaxis] // step + np.arange(sizes[0] // step)]
        power = np.zeros((fits.size, inside.shape[1] + 1))
        power[:, :-1] += inside
        power[:, 1:] += inside
        levels = levels_of_power(power / (2 * step))
        measured: list[Levels | None] = [None] * len(samples)
        for window, *rows in zip(fits.tolist(), levels.momentary, levels.sustained, strict=True):
            measured[window] = Levels(*rows)
        return measured

    @property
    def _step(self) -> int:
        """Half a frame of the level of speech, in samples."""
        return round(STEP_SECONDS * self.whole.sample_rate)

    @cached_property
    def _energies(self) -> np.ndarray:
        """Sum of squares of each whole step, float32."""
        steps = self._signal[: self._signal.size // self._step * self._step].reshape(-1, self._step)
        energies: np.ndarray = np.einsum("ij,ij->i", steps, steps)
        return energies
