"""Glottal pulses → local jitter; with the signal → local shimmer. As in Praat, of similar periods."""

from math import ceil, floor, nan, pi

import numpy as np
from numba import njit

from ser_features.voice.pointers import Float64s

WIDTH = 0.2
"""The amplitude of a pulse is the level of this share of the period on either side."""

SHARES = tuple(1 / (n * (n - 1)) for n in range(18, 0, -2))
"""Of the terms of a cosine's Taylor series in those before, from the last one to the first."""


def jitter(points: Float64s, count: int, shortest: float, longest: float, factor: float) -> float:
    """Mean absolute difference of neighbouring periods, relative to the mean period.

    Args:
        points: times of the pulses in s, ascending, float64, shape (count,).
        count: number of pulses.
        shortest: periods below are not used, in s.
        longest: periods above are not used, in s.
        factor: largest ratio of neighbouring periods that is used.

    Returns:
        ≥ 0; NaN without two similar periods.
    """
    periods, total = 0, 0.0
    for i in range(count - 1):
        if _is_period(points, count, i, shortest, longest, factor):
            periods, total = periods + 1, total + (points[i + 1] - points[i])
    pairs, change = 0, 0.0
    for i in range(1, count - 1):
        before, after = points[i] - points[i - 1], points[i + 1] - points[i]
        if _similar(before, after, shortest, longest, factor):
            pairs, change = pairs + 1, change + abs(before - after)
    return change / pairs / (total / periods) if pairs > 0 and periods > 0 else nan


def shimmer(
    signal: Float64s,
    size: int,
    interval: float,
    points: Float64s,
    count: int,
    shortest: float,
    longest: float,
    factor: float,
    amplitude_factor: float,
) -> float:
    """Mean absolute difference of neighbouring pulses' amplitudes, relative to the mean amplitude.

    Args:
        signal: float64, shape (size,).
        size: number of samples.
        interval: between samples, in s.
        points: times of the pulses in s, ascending, float64, shape (count,).
        count: number of pulses.
        shortest: periods below are not used, in s.
        longest: periods above are not used, in s.
        factor: largest ratio of neighbouring periods that is used.
        amplitude_factor: largest ratio of neighbouring amplitudes that is used.

    Returns:
        ≥ 0; NaN without two neighbouring amplitudes.
    """
    amplitudes, total, pairs, change = 0, 0.0, 0, 0.0
    last, time = 0.0, 0.0
    for i in range(1, count - 1):
        before, after = points[i] - points[i - 1], points[i + 1] - points[i]
        if not _similar(before, after, shortest, longest, factor):
            continue
        amplitude = _level(signal, size, interval, points[i], WIDTH * before, WIDTH * after)
        if not amplitude > 0.0:
            continue
        if amplitudes > 0:
            total += last
            gap, ratio = points[i] - time, max(amplitude / last, last / amplitude)
            if shortest <= gap <= longest and ratio <= amplitude_factor:
                pairs, change = pairs + 1, change + abs(amplitude - last)
        amplitudes, last, time = amplitudes + 1, amplitude, points[i]
    return change / pairs / (total / (amplitudes - 1)) if pairs > 0 else nan


@njit(error_model="numpy")
def _similar(before: float, after: float, shortest: float, longest: float, factor: float) -> bool:
    """Whether two neighbouring periods are used."""
    if not (shortest <= before <= longest and shortest <= after <= longest):
        return False
    return max(before / after, after / before) <= factor


@njit(error_model="numpy")
def _is_period(points: Float64s, count: int, i: int, shortest: float, longest: float, factor: float) -> bool:
    """Whether pulses i and i + 1 are a period apart: not unlike both the period before and the one after."""
    period = points[i + 1] - points[i]
    if not shortest <= period <= longest or period <= 0.0:
        return False
    unlike_before = unlike_after = False
    if i > 0:
        before = points[i] - points[i - 1]
        unlike_before = before > 0.0 and max(period / before, before / period) > factor
    if i + 2 < count:
        after = points[i + 2] - points[i + 1]
        unlike_after = after > 0.0 and max(period / after, after / period) > factor
    return not (unlike_before and unlike_after)


@njit(error_model="numpy")
def _level(signal: Float64s, size: int, interval: float, time: float, left: float, right: float) -> float:
    """RMS of the signal under a Hann window from `left` before a time to `right` after it; 0 if too short."""
    first = max(ceil((time - left) / interval - 0.5), 0)
    last = min(floor((time + right) / interval - 0.5), size - 1)
    if last - first + 1 < 3:
        return 0.0
    total = weights = 0.0
    for i in range(first, last + 1):
        distance = (i + 0.5) * interval - time
        weight = _hann(distance / (left if distance < 0.0 else right))
        total += (signal[i] * weight) ** 2
        weights += weight * weight
    return np.sqrt(total / weights)


@njit(error_model="numpy")
def _hann(phase: float) -> float:
    """½ + ½ · cos(π · phase), −1 ≤ phase ≤ 1, as the square of the Taylor series of a cosine, to 1e-12.

    A call of the system's cosine would be the kernels' only one to another library.
    """
    square = (0.5 * pi * phase) ** 2
    cosine = 1.0
    for share in SHARES:
        cosine = 1.0 - cosine * square * share
    return cosine * cosine
