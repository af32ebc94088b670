"""The three kinds of extractors, and the intermediate results that they share.

signal → `Analysis` (power, mel_db, f0_contour …, each computed once, on first use) → extractors → features

Conventions: arrays are (frames, features); frame t is centred on sample t × hop_length; values are float32.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from operator import methodcaller
from typing import Any, ClassVar

import numpy as np

from ser_features import fft
from ser_features.caches import librosa_feature
from ser_features.config import Profile
from ser_features.extractors.encoder import HiddenStates, encode, encoder_of
from ser_features.extractors.f0_contour import BY_PRAAT, F0Contour, compute_f0, kernels_of
from ser_features.extractors.framewise import (
    bin_frequencies,
    dct_basis,
    delta,
    hann,
    mel_filters_of_bins,
    preemphasised,
)
from ser_features.framing import SignalLevels, mean_and_std, overlapping, signal_levels, zero_padded
from ser_features.manifest import Column

MIN_MEL = np.finfo(np.float32).tiny
"""Lower limit of mel power before the logarithm, so that silence has a finite level, …"""

MIN_MEL_DB = np.float32(-100)
"""… and of the log-mel spectrogram."""

BLOCK_FRAMES = 32
"""Frames per FFT call, few enough that their samples and spectra stay in the cache of the processor."""


class Extractor(ABC):
    """What all extractors have in common.

    Attributes:
        name: of the extractor; a family of one extractor has the same name.
        version: raised whenever its values change, so that stores with the old values have another digest.
        parts: extractors that it consists of, whose versions are raised instead of its own.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    parts: ClassVar[tuple["Extractor", ...]] = ()

    @abstractmethod
    def extract(self, analysis: "Analysis") -> Any:
        """Compute the features of one recording."""

    def extract_each(self, analyses: Sequence["Analysis"]) -> list[Any]:
        """As `extract`, of several recordings.

        One step of all recordings after the other is quicker than all steps of one recording after the other:
        the code of a step, and its tables, stay in the processor's cache.
        """
        return [self.extract(analysis) for analysis in analyses]


class ColumnExtractor(Extractor):
    """Computes a few named values per recording; they are stored in the recording's row.

    Attributes:
        fixed_columns: the columns of an extractor whose columns do not depend on the profile.
    """

    fixed_columns: ClassVar[tuple[Column, ...]] = ()

    def columns(self, profile: Profile) -> tuple[Column, ...]:
        """Name, unit and meaning of the values, in order."""
        return self.fixed_columns

    @abstractmethod
    def extract(self, analysis: "Analysis") -> dict[str, float]:
        """One value per column; NaN where it cannot be computed."""


class WideExtractor(Extractor):
    """Computes hundreds of values or more per recording; they are stored in a table of their own.

    Attributes:
        unit: empty, as each column has its own.
        description: one sentence for the column dictionary.
    """

    unit: ClassVar[str] = ""
    description: ClassVar[str]

    @abstractmethod
    def columns(self, profile: Profile) -> tuple[Column, ...]:
        """Name, unit and meaning of the values, in order."""

    @abstractmethod
    def extract(self, analysis: "Analysis") -> np.ndarray:
        """One value per column, shape (columns,); NaN where it cannot be computed."""

    @abstractmethod
    def owns(self, column: str) -> bool:
        """Whether a column of this name belongs to the family, whatever the profile."""

    @abstractmethod
    def positions(self, names: Sequence[str], width: int) -> list[int]:
        """Positions of columns in the array that `extract` returns.

        Args:
            names: of some of the columns.
            width: size of the array.
        """


class FrameExtractor(Extractor):
    """Computes one array of frames per recording.

    Attributes:
        unit: of the values.
        description: one sentence for the column dictionary.
    """

    unit: ClassVar[str]
    description: ClassVar[str]

    @abstractmethod
    def extract(self, analysis: "Analysis") -> np.ndarray:
        """float32, shape (frames, bands)."""


@dataclass(frozen=True)
class Spectra:
    """Spectra of some frames.

    Attributes:
        power: |STFT|², float32, shape (frames, 1 + n_fft // 2).
        profile: the feature configuration.
    """

    power: np.ndarray
    profile: Profile

    @cached_property
    def magnitude(self) -> np.ndarray:
        """|STFT|, float32, of the same shape."""
        return np.sqrt(self.power)

    @property
    def frequencies(self) -> np.ndarray:
        """Of the bins, in Hz, float64, shape (1 + n_fft // 2,)."""
        return bin_frequencies(self.profile.audio.sample_rate, self.profile.frames.n_fft)

    def mel_level(self, bands: int) -> np.ndarray:
        """Log-mel spectrogram in dB (re 1), not clipped, float32, shape (frames, bands)."""
        groups = mel_filters_of_bins(self.profile.audio.sample_rate, self.profile.frames.n_fft, bands)
        power = np.concatenate([self.power[:, bins] @ filters for bins, filters in groups], axis=1)
        levels: np.ndarray = 10 * np.log10(np.maximum(power, MIN_MEL))
        return levels


@dataclass(frozen=True)
class Analysis:
    """One recording under analysis; every intermediate result is computed once, on first use.

    Attributes:
        signal: float32 mono, shape (n,), at `profile.audio.sample_rate`.
        profile: the feature configuration.
        gain_db: gain that the signal has over the recording, in dB.
    """

    signal: np.ndarray
    profile: Profile
    gain_db: float = 0.0

    def with_mel_db(self, mel_db: np.ndarray) -> "Analysis":
        """The same recording with another log-mel spectrogram, and everything that depends on it.

        Args:
            mel_db: in dB, shape (frames, n_mels); replaces `mel_db` and thereby `mfcc` and `onset_strength`.
        """
        other = Analysis(self.signal, self.profile, self.gain_db)
        vars(other).update(power=self.power, mel_db=mel_db)  # where cached_property stores its values
        return other

    @property
    def sample_rate(self) -> int:
        """Sample rate of the signal, in Hz."""
        return self.profile.audio.sample_rate

    @property
    def conditioning_gain_db(self) -> float:
        """The part of the gain that the level columns are free of, in dB; peak normalisation stays in."""
        return self.gain_db if self.profile.audio.conditioning else 0.0

    @property
    def seconds(self) -> float:
        """Duration of the signal, in s."""
        return self.signal.size / self.sample_rate

    @property
    def frames(self) -> int:
        """Number of frames."""
        return 1 + self.signal.size // self.profile.frames.hop_length

    @property
    def frame_times(self) -> np.ndarray:
        """Time of each frame's centre, in s, float64, shape (frames,)."""
        return np.arange(self.frames) * (self.profile.frames.hop_length / self.sample_rate)

    @cached_property
    def f0_contour(self) -> F0Contour | None:
        """The F0 contour; None if the recording is shorter than the analysis window."""
        return compute_f0(self.signal, self.sample_rate, self.profile.pitch)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is unusual about how the values were computed so far."""
        contour = vars(self).get("f0_contour")  # where cached_property stores its value
        replaced = contour and self.profile.pitch.method == "compiled" and not contour.compiled
        return (BY_PRAAT,) if replaced else ()

    @cached_property
    def power(self) -> np.ndarray:
        """|STFT|² of the signal after pre-emphasis, if any; shape (frames, 1 + n_fft // 2), float32."""
        return power_of(self.samples_by_frame, self.profile)

    @property
    def samples_by_frame(self) -> np.ndarray:
        """Samples of each frame, after pre-emphasis, if any; float32, shape (frames, n_fft), read-only."""
        frames, coefficient = self.profile.frames, self.profile.audio.preemphasis
        signal = preemphasised(self.signal, coefficient) if coefficient else self.signal
        return overlapping(zero_padded(signal, frames.n_fft // 2), frames.n_fft, frames.hop_length)

    @cached_property
    def spectra(self) -> Spectra:
        """Of all frames."""
        return Spectra(self.power, self.profile)

    @property
    def magnitude(self) -> np.ndarray:
        """|STFT|, shape (frames, 1 + n_fft // 2), float32."""
        return self.spectra.magnitude

    def by_frame(self, function: Callable[[Spectra], np.ndarray], *, in_db: bool = False) -> np.ndarray:
        """Values that depend on the spectrum of a frame, and on no other frame.

        Args:
            function: spectra → one row per frame, of values that do not depend on the signal's level.
            in_db: whether they do, as they are levels in dB.
        """
        return function(self.spectra)

    def by_pair(self, function: Callable[[Spectra], np.ndarray]) -> np.ndarray:
        """Values that depend on the spectra of a frame and of the one before, and on no other frame.

        Args:
            function: spectra → a value per frame that does not depend on the signal's level; 0 for the first.
        """
        return function(self.spectra)

    @cached_property
    def mel_db(self) -> np.ndarray:
        """Log-mel spectrogram in dB (re 1), clipped `top_db` below its maximum, shape (frames, n_mels)."""
        return self.mel_of(self.profile.frames.n_mels)

    def mel_of(self, bands: int) -> np.ndarray:
        """As `mel_db`, of any number of bands."""
        level = self.by_frame(_mel_level(bands), in_db=True)
        lowest = level.max() - np.float32(self.profile.frames.top_db)
        return np.maximum(level, max(lowest, MIN_MEL_DB))

    @cached_property
    def mfcc(self) -> np.ndarray:
        """Mel-frequency cepstral coefficients (orthonormal DCT-II of `mel_db`), shape (frames, n_mfcc)."""
        frames = self.profile.frames
        # In float64: a float32 sum of many decibels of one sign is wrong in the sixth digit.
        return (self.mel_db @ dct_basis(frames.n_mels, frames.n_mfcc)).astype(np.float32)

    @cached_property
    def mfcc_delta(self) -> np.ndarray:
        """First time derivative of `mfcc` (Δ), per frame, shape (frames, n_mfcc)."""
        return delta(self.mfcc, self.profile.frames.delta_width, 1)

    @cached_property
    def mfcc_delta2(self) -> np.ndarray:
        """Second time derivative of `mfcc` (ΔΔ), per frame², shape (frames, n_mfcc)."""
        return delta(self.mfcc, self.profile.frames.delta_width, 2)

    @cached_property
    def chroma(self) -> np.ndarray:
        """Power per pitch class, normalised to the frame's maximum, shape (frames, 12), 0–1; C first.

        `librosa.feature.chroma_stft` of `power`, tuned to A4 = 440 Hz; a silent frame has zeros.
        """
        feature = librosa_feature()
        chroma: np.ndarray = feature.chroma_stft(S=self.power.T, sr=self.sample_rate, tuning=0)
        return chroma.T

    @cached_property
    def hidden_states(self) -> HiddenStates:
        """Hidden states of the profile's pretrained encoder, at the encoder's own frame rate.

        Raises:
            InputError: if the profile has no encoder, or the encoder's folder has changed.
        """
        return encode(self.signal, encoder_of(self.profile))

    @cached_property
    def levels(self) -> SignalLevels:
        """Of the signal and its frames."""
        frames, kernels = self.profile.frames, kernels_of(self.profile.pitch)
        kernel = kernels.levels if kernels else None
        return signal_levels(self.signal, frames.frame_length, frames.hop_length, kernel)

    @cached_property
    def rms(self) -> np.ndarray:
        """Root mean square per frame, full scale 1, shape (frames,)."""
        return np.sqrt(self.levels.power)

    @property
    def zero_crossings(self) -> np.ndarray:
        """Share of samples at a sign change per frame, shape (frames,), 0–1."""
        return self.levels.crossings

    @cached_property
    def onset_strength(self) -> np.ndarray:
        """Spectral flux: mean rise of the log-mel spectrogram per frame, in dB, shape (frames,).

        As `librosa.onset.onset_strength` (Böck & Widmer 2013 without vibrato suppression): positive
        differences of neighbouring frames, averaged over bands, shifted to compensate for centring.
        """
        frames, kernels = self.profile.frames, kernels_of(self.profile.pitch)
        return onset_strength(
            self.mel_db, frames.n_fft // (2 * frames.hop_length), kernels.onsets if kernels else None
        )


def power_of(samples: np.ndarray, profile: Profile) -> np.ndarray:
    """|STFT|² of frames, float32, shape (frames, 1 + n_fft // 2).

    Args:
        samples: of each frame, float32, shape (frames, n_fft).
        profile: the feature configuration.
    """
    n_fft, window = profile.frames.n_fft, hann(profile.frames.frame_length, profile.frames.n_fft)
    power, kernels = np.empty((len(samples), 1 + n_fft // 2), np.float32), kernels_of(profile.pitch)
    for start in range(0, len(samples), BLOCK_FRAMES):
        parts = fft.rfft(samples[start : start + BLOCK_FRAMES] * window, (1,)).view(np.float32)
        block = power[start : start + BLOCK_FRAMES]
        if kernels:
            kernels.powers(parts, block.size, block)
        else:
            np.multiply(parts, parts, out=parts)
            np.add(parts[:, ::2], parts[:, 1::2], out=block)
    return power


def onset_strength(mel_db: np.ndarray, shift: int, kernel: Callable[..., None] | None = None) -> np.ndarray:
    """Mean rise of the bands from each frame to the next one, float32, shape (frames,).

    Args:
        mel_db: float32, shape (frames, bands).
        shift: frames by which a rise comes later than the second of its frames; zeros come before.
        kernel: `onsets` of the compiled kernels, which takes a quarter of the time.
    """
    strength, delay = np.zeros(len(mel_db), np.float32), 1 + shift
    if kernel:
        kernel(np.ascontiguousarray(mel_db), *mel_db.shape, delay, strength)
        return strength
    rises = np.diff(mel_db, axis=0)
    means = np.maximum(rises, 0, out=rises).mean(axis=1)
    strength[delay:] = means[: max(strength.size - delay, 0)]
    return strength


@cache
def _mel_level(bands: int) -> Callable[[Spectra], np.ndarray]:
    return methodcaller("mel_level", bands)


def moments(name: str, values: np.ndarray) -> dict[str, float]:
    """Mean and standard deviation over frames of each band, named by `moment_names`.

    Args:
        name: of the quantity.
        values: shape (frames, bands).

    Returns:
        2 × bands values, all means first.
    """
    statistics = np.concatenate(mean_and_std(values))
    return dict(zip(moment_names(name, values.shape[1]), statistics.tolist(), strict=True))


@cache
def moment_names(name: str, bands: int) -> tuple[str, ...]:
    """Names of the means of all bands, then of their standard deviations.

    >>> moment_names("mel", 2)
    ('mel_mean_0', 'mel_mean_1', 'mel_std_0', 'mel_std_1')
    """
    return tuple(f"{name}_{statistic}_{band}" for statistic in ("mean", "std") for band in range(bands))
