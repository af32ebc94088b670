"""Signal and F0 contour → times of the glottal pulses, as Praat's `Sound & Pitch: To PointProcess (cc)`.

In every voiced stretch: the largest extremum near its middle; from there period by period to the left and to
the right, each time to where the signal correlates best with that around the last pulse.

Sample i is at time (i + ½) · interval.
"""

from math import ceil, floor, nan

import numpy as np
from numba import njit

from ser_features.voice.pointers import Float64s

FAR, NEAR = 1.25, 0.8
"""The next pulse is at most and at least this many periods away."""

CORRELATION = 0.3
LOUDNESS = 0.01
"""A pulse needs this correlation, and a peak this loud relative to the recording's …"""

EDGE_CORRELATION = 0.7
EDGE_LOUDNESS = 0.023333
"""… and these just outside a voiced stretch."""

BLOCK = 16
"""Lags whose correlations are computed at once."""


def pulses(
    signal: Float64s,
    size: int,
    interval: float,
    f0: Float64s,
    frames: int,
    start: float,
    step: float,
    loudest: float,
    capacity: int,
    products: Float64s,
    norms: Float64s,
    match: Float64s,
    points: Float64s,
) -> int:
    """Find the glottal pulses.

    Args:
        signal: float64, shape (size,).
        size: number of samples.
        interval: between samples, in s.
        f0: in Hz, float64, shape (frames,); 0 where unvoiced.
        frames: number of frames.
        start: time of the first frame, in s.
        step: from one frame to the next, in s.
        loudest: largest absolute sample.
        capacity: size of `points`.
        products: float64, of at least as many values as lags are compared, and a block; overwritten.
        norms: likewise.
        match: float64, shape (3,); overwritten.
        points: ascending times in s, float64, shape (capacity,); filled.

    Returns:
        Number of pulses.
    """
    duration, count, latest, frame = size * interval, 0, -1e300, 0
    while frame < frames and count < capacity:
        if f0[frame] == 0.0:
            frame += 1
            continue
        end = frame
        while end < frames and f0[end] != 0.0:
            end += 1
        left = max(start + (frame - 0.5) * step, 0.0)
        right = min(start + (end - 0.5) * step, duration)
        if left >= duration - 0.5 * step:
            break
        middle = 0.5 * (left + right)
        half = 0.5 / _f0_at(f0, frames, start, step, duration, middle)
        seed = _extremum(signal, size, interval, middle - half, middle + half)
        count = _insert(points, count, capacity, seed)
        for side in (-1, 1):
            time = seed
            while True:
                frequency = _f0_at(f0, frames, start, step, duration, time)
                if not frequency > 0.0:
                    break
                period, last = 1.0 / frequency, time
                _best_match(signal, size, interval, time, period, side, products, norms, match)
                correlation, peak, time = match[0], match[1], match[2]
                if side * (time - last) <= 0.0:
                    break
                outside = time < left if side < 0 else time > right
                if outside:
                    good = correlation > EDGE_CORRELATION and peak > EDGE_LOUDNESS * loudest
                else:
                    good = correlation > CORRELATION and (peak == 0.0 or peak > LOUDNESS * loudest)
                # A short unvoiced stretch is not filled from both sides.
                if good and (side > 0 or time - latest > NEAR * period):
                    count = _insert(points, count, capacity, time)
                    if side > 0:
                        latest = time
                if outside:
                    break
        frame = end
    return count


@njit(error_model="numpy")
def _f0_at(f0: Float64s, frames: int, start: float, step: float, duration: float, time: float) -> float:
    """F0 at a time, interpolated between voiced frames, in Hz; NaN where the nearest frame is unvoiced."""
    if time < 0.0 or time > duration:
        return nan
    index = (time - start) / step
    near = floor(index)
    far, phase = near + 1, index - near
    if phase >= 0.5:
        near, far, phase = far, near, 1.0 - phase
    if near < 0 or near >= frames or f0[near] == 0.0:
        return nan
    if far < 0 or far >= frames or f0[far] == 0.0:
        return f0[near]
    return f0[near] + phase * (f0[far] - f0[near])


@njit(error_model="numpy")
def _extremum(signal: Float64s, size: int, interval: float, left: float, right: float) -> float:
    """Time of the largest absolute value between two times, in s, by parabolic interpolation."""
    first = max(floor(left / interval - 0.5), 0)
    last = min(ceil(right / interval - 0.5), size - 1)
    if last < first:
        return 0.5 * (left + right)
    low = high = first
    for i in range(first + 1, last + 1):
        if signal[i] < signal[low]:
            low = i
        if signal[i] > signal[high]:
            high = i
    if signal[low] == signal[high]:
        return (0.5 * (first + last) + 0.5) * interval
    top = low if abs(signal[low]) > abs(signal[high]) else high
    shift = 0.0
    if first < top < last:
        before, here, after = signal[top - 1], signal[top], signal[top + 1]
        shift = 0.5 * (after - before) / ((here - before) + (here - after))
    return (top + shift + 0.5) * interval


@njit(error_model="numpy")
def _best_match(
    signal: Float64s,
    size: int,
    interval: float,
    time: float,
    period: float,
    side: int,
    products: Float64s,
    norms: Float64s,
    match: Float64s,
) -> None:
    """Where the signal correlates best with the period around a time, before it (side −1) or after it (1).

    Fills `match` with the correlation, the peak of the samples compared, and the time. Without a maximum of
    the correlation, that is −1 and the time one period away.
    """
    nearest, farthest = time + side * NEAR * period, time + side * FAR * period
    earliest, latest = min(nearest, farthest), max(nearest, farthest)
    here = floor((time - 0.5 * period) / interval)
    length = floor((time + 0.5 * period) / interval) - here + 1
    first = floor((earliest - 0.5 * period) / interval - 0.5)
    lags = ceil((latest - 0.5 * period) / interval - 0.5) - first + 1
    _correlations(signal, size, here, length, first, lags, products, norms)
    _divide(products, norms, lags)
    best, at, before, after = -1.0, 0, 0.0, 0.0
    r1 = r2 = r3 = 0.0
    for k in range(lags):
        r1, r2 = r2, r3
        r3 = products[k]
        if r2 > best and r2 >= r1 and r2 >= r3:
            best, at, before, after = r2, k, r1, r3
    match[0], match[1], match[2] = best, 0.0, time + side * period
    if best > -1.0:
        position, bend = float(first + at - 1), (best - before) + (best - after)
        if bend != 0.0:
            slope = 0.5 * (after - before)
            match[0] += 0.5 * slope * slope / bend
            position += slope / bend
        match[2] = time + (position - here) * interval
        # As in Praat, of the samples one lag after the best.
        start, shift = first + at, first + at - here
        match[1] = _largest(signal, max(start, 0, shift), min(start + length, size, size + shift))


@njit(error_model="numpy", fastmath={"nnan", "nsz"})
def _largest(values: Float64s, first: int, last: int) -> float:
    """Largest absolute value from `first` to before `last`; 0 of none."""
    largest = 0.0
    for i in range(first, last):
        largest = max(largest, abs(values[i]))
    return largest


@njit(error_model="numpy", fastmath={"reassoc", "contract"})
def _energy(values: Float64s, first: int, count: int) -> float:
    """Sum of squares."""
    total = 0.0
    for i in range(first, first + count):
        total += values[i] * values[i]
    return total


@njit(error_model="numpy")
def _divide(products: Float64s, norms: Float64s, count: int) -> None:
    """Divide products by the roots of norms; those without a norm are 0."""
    for k in range(count):
        correlation = products[k] / np.sqrt(norms[k])
        products[k] = correlation if norms[k] > 0.0 else 0.0


@njit(error_model="numpy", fastmath={"contract"})
def _correlations(
    signal: Float64s,
    size: int,
    here: int,
    length: int,
    first: int,
    lags: int,
    products: Float64s,
    norms: Float64s,
) -> None:
    """Sums of products of `length` samples from `here` on with those from `first` + k on, k < `lags`.

    `norms` are the products of both sums of squares. Samples outside the signal, and their partners, do not
    count.
    """
    blocks = (lags + BLOCK - 1) // BLOCK
    last = first + blocks * BLOCK + length
    if here < 0 or here + length > size or first < 0 or last > size:
        for k in range(lags):
            product = own = other = 0.0
            for i in range(max(0, -here, -first - k), min(length, size - here, size - first - k)):
                x, y = signal[here + i], signal[first + k + i]
                product += x * y
                own += x * x
                other += y * y
            products[k], norms[k] = product, own * other
        return
    own, other = _energy(signal, here, length), _energy(signal, first, length)
    for k in range(lags):
        norms[k] = own * other
        x, y = signal[first + k], signal[first + k + length]
        other += y * y - x * x
    for block in range(blocks):
        s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = s8 = s9 = s10 = s11 = s12 = s13 = s14 = s15 = 0.0
        for i in range(length):
            x, j = signal[here + i], first + block * BLOCK + i
            s0 += x * signal[j + 0]
            s1 += x * signal[j + 1]
            s2 += x * signal[j + 2]
            s3 += x * signal[j + 3]
            s4 += x * signal[j + 4]
            s5 += x * signal[j + 5]
            s6 += x * signal[j + 6]
            s7 += x * signal[j + 7]
            s8 += x * signal[j + 8]
            s9 += x * signal[j + 9]
            s10 += x * signal[j + 10]
            s11 += x * signal[j + 11]
            s12 += x * signal[j + 12]
            s13 += x * signal[j + 13]
            s14 += x * signal[j + 14]
            s15 += x * signal[j + 15]
        k = block * BLOCK
        products[k + 0] = s0
        products[k + 1] = s1
        products[k + 2] = s2
        products[k + 3] = s3
        products[k + 4] = s4
        products[k + 5] = s5
        products[k + 6] = s6
        products[k + 7] = s7
        products[k + 8] = s8
        products[k + 9] = s9
        products[k + 10] = s10
        products[k + 11] = s11
        products[k + 12] = s12
        products[k + 13] = s13
        products[k + 14] = s14
        products[k + 15] = s15


@njit(error_model="numpy")
def _insert(points: Float64s, count: int, capacity: int, time: float) -> int:
    """Insert a time into ascending ones, unless it is there already; returns how many there are then."""
    if count == capacity:
        return count
    position = count
    while position > 0 and points[position - 1] > time:
        position -= 1
    if position < count and position > 0 and points[position - 1] == time:
        return count
    for i in range(count - position):
        points[count - i] = points[count - i - 1]
    points[position] = time
    return count + 1
