"""What every extractor shares: one STFT, one mel spectrogram, one Praat pass, computed on first use.

signal → `Analysis` (power, mel_db, level, pitch … each cached) → extractors → columns and frames

Conventions: (frames, features) order; frame t is centred on sample t × hop_length; float32.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import scipy.fft

from ser_features.config import FrameConfig, Profile
from ser_features.extractors.encoder import Hidden, encoder_of, hidden
from ser_features.extractors.f0_contour import Voice, listen
from ser_features.extractors.filters import chroma_filters, dct_basis, hann, mel_filters
from ser_features.extractors.framewise import delta, zero_crossing_rate
from ser_features.manifest import Column
from ser_features.preprocess import centred_power, overlapping, zero_padded

BLOCK_FRAMES = 2048
"""Frames transformed at once, so that ten minutes of speech need no gigabytes."""


class ColumnExtractor(Protocol):
    """Turns an analysis into named numbers of the whole recording.

    Attributes:
        name: of the extractor.
        version: raised whenever its numbers change, so that stores of old numbers are told apart.
    """

    name: str
    version: int

    @property
    def columns(self) -> tuple[Column, ...]:
        """What `extract` returns, in order."""
        ...

    def extract(self, analysis: "Analysis") -> dict[str, float]:
        """One value per column; NaN where it cannot be computed."""
        ...


class WideExtractor(Protocol):
    """Turns an analysis into hundreds of numbers or more, which have a table of their own in the store.

    Attributes:
        name: of the family, and of its folder.
        version: raised whenever its numbers change.
        unit: empty, as each column has its own.
        description: one sentence for the column dictionary.
    """

    name: str
    version: int
    unit: str
    description: str

    def columns_in(self, profile: Profile) -> tuple[Column, ...]:
        """What `vector` returns under a profile, in order."""
        ...

    def vector(self, analysis: "Analysis") -> np.ndarray:
        """One value per column, shape (columns,); NaN where it cannot be computed."""
        ...


class FrameExtractor(Protocol):
    """Turns an analysis into one array of frames.

    Attributes:
        name: of the family, and of its files.
        version: raised whenever its numbers change.
        unit: of the values.
        description: one sentence for the column dictionary.
    """

    name: str
    version: int
    unit: str
    description: str

    def extract(self, analysis: "Analysis") -> np.ndarray:
        """float32, shape (frames, bands)."""
        ...


@dataclass(frozen=True)
class Analysis:
    """One recording under analysis; every intermediate result is computed once, when first asked for.

    Attributes:
        signal: float32 mono, shape (n,), at `profile.audio.sample_rate`.
        profile: the configuration.
    """

    signal: np.ndarray
    profile: Profile

    def with_mel_db(self, mel_db: np.ndarray) -> "Analysis":
        """The same recording seen through another log-mel spectrogram; what is made of that one follows.

        Args:
            mel_db: in dB, shape (frames, n_mels); replaces `mel_db` and thereby `mfcc` and `onset_strength`.
        """
        other = Analysis(self.signal, self.profile)
        vars(other).update(power=self.power, mel_db=mel_db)  # where cached_property keeps its values
        return other

    @property
    def sample_rate(self) -> int:
        """Of the analysed signal, in Hz."""
        return self.profile.audio.sample_rate

    @property
    def seconds(self) -> float:
        """Duration of the analysed signal, in s."""
        return self.signal.size / self.sample_rate

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return 1 + self.signal.size // self.profile.frames.hop_length

    @cached_property
    def voice(self) -> Voice | None:
        """The F0 contour; None if the recording is too short for one."""
        return listen(self.signal, self.sample_rate, self.profile.pitch)

    @cached_property
    def power(self) -> np.ndarray:
        """|STFT|², shape (frames, 1 + n_fft // 2), float32."""
        frames = self.profile.frames
        views = _frames(self.signal, frames)
        power = np.empty((len(views), 1 + frames.n_fft // 2), np.float32)
        window = hann(frames.frame_length, frames.n_fft)
        for start in range(0, len(views), BLOCK_FRAMES):
            spectrum = scipy.fft.rfft(views[start : start + BLOCK_FRAMES] * window, axis=1)
            part = power[start : start + BLOCK_FRAMES]
            np.add(np.square(spectrum.real), np.square(spectrum.imag), out=part)
        return power

    @cached_property
    def magnitude(self) -> np.ndarray:
        """|STFT|, shape (frames, 1 + n_fft // 2), float32."""
        return np.sqrt(self.power)

    @cached_property
    def mel_db(self) -> np.ndarray:
        """Log-mel spectrogram in dB (re 1), clipped `top_db` below its maximum, shape (frames, n_mels)."""
        frames = self.profile.frames
        mel = self.power @ mel_filters(self.sample_rate, frames.n_fft, frames.n_mels)
        decibels = 10 * np.log10(np.maximum(mel, np.float32(1e-10)))
        return np.maximum(decibels, decibels.max() - np.float32(frames.top_db))

    @cached_property
    def mfcc(self) -> np.ndarray:
        """Mel-frequency cepstral coefficients (orthonormal DCT-II of `mel_db`), shape (frames, n_mfcc)."""
        frames = self.profile.frames
        # In float64, as the sum of many decibels of one sign would lose the sixth digit.
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
        """Power by pitch class, divided by the frame's largest, shape (frames, 12), 0–1; C first.

        As `librosa.feature.chroma_stft` with `tuning=0`; a silent frame has zeros.
        """
        energies = self.power @ chroma_filters(self.sample_rate, self.profile.frames.n_fft)
        largest = energies.max(axis=1, keepdims=True)
        return energies / np.maximum(largest, np.finfo(np.float32).tiny)

    @cached_property
    def hidden(self) -> Hidden:
        """Hidden states of the profile's pretrained encoder, on frames of its own.

        Raises:
            InputError: if the profile has none, or its folder is not what it was.
        """
        return hidden(self.signal, encoder_of(self.profile))

    @cached_property
    def rms(self) -> np.ndarray:
        """Root mean square per frame, full scale 1, shape (frames,)."""
        frames = self.profile.frames
        return np.sqrt(centred_power(self.signal, frames.frame_length, frames.hop_length))

    @cached_property
    def zero_crossings(self) -> np.ndarray:
        """Share of samples at a sign change per frame, shape (frames,), 0–1."""
        frames = self.profile.frames
        return zero_crossing_rate(self.signal, frames.frame_length, frames.hop_length)

    @cached_property
    def onset_strength(self) -> np.ndarray:
        """Spectral flux: mean rise of the log-mel spectrogram per frame, in dB, shape (frames,).

        As `librosa.onset.onset_strength` (Böck & Widmer 2013 without vibrato suppression): positive
        differences of neighbouring frames, averaged over bands, shifted to compensate for centring.
        """
        frames = self.profile.frames
        flux = np.zeros(len(self.mel_db), np.float32)
        rises = np.maximum(np.diff(self.mel_db, axis=0), 0).mean(axis=1)
        delay = 1 + frames.n_fft // (2 * frames.hop_length)
        flux[delay:] = rises[: max(flux.size - delay, 0)]
        return flux


def _frames(signal: np.ndarray, frames: FrameConfig) -> np.ndarray:
    padded = zero_padded(signal, frames.n_fft // 2)
    return overlapping(padded, frames.n_fft, frames.hop_length)
