"""Signal and F0 contour → glottal pulses → jitter and shimmer, as in Praat."""

import numpy as np

from ser_features.parameters import PitchConfig
from ser_features.voice.contour import Contour
from ser_features.voice.library import library

MARGIN = 32
"""Values that arrays have beyond the largest number of lags, for rounding to blocks."""


def pulses(signal: np.ndarray, sample_rate: int, contour: Contour) -> np.ndarray:
    """Times of the glottal pulses, as Praat's `Sound & Pitch: To PointProcess (cc)`.

    Args:
        signal: float64, shape (n,).
        sample_rate: in Hz.
        contour: F0 of the signal.

    Returns:
        In s, ascending, float64, shape (pulses,).
    """
    voiced = contour.f0[contour.f0 > 0]
    if not voiced.size:
        return np.empty(0)
    seconds = signal.size / sample_rate
    # Pulses of a stretch are at least 0.8 periods apart, and each stretch has at most two more.
    points = np.empty(int(2 * seconds * voiced.max()) + 2 * voiced.size + MARGIN)
    products, norms = np.empty((2, int(sample_rate / voiced.min()) + MARGIN))
    count = library().pulses(
        signal,
        signal.size,
        1 / sample_rate,
        contour.f0,
        contour.f0.size,
        contour.start,
        contour.step,
        float(max(signal.max(), -signal.min())),
        points.size,
        products,
        norms,
        np.empty(3),
        points,
    )
    times = points[:count]
    return times[(times >= 0) & (times <= seconds)]


def jitter(points: np.ndarray, config: PitchConfig) -> float:
    """Local jitter: mean absolute difference of neighbouring periods, relative to the mean period.

    Args:
        points: as `pulses` returns.
        config: which periods are used.

    Returns:
        ≥ 0; NaN without two similar periods.
    """
    return library().jitter(points, points.size, *_limits(config))


def shimmer(signal: np.ndarray, sample_rate: int, points: np.ndarray, config: PitchConfig) -> float:
    """Local shimmer: mean absolute difference of neighbouring amplitudes, relative to the mean amplitude.

    Args:
        signal: float64, shape (n,).
        sample_rate: in Hz.
        points: as `pulses` returns.
        config: which periods and amplitudes are used.

    Returns:
        ≥ 0; NaN without two neighbouring amplitudes.
    """
    limits = (*_limits(config), config.max_amplitude_factor)
    return library().shimmer(signal, signal.size, 1 / sample_rate, points, points.size, *limits)


def _limits(config: PitchConfig) -> tuple[float, float, float]:
    return config.shortest_period, config.longest_period, config.max_period_factor
