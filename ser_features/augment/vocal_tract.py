"""Signal → as from a shorter or longer vocal tract."""

import numpy as np

from ser_features import fft
from ser_features.augment.base import Parameter, Parameters, SignalTransform

FRAME_SECONDS = 0.032
HOPS_PER_FRAME = 4
ENVELOPE_SECONDS = 0.002
FADING_SHARE = 0.2
"""Cepstrum of the spectral envelope: up to this quefrency, with a fade over the last share of it.

With more detail the harmonics of a high voice count as formants, and its pitch moves; with less, formants do
not move with the envelope.
"""

BEND_HERTZ = 4800.0
"""Formants lie below: there the warp is a constant factor, above it leads back to half the sample rate."""

BEND_SHARE = 0.6
"""Upper limit of the bend as a share of half the sample rate (4800 Hz at 16 kHz)."""

MIN_SHARE = 1e-5
"""Lower limit of magnitudes, relative to the recording's largest (−100 dB)."""


class VocalTract(SignalTransform):
    """Vocal tract length perturbation (Jaitly & Hinton 2013) of the signal: formants move, the pitch stays.

    The source warps the filter bank by a piecewise linear function. Here the warp is applied to the spectral
    envelope of each frame (smoothed cepstrum): the vocal tract shapes the envelope, the vocal folds the
    harmonics; `speed` and `pitch_shift` move both.
    """

    name = "vocal_tract"
    parameters = (Parameter("alpha", "1", (1.1, 1.1), (0.8, 1.25), "Factor on the formant frequencies."),)

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return n samples."""
        size = HOPS_PER_FRAME * round(FRAME_SECONDS * sample_rate / HOPS_PER_FRAME)
        spectra = fft.rfft(_frames(signal, size), (1,))
        envelope = log_envelope(spectra, round(ENVELOPE_SECONDS * sample_rate))
        frequencies = np.fft.rfftfreq(size, 1 / sample_rate)
        sources = unwarp(frequencies, parameters["alpha"], sample_rate / 2)
        warped = _at(envelope, sources / frequencies[1])
        altered = fft.irfft(spectra * np.exp(warped - envelope), (1,), size)
        return _overlap_add(altered, size, signal.size).astype(np.float32)


def unwarp(frequencies: np.ndarray, alpha: float, nyquist: float) -> np.ndarray:
    """Source frequency of the envelope at each frequency: the inverse of the piecewise linear warp, in Hz.

    >>> unwarp(np.array([0, 1100, 4800, 8000]), 1.1, 8000).round().tolist()
    [0.0, 1000.0, 4364.0, 8000.0]
    """
    bend = min(BEND_HERTZ, BEND_SHARE * nyquist) * min(alpha, 1.0)
    return np.interp(frequencies, [0, bend, nyquist], [0, bend / alpha, nyquist])


def log_envelope(spectra: np.ndarray, detail: int) -> np.ndarray:
    """Natural logarithm of the spectral envelope of each frame, by a smoothed cepstrum.

    Args:
        spectra: complex, shape (frames, 1 + n // 2).
        detail: number of quefrencies, in samples.

    Returns:
        shape (frames, 1 + n // 2).
    """
    magnitude = np.abs(spectra)
    logarithm = np.log(np.maximum(magnitude, max(MIN_SHARE * magnitude.max(), np.finfo(np.float32).tiny)))
    cepstrum = fft.irfft(logarithm + 0j, (1,), 2 * (logarithm.shape[1] - 1))
    weights = np.clip((1 - np.arange(detail) / detail) / FADING_SHARE, 0, 1) ** 2
    lifter = np.zeros(cepstrum.shape[1], cepstrum.dtype)
    lifter[:detail], lifter[1 - detail :] = weights, weights[:0:-1]
    return fft.rfft(cepstrum * lifter, (1,)).real


def _at(rows: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Values of each row at fractional columns, linearly interpolated."""
    left = np.minimum(positions.astype(int), rows.shape[1] - 2)
    weight = (positions - left).astype(rows.dtype)
    return rows[:, left] * (1 - weight) + rows[:, left + 1] * weight


def _window(size: int) -> np.ndarray:
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)).astype(np.float32)


def _frames(signal: np.ndarray, size: int) -> np.ndarray:
    """Windowed frames that cover every sample equally often, a multiple of `HOPS_PER_FRAME` in number."""
    hop = size // HOPS_PER_FRAME
    count = HOPS_PER_FRAME * -(-(signal.size + 2 * size) // size)
    padded = np.zeros(size + hop * (count - 1), np.float32)
    padded[size : size + signal.size] = signal
    return np.lib.stride_tricks.sliding_window_view(padded, size)[::hop] * _window(size)


def _overlap_add(frames: np.ndarray, size: int, samples: int) -> np.ndarray:
    """Inverse of `_frames`: frames are windowed again; the squared windows sum to 3/2."""
    hop = size // HOPS_PER_FRAME
    total = np.zeros(hop * (len(frames) - 1) + size, frames.dtype)
    windowed = frames * (_window(size) / 1.5)
    for first in range(HOPS_PER_FRAME):
        part = windowed[first::HOPS_PER_FRAME].ravel()
        total[first * hop : first * hop + part.size] += part
    return total[size : size + samples]
