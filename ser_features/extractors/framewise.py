"""Pre-emphasis, window, mel filters, DCT basis and time derivatives: from frames to spectra, mel bands, MFCC.

`preemphasised`, `hann` → STFT, `mel_filters` → mel, `dct_basis` → MFCC, `delta` → Δ and ΔΔ

They equal librosa's (tests/ser_features/extractors/test_parity.py). They are written out here because every
extraction needs them, and importing `librosa.filters` takes longer than analysing several recordings.

>>> mel_filters(16_000, 512, 64).shape, dct_basis(64, 13).shape
((257, 64), (64, 13))
"""

from functools import lru_cache
from math import factorial

import numpy as np

BANDS = 16
"""Mel bands that are computed at once; fewer would reach fewer bins, and need more calls."""


def preemphasised(signal: np.ndarray, coefficient: float) -> np.ndarray:
    """Raise high frequencies as `librosa.effects.preemphasis`: y[n] = x[n] − coefficient · x[n − 1].

    The first sample is y[0] = 3 · x[0] − x[1], as in librosa.

    >>> preemphasised(np.array([1, 2, 3], np.float32), 0.5).tolist()
    [1.0, 1.5, 2.0]

    Args:
        signal: float32, shape (n,), n ≥ 2.
        coefficient: 0 to below 1.

    Returns:
        float32, shape (n,).
    """
    emphasised = signal.copy()
    emphasised[1:] -= np.float32(coefficient) * signal[:-1]
    emphasised[0] += 2 * signal[0] - signal[1]
    return emphasised


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
def bin_frequencies(sample_rate: int, n_fft: int) -> np.ndarray:
    """Of the bins of a spectrum, in Hz, float64, shape (1 + n_fft // 2,).

    >>> bin_frequencies(16_000, 4).tolist()
    [0.0, 4000.0, 8000.0]
    """
    return np.fft.rfftfreq(n_fft, 1 / sample_rate)


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
    ramps = edges[None, :] - bin_frequencies(sample_rate, n_fft)[:, None]
    widths = np.diff(edges)
    rising, falling = -ramps[:, :-2] / widths[:-1], ramps[:, 2:] / widths[1:]
    triangles = np.maximum(0, np.minimum(rising, falling))
    return (triangles * 2 / (edges[2:] - edges[:-2])).astype(np.float32)


@lru_cache(maxsize=8)
def mel_filters_of_bins(sample_rate: int, n_fft: int, n_mels: int) -> tuple[tuple[slice, np.ndarray], ...]:
    """The filters of each `BANDS` bands, without the bins that none of them reaches: a quarter of all values.

    Args:
        sample_rate: in Hz.
        n_fft: FFT length, in samples.
        n_mels: number of bands.

    Returns:
        Of each group of bands in order, its bins, and its filters, float32, shape (bins, bands).
    """
    filters = mel_filters(sample_rate, n_fft, n_mels)
    groups = [filters[:, first : first + BANDS] for first in range(0, n_mels, BANDS)]
    reached = [np.flatnonzero(group.any(axis=1)) for group in groups]
    bins = [slice(one.min(initial=n_fft), one.max(initial=-1) + 1) for one in reached]
    return tuple((of_group, group[of_group].copy()) for of_group, group in zip(bins, groups, strict=True))


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


def delta(values: np.ndarray, width: int, order: int) -> np.ndarray:
    """Local estimate of a time derivative, as `librosa.feature.delta`.

    A polynomial of degree `order` is fitted to `width` neighbouring frames (Savitzky & Golay 1964). Its
    derivative of that order is constant, so the frames at both ends share the first and the last fit.
    Sequences shorter than `width` are padded with their last frame (librosa refuses them).

    Args:
        values: float32, shape (frames, features).
        width: odd number of frames.
        order: 1 for Δ, 2 for ΔΔ.

    Returns:
        float32, same shape, per frame (to the power of `order`).
    """
    frames = len(values)
    padded = values
    if frames < width:
        padded = np.pad(values, ((0, width - frames), (0, 0)), mode="edge")
    weights, fits = _derivative_weights(width, order), len(padded) - width + 1
    derivative = np.empty_like(padded)
    inner = derivative[width // 2 : width // 2 + fits]
    np.multiply(padded[:fits], weights[0], out=inner)
    for offset in range(1, width):
        inner += weights[offset] * padded[offset : offset + fits]
    derivative[: width // 2], derivative[width // 2 + fits :] = inner[0], inner[-1]
    return derivative[:frames]


@lru_cache(maxsize=8)
def _derivative_weights(width: int, order: int) -> np.ndarray:
    """Weights of `width` frames for the `order`-th derivative of the polynomial fitted to them."""
    positions = np.arange(width) - width // 2
    powers = np.vander(positions, order + 1, increasing=True)
    return (factorial(order) * np.linalg.pinv(powers)[order]).astype(np.float32)
