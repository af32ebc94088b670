"""Windows of the signal → power spectra; autocorrelations → F0 candidates of each frame.

`windows` → (FFT) → `powers` → (inverse FFT) → `candidates`, whose maxima are refined by `_summit`
"""

import numpy as np
from numba import njit

from ser_features.voice.pointers import Float32s, Float64s, Int64s
from ser_features.voice.tables import AROUND, STEPS

ZERO = np.float32(0)
"""Start of sums in single precision: a literal 0.0 would make them twice as wide, and half as fast."""


def windows(
    signal: Float32s,
    starts: Int64s,
    first: int,
    frames: int,
    rows: int,
    window: Float32s,
    half: int,
    period: int,
    size: int,
    quiet: float,
    values: Float32s,
    peaks: Float64s,
    voiced: Int64s,
    used: Int64s,
) -> int:
    """Cut frames out of the signal, subtract their local mean and apply the window, until `rows` are filled.

    A frame that is too quiet to be voiced gets no row.

    Args:
        signal: float32, shape (n,).
        starts: first sample of each frame, int64, shape (frames,).
        first: frame to begin with.
        frames: number of frames.
        rows: number of rows of `values`.
        window: float32, shape (2 · half,).
        half: half the window, in samples.
        period: the longest period, in samples; the local mean is over two of them.
        size: columns of `values`; those beyond the window are left as they are.
        quiet: frames with a lower peak are too quiet.
        values: float32, shape (rows, size); filled.
        peaks: of the frames' middle after windowing, float64, shape (frames,); filled.
        voiced: frame of each row, int64, shape (rows,); filled.
        used: number of rows that were filled, int64, shape (1,); filled.

    Returns:
        The frame to go on with.
    """
    length, reach = 2 * half, period // 2 + 1
    left, right = max(half - reach, 0), min(half + reach, length)
    row, frame = 0, first
    while frame < frames and row < rows:
        start, base = starts[frame], row * size
        middle = start + half
        mean = _sum(signal, middle - period, 2 * period) / np.float32(2 * period)
        for j in range(length):
            values[base + j] = (signal[start + j] - mean) * window[j]
        peak = largest(values, base + left, right - left)
        peaks[frame] = peak
        if peak >= quiet:
            voiced[row] = frame
            row += 1
        frame += 1
    used[0] = row
    return frame


def powers(spectrum: Float32s, bins: int, values: Float32s) -> None:
    """Squared magnitudes of complex numbers, float32: `spectrum` of shape (2 · bins,) → `values` (bins,)."""
    for i in range(bins):
        values[i] = spectrum[2 * i] * spectrum[2 * i] + spectrum[2 * i + 1] * spectrum[2 * i + 1]


def candidates(
    raw: Float32s,
    rows: int,
    width: int,
    voiced: Int64s,
    correction: Float32s,
    shortest: int,
    longest: int,
    depth: int,
    table: Float32s,
    octaves: Float64s,
    octave_cost: float,
    least: float,
    most: int,
    r: Float32s,
    fine: Float32s,
    samples: Int64s,
    lags: Float64s,
    strengths: Float64s,
    counts: Int64s,
) -> None:
    """Find the maxima of each autocorrelation, and interpolate them.

    As in Praat, at most `most` are kept, the strongest after adding `octave_cost` per octave of frequency;
    those above the highest F0 take part in that choice.

    Args:
        raw: autocorrelations up to a factor, float32, shape (rows, width).
        rows: number of autocorrelations.
        width: lags of each.
        voiced: frame of each row, int64, shape (rows,).
        correction: 1 / autocorrelation of the window, float32, shape (longest + depth + 1,).
        shortest: the smallest lag whose maximum is refined; smaller ones are above the highest F0.
        longest: lags from here on are no candidates.
        depth: samples on each side that a maximum is interpolated from.
        table: of the interpolation, float32, shape (2 · depth + 1, 2 · `STEPS` + 1).
        octaves: log2 of the lags, float64, shape (longest,).
        octave_cost: per octave.
        least: maxima must be above.
        most: number of candidates that are kept.
        r: float32, shape (longest + 2 · depth + 1,); overwritten.
        fine: float32, shape (`AROUND`,); overwritten.
        samples: lags before refinement, int64, shape (most,); overwritten.
        lags: in samples, float64, shape (frames, most); filled.
        strengths: height of the maxima, 0 to 1, float64, shape (frames, most); filled.
        counts: of the candidates, int64, shape (frames,); filled.
    """
    for row in range(rows):
        base, out, count = row * width, voiced[row] * most, 0
        scale = np.float32(1) / raw[base]
        for i in range(longest + depth + 1):
            r[depth + i] = raw[base + i] * correction[i] * scale
        for i in range(1, depth + 1):
            r[depth - i] = r[depth + i]
        for i in range(2, longest):
            before, here, after = r[depth + i - 1], r[depth + i], r[depth + i + 1]
            if not (here > least and here > before and here >= after):
                continue
            if i >= shortest:
                shift, height = _summit(r, depth + i, depth, table, fine)
            else:
                slope, bend = 0.5 * (after - before), (here - before) + (here - after)
                shift, height = slope / bend, here + 0.5 * slope * slope / bend
            if height > 1.0:  # short windows may give more than 1: Praat takes the reciprocal
                height = 1.0 / height
            slot = count
            if count == most:
                slot = _weakest(strengths, out, samples, octaves, octave_cost, most)
                weakest = strengths[out + slot] - octave_cost * octaves[samples[slot]]
                if height - octave_cost * octaves[i] <= weakest:
                    continue
            else:
                count += 1
            lags[out + slot], strengths[out + slot], samples[slot] = i + shift, height, i
        counts[voiced[row]] = count


@njit(error_model="numpy")
def _sum(signal: Float32s, first: int, count: int) -> np.float32:
    """Sum of samples, in eight parts that the processor adds up at once."""
    a = b = c = d = e = f = g = h = ZERO
    blocks = count // 8
    for block in range(blocks):
        i = first + 8 * block
        a += signal[i]
        b += signal[i + 1]
        c += signal[i + 2]
        d += signal[i + 3]
        e += signal[i + 4]
        f += signal[i + 5]
        g += signal[i + 6]
        h += signal[i + 7]
    for i in range(first + 8 * blocks, first + count):
        a += signal[i]
    return ((a + b) + (c + d)) + ((e + f) + (g + h))


@njit(error_model="numpy")
def largest(values: Float32s, first: int, count: int) -> np.float32:
    """Largest absolute value, of four parts that the processor compares at once."""
    a = b = c = d = ZERO
    blocks = count // 4
    for block in range(blocks):
        i = first + 4 * block
        a = max(a, abs(values[i]))
        b = max(b, abs(values[i + 1]))
        c = max(c, abs(values[i + 2]))
        d = max(d, abs(values[i + 3]))
    for i in range(first + 4 * blocks, first + count):
        a = max(a, abs(values[i]))
    return max(max(a, b), max(c, d))


@njit(error_model="numpy")
def _weakest(
    strengths: Float64s, out: int, samples: Int64s, octaves: Float64s, octave_cost: float, most: int
) -> int:
    """Index of the candidate that a stronger one replaces."""
    weakest, lowest = 0, 2.0
    for slot in range(most):
        strength = strengths[out + slot] - octave_cost * octaves[samples[slot]]
        if strength < lowest:
            weakest, lowest = slot, strength
    return weakest


@njit(error_model="numpy")
def _summit(r: Float32s, at: int, depth: int, table: Float32s, fine: Float32s) -> tuple[float, float]:
    """Offset from sample `at` of the interpolated maximum there, in samples, and its height.

    The interpolation is evaluated at `AROUND` neighbouring points, which are moved until the highest of them
    has two neighbours; a parabola through these gives the maximum.
    """
    columns = 2 * STEPS + 1
    first = STEPS - AROUND // 2
    top = 0
    moves = columns
    while moves > 0:
        a = b = c = d = e = f = g = h = ZERO
        for k in range(2 * depth + 1):
            value, cell = r[at - depth + k], k * columns + first
            a += value * table[cell]
            b += value * table[cell + 1]
            c += value * table[cell + 2]
            d += value * table[cell + 3]
            e += value * table[cell + 4]
            f += value * table[cell + 5]
            g += value * table[cell + 6]
            h += value * table[cell + 7]
        fine[0], fine[1], fine[2], fine[3] = a, b, c, d
        fine[4], fine[5], fine[6], fine[7] = e, f, g, h
        top = 0
        for n in range(1, AROUND):
            if fine[n] > fine[top]:
                top = n
        if top == 0 and first > 0:
            first = max(first - AROUND + 2, 0)
        elif top == AROUND - 1 and first < columns - AROUND:
            first = min(first + AROUND - 2, columns - AROUND)
        else:
            break
        moves -= 1
    shift, height = 0.0, float(fine[top])
    if 0 < top < AROUND - 1:
        slope = 0.5 * (float(fine[top + 1]) - fine[top - 1])
        bend = (float(fine[top]) - fine[top - 1]) + (float(fine[top]) - fine[top + 1])
        if bend > 0.0:
            shift = slope / bend
            height += 0.5 * slope * shift
    return (first + top - STEPS + shift) / STEPS, height
