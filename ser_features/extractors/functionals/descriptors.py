"""Analysis → low-level descriptors per frame: 40 log-mel bands, 20 MFCC, 12 scalar ones; F0 and harmonicity.

`Analysis` → `per_frame` (frames, 72), `semitones` and `harmonicity` (frames,)
"""

import numpy as np

from ser_features.extractors.base import Analysis, Spectra
from ser_features.extractors.core import MIN_RMS, centroid, rolloff
from ser_features.extractors.f0_contour import kernels_of
from ser_features.extractors.framewise import dct_basis

BANDS = 40
COEFFICIENTS = 20
MIN_POWER = np.float32(1e-10)
"""Lower limit of powers before the logarithm (−100 dB), so that silence has a finite level."""

TEN_BY_LN_TEN = np.float32(10 / np.log(10))
"""Decibels per unit of the natural logarithm of a power."""

REFERENCE_HZ = 100.0
"""F0 of 0 semitones."""

MAX_STRENGTH = 0.9999
"""Praat's strength is clipped to 1 − this … this, so that the harmonicity is between −40 and 40 dB."""

SINGLE: dict[str, tuple[str, str]] = {
    "level": ("dB", "RMS level"),
    "zcr": ("1", "share of samples at a sign change"),
    "centroid": ("Hz", "magnitude-weighted mean frequency"),
    "spread": ("Hz", "magnitude-weighted deviation from the centroid"),
    "flatness": ("1", "geometric by arithmetic mean of the power spectrum, 0–1"),
    "rolloff_85": ("Hz", "frequency below which 85 % of the magnitude lie"),
    "rolloff_25": ("Hz", "frequency below which 25 % of the magnitude lie"),
    "entropy": ("1", "entropy of the power spectrum, in nats"),
    "flux": ("1", "distance from the previous frame's magnitude spectrum, both of norm 1"),
    "alpha": ("dB", "power in 1–5 kHz over that in 50–1000 Hz (alpha ratio)"),
    "hammarberg": ("dB", "strongest bin below 2 kHz over that in 2–5 kHz (Hammarberg index)"),
    "onset": ("dB", "mean rise of the log-mel bands"),
}
"""Unit and meaning of the scalar descriptors."""

UNITS: dict[str, tuple[str, str]] = {
    **{f"mel_{band:02d}": ("dB", f"log-mel band {band} of {BANDS}") for band in range(BANDS)},
    **{f"mfcc_{index:02d}": ("1", f"MFCC {index}") for index in range(COEFFICIENTS)},
    **SINGLE,
}
"""Unit and meaning of every descriptor of `per_frame`, in order."""

VOICE: dict[str, tuple[str, str]] = {
    "f0": ("semitones", f"F0 over {REFERENCE_HZ:g} Hz, of voiced frames"),
    "hnr": ("dB", "harmonics-to-noise ratio by Praat's periodicity, of voiced frames"),
    "f0_change": ("semitones", "F0's step from one voiced frame to the next voiced one"),
}
"""Unit and meaning of the descriptors of voiced frames."""


def per_frame(analysis: Analysis) -> np.ndarray:
    """Descriptors in the order of `UNITS`, float32, shape (frames, 72); always finite."""
    cepstrum = analysis.mel_db @ dct_basis(analysis.profile.frames.n_mels, COEFFICIENTS)
    single = np.stack(_single(analysis), axis=1)
    return np.hstack([analysis.mel_of(BANDS), cepstrum, single]).astype(np.float32)


def _single(analysis: Analysis) -> list[np.ndarray]:
    """One array (frames,) for each of `SINGLE`."""
    *shape, alpha, hammarberg = analysis.by_frame(_shape).T
    return [
        20 * np.log10(np.maximum(analysis.rms, MIN_RMS)),
        analysis.zero_crossings,
        *shape,
        analysis.by_pair(_flux),
        alpha,
        hammarberg,
        analysis.onset_strength,
    ]


def _shape(spectra: Spectra) -> np.ndarray:
    """Those of `SINGLE` that depend on one spectrum, whatever its level, float64, shape (frames, 8)."""
    power, magnitude = spectra.power, spectra.magnitude
    frequencies = spectra.frequencies.astype(np.float32)
    centre = centroid(magnitude, frequencies)
    levels = _decibels(power)
    kernels = kernels_of(spectra.profile.pitch)
    kernel = kernels.rolloff if kernels else None
    mean = np.maximum(power.mean(axis=1), MIN_POWER)
    values = [
        centre,
        _spread(magnitude, frequencies, centre),
        10 ** (levels.mean(axis=1) / 10) / mean,
        rolloff(magnitude, frequencies, 0.85, kernel),
        rolloff(magnitude, frequencies, 0.25, kernel),
        _entropy(power, levels),
        _level(power, frequencies, 1000, 5000) - _level(power, frequencies, 50, 1000),
        _peak(levels, frequencies, 0, 2000) - _peak(levels, frequencies, 2000, 5000),
    ]
    return np.stack(values).T


def _decibels(power: np.ndarray) -> np.ndarray:
    """10·log10 of powers, float32: NumPy computes the natural logarithm four times as fast."""
    levels = np.maximum(power, MIN_POWER)
    np.log(levels, out=levels)
    levels *= TEN_BY_LN_TEN
    return levels


def _spread(magnitude: np.ndarray, frequencies: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """√(E[f²] − E[f]²), which needs no array of all distances."""
    total = np.maximum(magnitude.sum(axis=1), np.finfo(np.float32).tiny, dtype=np.float64)
    squares = magnitude @ np.square(frequencies) / total
    return np.sqrt(np.maximum(squares - np.square(centre), 0))


def _entropy(power: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """−Σ p ln p = ln Σ P − Σ P ln P / Σ P, from the logarithms computed before."""
    total = np.maximum(power.sum(axis=1), MIN_POWER, dtype=np.float64)
    logs = np.einsum("ij,ij->i", power, levels) * (np.log(10) / 10)
    return np.maximum(np.log(total) - logs / total, 0)


def _flux(spectra: Spectra) -> np.ndarray:
    """Distance of neighbouring frames, each of norm 1; 0 for the first one, and from or to silence."""
    magnitude = spectra.magnitude
    norms = np.sqrt(np.einsum("ij,ij->i", magnitude, magnitude))
    of_norm_one = magnitude / np.maximum(norms, np.finfo(np.float32).tiny)[:, np.newaxis]
    changes = of_norm_one[1:] - of_norm_one[:-1]
    distances = np.sqrt(np.einsum("ij,ij->i", changes, changes))
    return np.concatenate([[0.0], distances * (norms[1:] * norms[:-1] > 0)])


def _level(power: np.ndarray, frequencies: np.ndarray, low: float, high: float) -> np.ndarray:
    inside = slice(*np.searchsorted(frequencies, (low, high)))
    return _decibels(power[:, inside].sum(axis=1))


def _peak(levels: np.ndarray, frequencies: np.ndarray, low: float, high: float) -> np.ndarray:
    peak: np.ndarray = levels[:, slice(*np.searchsorted(frequencies, (low, high)))].max(axis=1)
    return peak


def semitones(analysis: Analysis) -> np.ndarray:
    """F0 per frame in semitones over `REFERENCE_HZ`, float64, shape (frames,); NaN where unvoiced."""
    if analysis.f0_contour is None:
        return np.full(analysis.frames, np.nan)
    f0 = analysis.f0_contour.f0_at(analysis.frame_times).astype(np.float64)
    heights: np.ndarray = 12 * np.log2(f0 / REFERENCE_HZ)
    return heights


def harmonicity(analysis: Analysis) -> np.ndarray:
    """Harmonics-to-noise ratio per frame, 10 log10(r / (1 − r)) in dB, shape (frames,).

    r is the height of the autocorrelation's peak at the F0 (Boersma 1993). NaN if the recording is too short,
    and everywhere if `f0_tracker` computed the F0 contour, without these heights.
    """
    if analysis.f0_contour is None or analysis.profile.pitch.method == "autocorrelation":
        return np.full(analysis.frames, np.nan)
    strength = analysis.f0_contour.strength_at(analysis.frame_times).astype(np.float64)
    strength = np.clip(strength, 1 - MAX_STRENGTH, MAX_STRENGTH)
    ratio: np.ndarray = 10 * np.log10(strength / (1 - strength))
    return ratio
