"""A profile → its window, filter banks and bases: arrays that no recording changes, made once.

`hann` → STFT, `mel_filters` → mel, `dct_basis` → MFCC, `chroma_filters` → chroma, `tonal_basis` → tonnetz

Written from librosa's definitions, so that workers need not import librosa.

>>> mel_filters(16_000, 512, 64).shape, chroma_filters(16_000, 512).shape
((257, 64), (257, 12))
"""

from functools import lru_cache

import numpy as np


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
    edges = _mel_to_hz(np.linspace(0, hz_to_mel(sample_rate / 2), n_mels + 2))
    ramps = edges[None, :] - np.fft.rfftfreq(n_fft, 1 / sample_rate)[:, None]
    widths = np.diff(edges)
    rising, falling = -ramps[:, :-2] / widths[:-1], ramps[:, 2:] / widths[1:]
    triangles = np.maximum(0, np.minimum(rising, falling))
    return (triangles * 2 / (edges[2:] - edges[:-2])).astype(np.float32)


# Slaney's scale: linear up to 1 kHz (15 mel), then 27 mel per factor 6.4.
_LINEAR_HZ = 200 / 3
_LOG_START_HZ, _LOG_START_MEL, _LOG_STEP = 1000.0, 15.0, np.log(6.4) / 27


def hz_to_mel(hertz: float) -> float:
    """Slaney's mel scale: linear up to 1 kHz, logarithmic above.

    >>> hz_to_mel(1000.0)
    15.0
    """
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


SEMITONES = 12
_A0_HZ = 27.5
# Octaves above A0: the pitches near the centre count most (librosa's `ctroct` and `octwidth`).
_CENTRE_OCTAVE, _OCTAVE_WIDTH = 5.0, 2.0


@lru_cache(maxsize=8)
def chroma_filters(sample_rate: int, n_fft: int) -> np.ndarray:
    """Weights of the FFT bins for the twelve pitch classes (`librosa.filters.chroma`, transposed).

    Tuned to A4 = 440 Hz. A bin belongs to a class the more, the nearer it lies, in semitones modulo an
    octave; where bins are wider than a semitone they are shared. Bins near A5 (880 Hz) weigh most.

    Args:
        sample_rate: in Hz.
        n_fft: FFT length, in samples.

    Returns:
        float32, shape (1 + n_fft // 2, 12), ≥ 0, C first.

    Source: D. Ellis, Chroma feature analysis and synthesis, 2007.
    """
    hertz = np.arange(1, n_fft // 2 + 2) * sample_rate / n_fft
    semitones = SEMITONES * np.log2(hertz / _A0_HZ)
    # 0 Hz has no pitch: it is put one and a half octaves below bin 1, where it is wide and weighs little.
    semitones = np.concatenate([[semitones[0] - 1.5 * SEMITONES], semitones])
    widths = np.maximum(np.diff(semitones), 1)[:, None]
    places = semitones[:-1, None]
    half = SEMITONES / 2
    distances = (places - np.arange(SEMITONES) + half) % SEMITONES - half
    weights = np.exp(-0.5 * (2 * distances / widths) ** 2)
    weights /= np.sqrt(np.square(weights).sum(axis=1, keepdims=True))
    weights *= np.exp(-0.5 * ((places / SEMITONES - _CENTRE_OCTAVE) / _OCTAVE_WIDTH) ** 2)
    return np.roll(weights, -3, axis=1).astype(np.float32)  # from A first to C first


@lru_cache(maxsize=1)
def tonal_basis() -> np.ndarray:
    """Place of each pitch class on the circles of fifths, minor thirds and major thirds.

    Returns:
        float32, shape (12, 6): sine and cosine on each circle, of radius 1, 1 and 0.5.

    Source: Harte, Sandler & Gasser, Detecting harmonic change in musical audio, 2006.
    """
    turns = np.outer(np.arange(SEMITONES), [7 / 12, 9 / 12, 4 / 12])
    radii = np.array([1, 1, 0.5])
    sines, cosines = radii * np.sin(2 * np.pi * turns), radii * np.cos(2 * np.pi * turns)
    return np.stack([sines, cosines], axis=2).reshape(SEMITONES, 6).astype(np.float32)
