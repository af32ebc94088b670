"""Decoded audio → the analysed signal: resampled, then trimmed, at its original level.

`Audio` → [`bone_conduct`] → `resample` → `speech_bounds` → float32 mono at the profile's rate

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

MIN_POWER = 1e-10
"""Lower limit of mean squares (librosa's `amin`), so that a faint recording is not trimmed away."""

BONE_POLE = 0.755
BONE_GAIN = 0.205
"""α and β of H(z) = β / (1 − α z⁻¹), the low-pass filter that models bone conduction."""

BONE_RATE = 48_000
"""Sample rate of the corpus that the coefficients were published with, in Hz."""


def prepare(audio: Audio, config: AudioConfig) -> np.ndarray:
    """Apply bone conduction if the profile has it, resample, and trim a decoded recording.

    Args:
        audio: mono signal at the file's rate.
        config: target rate and trimming threshold.

    Returns:
        float32, shape (n,), at `config.sample_rate`.
    """
    return prepare_with_offset(audio, config)[0]


def prepare_with_offset(audio: Audio, config: AudioConfig) -> tuple[np.ndarray, float]:
    """As `prepare`, with the time in the recording, in s, at which the prepared signal begins."""
    signal, rate = audio.signal, audio.sample_rate
    if config.bone_conduction:
        signal, rate = bone_conduct(resample(signal, rate, BONE_RATE)), BONE_RATE
    signal = resample(signal, rate, config.sample_rate)
    if config.trim_db is None:
        return signal, 0.0
    start, end = speech_bounds(signal, config.trim_db)
    return signal[start:end], start / config.sample_rate


def resample(signal: np.ndarray, source_rate: float, target_rate: float) -> np.ndarray:
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
    if resampled.size >= size:
        return resampled[:size]
    return np.pad(resampled, (0, size - resampled.size))


def bone_conduct(signal: np.ndarray) -> np.ndarray:
    """Simulate bone conduction: a first-order low-pass filter, the same for every speaker.

    The impulse response is 0.205 · 0.755ⁿ, the gain |0.205 / (1 − 0.755 e^(−jω))|: −1.5 dB at 0 Hz,
    3 dB less at 2.2 kHz, −18.7 dB at 24 kHz. The coefficients determine ω, not a frequency in Hz: they are
    valid at the 48 kHz of the paper's corpus. Recordings of another rate are resampled to it first (our
    choice), as corpora of different rates would be filtered differently otherwise.

    >>> bone_conduct(np.array([1, 0, 0])).astype(str).tolist()
    ['0.205', '0.154775', '0.11685512']

    Args:
        signal: float32, shape (n,), at `BONE_RATE`.

    Returns:
        float32, shape (n,).

    Source: the bone-conducted transformer paper, equations 1 and 2, averaged coefficients.
    """
    from scipy.signal import lfilter  # takes half a second, and few profiles need it

    return lfilter([BONE_GAIN], [1.0, -BONE_POLE], signal).astype(np.float32)


def speech_bounds(signal: np.ndarray, top_db: float) -> tuple[int, int]:
    """First and last sample that are not leading or trailing silence, as in `librosa.effects.trim`.

    Args:
        signal: float32, shape (n,).
        top_db: frames this far below the loudest frame's RMS are silence, in dB.

    Returns:
        (start, end) in samples, end excluded.
    """
    power = np.maximum(centred_power(signal, TRIM_FRAME, TRIM_HOP), MIN_POWER)
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
    padded = zero_padded(signal, frame_length // 2)
    block = gcd(frame_length, hop_length)
    blocks = padded[: padded.size // block * block].reshape(-1, block)
    energies = np.einsum("ij,ij->i", blocks, blocks)
    return frame_sums(energies, frame_length // block, hop_length // block) / frame_length


def zero_padded(signal: np.ndarray, margin: int) -> np.ndarray:
    """The signal with `margin` zeros on both sides, in a fifth of the time of `np.pad`.

    >>> zero_padded(np.array([1, 2]), 1)
    array([0, 1, 2, 0])
    """
    padded = np.zeros(signal.size + 2 * margin, signal.dtype)
    padded[margin : margin + signal.size] = signal
    return padded


def overlapping(signal: np.ndarray, frame_length: int, hop_length: int) -> np.ndarray:
    """Frames as a read-only view of the signal, in a tenth of the time of `sliding_window_view`.

    >>> overlapping(np.arange(6), 3, 2)
    array([[0, 1, 2],
           [2, 3, 4]])

    Args:
        signal: contiguous, shape (n,), n ≥ frame_length.
        frame_length: in samples.
        hop_length: in samples.

    Returns:
        Shape (1 + (n - frame_length) // hop_length, frame_length).
    """
    step = signal.itemsize
    count = 1 + (signal.size - frame_length) // hop_length
    return np.ndarray((count, frame_length), signal.dtype, signal, strides=(hop_length * step, step))


def frame_sums(values: np.ndarray, frame_length: int, hop_length: int) -> np.ndarray:
    """Sum of each frame of a sequence, through one cumulative sum.

    >>> frame_sums(np.array([1, 2, 3, 4, 5]), 3, 2)
    array([ 6., 12.])

    Args:
        values: shape (n,).
        frame_length: values per frame.
        hop_length: values between the starts of frames.

    Returns:
        float64, shape (1 + (n - frame_length) // hop_length,).
    """
    cumulative = np.zeros(values.size + 1)
    np.cumsum(values, dtype=np.float64, out=cumulative[1:])
    starts = np.arange(0, values.size - frame_length + 1, hop_length)
    return np.maximum(cumulative[starts + frame_length] - cumulative[starts], 0.0)
