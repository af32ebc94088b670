"""Signal → power and zero crossings of its frames, mean and largest absolute sample, in one pass."""

import numpy as np
from numba import njit

from ser_features.voice.kernels.candidates import ZERO, largest
from ser_features.voice.pointers import Float32s, Float64s, Int64s


def levels(
    signal: Float32s,
    size: int,
    length: int,
    hop: int,
    block: int,
    faintest: float,
    energies: Float64s,
    changes: Int64s,
    frames: int,
    power: Float64s,
    crossings: Float64s,
    absolute: Float64s,
) -> None:
    """Measure a signal and its centred frames, zero-padded at both ends.

    Args:
        signal: float32, shape (size,).
        size: number of samples, ≥ 1.
        length: of a frame, in samples.
        hop: from one frame to the next, in samples.
        block: divides `length`, half of it, and `hop`.
        faintest: a sample is negative below minus this.
        energies: float64, shape (size // block + 1,); overwritten.
        changes: of sign, int64, shape (size // block + 1,); overwritten.
        frames: 1 + size // hop.
        power: mean squares, float64, shape (frames,); filled.
        crossings: share of samples at a change of sign, float64, shape (frames,); filled.
        absolute: mean and largest absolute sample, float64, shape (2,); filled.
    """
    blocks, lowest = size // block + 1, -np.float32(faintest)
    total, peak = 0.0, ZERO
    for n in range(blocks):
        first = n * block
        count = min(block, size - first)
        energies[n] = _energy(signal, first, count)
        changes[n] = _changes(signal, first, count, lowest)
        total += float(_amount(signal, first, count))
        peak = max(peak, largest(signal, first, count))
    absolute[0], absolute[1] = total / size, peak
    half, wide = length // 2 // block, length // block
    for frame in range(frames):
        begin = frame * hop // block - half
        energy, changed = 0.0, 0
        for n in range(max(begin, 0), min(begin + wide, blocks)):
            energy += energies[n]
            changed += changes[n]
        if begin > 0:  # a change from the sample before a frame to its first one is not in it
            changed -= _changes(signal, begin * block, min(1, size - begin * block), lowest)
        power[frame], crossings[frame] = energy / length, changed / length


@njit(error_model="numpy")
def _energy(signal: Float32s, first: int, count: int) -> np.float32:
    """Sum of squares, in eight parts that the processor adds up at once."""
    a = b = c = d = e = f = g = h = ZERO
    blocks = count // 8
    for block in range(blocks):
        i = first + 8 * block
        a += signal[i] * signal[i]
        b += signal[i + 1] * signal[i + 1]
        c += signal[i + 2] * signal[i + 2]
        d += signal[i + 3] * signal[i + 3]
        e += signal[i + 4] * signal[i + 4]
        f += signal[i + 5] * signal[i + 5]
        g += signal[i + 6] * signal[i + 6]
        h += signal[i + 7] * signal[i + 7]
    for i in range(first + 8 * blocks, first + count):
        a += signal[i] * signal[i]
    return ((a + b) + (c + d)) + ((e + f) + (g + h))


@njit(error_model="numpy")
def _amount(signal: Float32s, first: int, count: int) -> np.float32:
    """Sum of absolute values, in eight parts that the processor adds up at once."""
    a = b = c = d = e = f = g = h = ZERO
    blocks = count // 8
    for block in range(blocks):
        i = first + 8 * block
        a += abs(signal[i])
        b += abs(signal[i + 1])
        c += abs(signal[i + 2])
        d += abs(signal[i + 3])
        e += abs(signal[i + 4])
        f += abs(signal[i + 5])
        g += abs(signal[i + 6])
        h += abs(signal[i + 7])
    for i in range(first + 8 * blocks, first + count):
        a += abs(signal[i])
    return ((a + b) + (c + d)) + ((e + f) + (g + h))


@njit(error_model="numpy")
def _changes(signal: Float32s, first: int, count: int, lowest: np.float32) -> int:
    """Number of samples of another sign than the one before; the first sample of the signal is none."""
    changes = 0
    for i in range(max(first, 1), first + count):
        changes += (signal[i] < lowest) != (signal[i - 1] < lowest)
    return changes
