"""Onset strength → mean local autocorrelation: librosa's tempogram, averaged over frames.

    mean over frames t of  Σ_j w(j − t) x(j) · w(j + lag − t) x(j + lag) / Σ_j (w(j − t) x(j))²

The Hann window w(j − t) is a sum of three products of something of j and something of t. So the sum over t
can be taken first, as a difference of two cumulative sums, and what is left are correlations of whole
recordings: ten Fourier transforms in all, instead of one per frame.

>>> clicks = np.resize([1.0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 300)
>>> similarity = mean_autocorrelation(clicks, 100)
>>> similarity.shape, similarity[0].round(6).item(), 5 + similarity[5:].argmax().item()
((100,), 1.0, 10)
"""

import numpy as np
import scipy.fft

from ser_features.extractors.filters import hann
from ser_features.preprocess import overlapping

FAINT = 1e-6
"""A neighbourhood with less than this share of the loudest one's energy is transformed by itself: what is
divided by so little would drown all others in the cumulative sums."""

BLOCK_FRAMES = 1024
"""Neighbourhoods transformed at once, so that ten minutes of speech need no gigabytes."""


def mean_autocorrelation(onset_strength: np.ndarray, window: int) -> np.ndarray:
    """Mean over frames of the normalised autocorrelation around each frame.

    Args:
        onset_strength: shape (frames,).
        window: length of the Hann-windowed neighbourhood, in frames.

    Returns:
        float32, shape (window,), ≤ 1; a neighbourhood of zeros counts as zeros.
    """
    frames = onset_strength.size
    ramped = _ramped(onset_strength, window)
    energy = np.correlate(np.square(ramped), np.square(hann(window, window), dtype=np.float64), "valid")
    weights = np.divide(1, energy, out=np.zeros(frames), where=energy > np.finfo(np.float32).tiny)
    faint = energy < FAINT * energy.max()
    total = _summed(ramped, np.where(faint, 0, weights), window)
    around = overlapping(ramped, window, 1)
    for rows in _blocks(np.flatnonzero(faint & (weights > 0))):
        total += _summed_singly(around[rows], weights[rows])
    return (total / frames).astype(np.float32)


def _ramped(values: np.ndarray, window: int) -> np.ndarray:
    """A neighbourhood around every value: at both ends they fade away, float64, shape (n + window - 1,)."""
    fade = np.arange(window // 2) / (window // 2)
    faded = np.concatenate([values[0] * fade, values, values[-1] * fade[::-1]], dtype=np.float64)
    return faded[: values.size + window - 1]


def _summed(signal: np.ndarray, weights: np.ndarray, window: int) -> np.ndarray:
    """Sum over frames of the weighted autocorrelation of each neighbourhood, all at once.

    Args:
        signal: shape (frames + window - 1,); the neighbourhood of frame t begins at sample t.
        weights: shape (frames,).
        window: samples per neighbourhood.

    Returns:
        Shape (window,).
    """
    # w(j − t) = ½ − ½ cos j cos t − ½ sin j sin t, in turns of the window.
    angles = 2 * np.pi / window * np.arange(signal.size)
    waves = np.stack([np.ones(signal.size), np.cos(angles), np.sin(angles)])
    of_frames = waves[:, : weights.size] * [[0.5], [-0.5], [-0.5]]
    # Sample j lies in the neighbourhoods of the frames up to j, less those up to j − window.
    begun = np.zeros((3, 3, signal.size))
    begun[..., : weights.size] = (weights * of_frames)[:, np.newaxis] * of_frames
    np.cumsum(begun, axis=2, out=begun)
    ended = np.zeros_like(begun)
    ended[..., window:] = begun[..., :-window]
    waves *= signal
    weighted = [np.einsum("sj,rsj->rj", waves, sums) for sums in (begun, ended)]
    size = scipy.fft.next_fast_len(signal.size + window, real=True)
    plain, opened, closed = scipy.fft.rfft(np.stack([waves, *weighted]), size, axis=2)
    # Both samples of a product must lie in the neighbourhood: the first has begun, the second has not ended.
    spectrum = (opened.conj() * plain - plain.conj() * closed).sum(axis=0)
    return scipy.fft.irfft(spectrum, size)[:window]


def _summed_singly(around: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """As `_summed`, a Fourier transform per neighbourhood, shape (neighbourhoods, window)."""
    window = around.shape[1]
    spectra = scipy.fft.rfft(around * hann(window, window), 2 * window, axis=1)
    return scipy.fft.irfft(weights @ (np.square(spectra.real) + np.square(spectra.imag)), 2 * window)[:window]


def _blocks(frames: np.ndarray) -> list[np.ndarray]:
    return [frames[start : start + BLOCK_FRAMES] for start in range(0, frames.size, BLOCK_FRAMES)]
