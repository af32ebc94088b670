"""Decoded audio → the signal that is analysed: resampled, then trimmed, level untouched.

`Audio` → `resample` → `trim` → float32 mono at the profile's rate

>>> import numpy
>>> audio = Audio(numpy.ones(48_000, numpy.float32), 48_000, 1)
>>> prepare(audio, AudioConfig(sample_rate=16_000)).shape
(16000,)
"""

from math import ceil, gcd

import numpy as np
import soxr

from ser_features.audio import Audio
from ser_features.config import AudioConfig

TRIM_FRAME = 2048
TRIM_HOP = 512
"""librosa.effects.trim's defaults, in samples of the resampled signal."""

FAINTEST_POWER = 1e-10
"""Mean squares below count as this (librosa's `amin`), so that a faint recording is not cut to pieces."""


def prepare(audio: Audio, config: AudioConfig) -> np.ndarray:
    """Resample and trim a decoded recording.

    Args:
        audio: mono signal at the file's rate.
        config: target rate and trimming threshold.

    Returns:
        float32, shape (n,), at `config.sample_rate`.
    """
    signal = resample(audio.signal, audio.sample_rate, config.sample_rate)
    if config.trim_db is None:
        return signal
    start, end = speech_bounds(signal, config.trim_db)
    return signal[start:end]


def resample(signal: np.ndarray, source_rate: int, target_rate: int) -> np.ndarray:
    """Resample with soxr's high quality setting, as `librosa.resample` does by default.

    Args:
        signal: float32, shape (n,).
        source_rate: in Hz.
        target_rate: in Hz.

    Returns:
        float32, shape (⌈n × target_rate / source_rate⌉,), zero-padded or cut by a sample where needed.
    """
    if source_rate == target_rate:
        return signal
    resampled = soxr.resample(signal, source_rate, target_rate, quality="HQ")
    size = ceil(signal.size * (target_rate / source_rate))
    return np.pad(resampled[:size], (0, max(size - resampled.size, 0)))


def speech_bounds(signal: np.ndarray, top_db: float) -> tuple[int, int]:
    """First and last sample that are not leading or trailing silence, as in `librosa.effects.trim`.

    Args:
        signal: float32, shape (n,).
        top_db: a frame counts as silence this far below the loudest frame's RMS, in dB.

    Returns:
        (start, end) in samples, end excluded.
    """
    power = np.maximum(centred_power(signal, TRIM_FRAME, TRIM_HOP), FAINTEST_POWER)
    loud = np.flatnonzero(power > power.max() * 10 ** (-top_db / 10))
    return int(loud[0]) * TRIM_HOP, min(signal.size, (int(loud[-1]) + 1) * TRIM_HOP)


def centred_power(signal: np.ndarray, frame_length: int, hop_length: int) -> np.ndarray:
    """Mean square of centred frames, zero-padded at both ends (the square of `librosa.feature.rms`).

    Args:
        signal: float32, shape (n,).
        frame_length: in samples.
        hop_length: in samples.

    Returns:
        float64, shape (1 + n // hop_length,), ≥ 0.
    """
    padded = np.pad(signal, frame_length // 2)
    block = gcd(frame_length, hop_length)
    blocks = padded[: padded.size // block * block].reshape(-1, block)
    energies = np.einsum("ij,ij->i", blocks, blocks)
    return frame_sums(energies, frame_length // block, hop_length // block) / frame_length


def frame_sums(values: np.ndarray, frame_length: int, hop_length: int) -> np.ndarray:
    """Sum of each frame of a sequence, through one cumulative sum.

    >>> frame_sums(np.array([1, 2, 3, 4, 5]), 3, 2)
    array([ 6., 12.])

    Args:
        values: shape (n,).
        frame_length: values per frame.
        hop_length: values from one frame to the next.

    Returns:
        float64, shape (1 + (n - frame_length) // hop_length,).
    """
    cumulative = np.zeros(values.size + 1)
    np.cumsum(values, dtype=np.float64, out=cumulative[1:])
    starts = np.arange(0, values.size - frame_length + 1, hop_length)
    return np.maximum(cumulative[starts + frame_length] - cumulative[starts], 0.0)
