"""What every extractor shares: one STFT, one mel spectrogram, one Praat pass, computed on first use.

signal → `Analysis` (power, mel_db, level, pitch … each cached) → extractors → columns and frames

Conventions: (frames, features) order; frame t is centred on sample t × hop_length; float32.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np
import scipy.fft

from ser_features.config import FrameConfig, Profile
from ser_features.manifest import Column
from ser_features.preprocess import centred_power

BLOCK_FRAMES = 2048
"""Frames transformed at once, so that ten minutes of speech need no gigabytes."""


class ColumnExtractor(Protocol):
    """Turns an analysis into named numbers of the whole recording.

    Attributes:
        name: of the extractor.
        version: raised whenever its numbers change, so that stores of old numbers are told apart.
        columns: what `extract` returns, in order.
    """

    name: str
    version: int
    columns: tuple[Column, ...]

    def extract(self, analysis: "Analysis") -> dict[str, float]:
        """One value per column; NaN where it cannot be computed."""
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

    @property
    def sample_rate(self) -> int:
        """Of the analysed signal, in Hz."""
        return self.profile.audio.sample_rate

    @property
    def seconds(self) -> float:
        """Duration of the analysed signal, in s."""
        return self.signal.size / self.sample_rate

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
    def rms(self) -> np.ndarray:
        """Root mean square per frame, full scale 1, shape (frames,)."""
        frames = self.profile.frames
        return np.sqrt(centred_power(self.signal, frames.frame_length, frames.hop_length))

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
    padded = np.pad(signal, frames.n_fft // 2)
    return np.lib.stride_tricks.sliding_window_view(padded, frames.n_fft)[:: frames.hop_length]


@lru_cache(maxsize=8)
def hann(frame_length: int, size: int) -> np.ndarray:
    """Periodic Hann window, zero-padded on both sides to `size`.

    >>> hann(4, 4).tolist()
    [0.0, 0.5, 1.0, 0.5]
    """
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(frame_length) / frame_length)
    before = (size - frame_length) // 2
    return np.pad(window, (before, size - frame_length - before)).astype(np.float32)


@lru_cache(maxsize=8)
def mel_filters(sample_rate: int, n_fft: int, n_mels: int) -> np.ndarray:
    """Triangular mel filters, Slaney's scale and area normalisation (`librosa.filters.mel`, transposed).

    Args:
        sample_rate: in Hz; the bands reach from 0 to half of it.
        n_fft: FFT length, in samples.
        n_mels: number of bands.

    Returns:
        float32, shape (1 + n_fft // 2, n_mels), ≥ 0.

    Source: M. Slaney, Auditory Toolbox, Interval Research 1998-010.
    """
    edges = _mel_to_hz(np.linspace(0, _hz_to_mel(sample_rate / 2), n_mels + 2))
    ramps = edges[None, :] - np.fft.rfftfreq(n_fft, 1 / sample_rate)[:, None]
    widths = np.diff(edges)
    rising, falling = -ramps[:, :-2] / widths[:-1], ramps[:, 2:] / widths[1:]
    triangles = np.maximum(0, np.minimum(rising, falling))
    return (triangles * 2 / (edges[2:] - edges[:-2])).astype(np.float32)


# Slaney's scale: linear up to 1 kHz (15 mel), then 27 mel per factor 6.4.
_LINEAR_HZ = 200 / 3
_LOG_START_HZ, _LOG_START_MEL, _LOG_STEP = 1000.0, 15.0, np.log(6.4) / 27


def _hz_to_mel(hertz: float) -> float:
    if hertz < _LOG_START_HZ:
        return hertz / _LINEAR_HZ
    return float(_LOG_START_MEL + np.log(hertz / _LOG_START_HZ) / _LOG_STEP)


def _mel_to_hz(mel: np.ndarray) -> np.ndarray:
    logarithmic = _LOG_START_HZ * np.exp(_LOG_STEP * (mel - _LOG_START_MEL))
    return np.where(mel < _LOG_START_MEL, mel * _LINEAR_HZ, logarithmic)


@lru_cache(maxsize=8)
def dct_basis(n_mels: int, n_mfcc: int) -> np.ndarray:
    """First columns of the orthonormal DCT-II.

    Returns:
        float64, shape (n_mels, n_mfcc).
    """
    angles = np.pi / n_mels * np.outer(np.arange(n_mels) + 0.5, np.arange(n_mfcc))
    basis = np.cos(angles) * np.sqrt(2 / n_mels)
    basis[:, 0] /= np.sqrt(2)
    return basis
