"""Samples → zero-crossing rate per frame; frames → time derivatives; frames → mean and standard deviation.

>>> moments("x", np.array([[1.0], [3.0]]))
{'x_mean_0': 2.0, 'x_std_0': 1.0}
"""

from functools import lru_cache
from math import factorial, gcd

import numpy as np

from ser_features.preprocess import frame_sums

CROSSING_THRESHOLD = 1e-10
"""Samples this close to zero have no sign (librosa's default)."""


def zero_crossing_rate(signal: np.ndarray, frame_length: int, hop_length: int) -> np.ndarray:
    """Share of sign changes per centred frame, as `librosa.feature.zero_crossing_rate`.

    Args:
        signal: shape (n,).
        frame_length: in samples.
        hop_length: in samples.

    Returns:
        float64, shape (1 + n // hop_length,), 0–1; changes between frames are not counted.
    """
    negative = np.pad(signal < -CROSSING_THRESHOLD, frame_length // 2, mode="edge")
    changes = np.zeros(negative.size, np.int8)
    np.not_equal(negative[1:], negative[:-1], out=changes[1:].view(bool))
    block = gcd(frame_length, hop_length)
    blocks = changes[: changes.size // block * block].reshape(-1, block).sum(axis=1, dtype=np.int32)
    counts = frame_sums(blocks, frame_length // block, hop_length // block)
    # A change from the sample before the frame to its first one lies between two frames.
    return (counts - changes[: counts.size * hop_length : hop_length]) / frame_length


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


def moments(name: str, values: np.ndarray) -> dict[str, float]:
    """Mean and standard deviation over frames of each band, named by `moment_names`.

    Args:
        name: of the quantity.
        values: shape (frames, bands).

    Returns:
        2 × bands values, all means first.
    """
    exact = values.astype(np.float64)
    statistics = np.concatenate([exact.mean(axis=0), exact.std(axis=0)])
    return dict(zip(moment_names(name, values.shape[1]), statistics.tolist(), strict=True))


def moment_names(name: str, bands: int) -> tuple[str, ...]:
    """Names of the means of all bands, then of their standard deviations.

    >>> moment_names("mel", 2)
    ('mel_mean_0', 'mel_mean_1', 'mel_std_0', 'mel_std_1')
    """
    return tuple(f"{name}_{statistic}_{band}" for statistic in ("mean", "std") for band in range(bands))
