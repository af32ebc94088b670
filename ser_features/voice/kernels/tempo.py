"""Log-mel spectrogram → onset strength → products whose correlations tell the tempo."""

import numpy as np
from numba import njit

from ser_features.voice.kernels.candidates import ZERO
from ser_features.voice.pointers import Float32s, Float64s


def onsets(levels: Float32s, frames: int, bands: int, delay: int, strength: Float32s) -> None:
    """Mean rise of the bands from one frame to the next.

    Args:
        levels: in dB, float32, shape (frames, bands).
        frames: number of frames.
        bands: number of bands.
        delay: frames by which the rises are shifted.
        strength: float32, shape (frames,); filled, with zeros before the first rise.
    """
    for frame in range(min(delay, frames)):
        strength[frame] = ZERO
    for frame in range(delay, frames):
        strength[frame] = _rise(levels, (frame - delay) * bands, bands) / np.float32(bands)


@njit(error_model="numpy")
def _rise(levels: Float32s, base: int, bands: int) -> np.float32:
    """Sum of what bands rise by in the next frame, in eight parts that the processor adds up at once."""
    a = b = c = d = e = f = g = h = ZERO
    here, after = base, base + bands
    for _ in range(bands // 8):
        a += max(levels[after] - levels[here], ZERO)
        b += max(levels[after + 1] - levels[here + 1], ZERO)
        c += max(levels[after + 2] - levels[here + 2], ZERO)
        d += max(levels[after + 3] - levels[here + 3], ZERO)
        e += max(levels[after + 4] - levels[here + 4], ZERO)
        f += max(levels[after + 5] - levels[here + 5], ZERO)
        g += max(levels[after + 6] - levels[here + 6], ZERO)
        h += max(levels[after + 7] - levels[here + 7], ZERO)
        here, after = here + 8, after + 8
    for i in range(here, base + bands):
        a += max(levels[i + bands] - levels[i], ZERO)
    return ((a + b) + (c + d)) + ((e + f) + (g + h))


def products(
    padded: Float64s,
    first: int,
    frames: int,
    window: int,
    squares: Float64s,
    waves: Float64s,
    samples: int,
    tiny: float,
    faint: float,
    weights: Float64s,
    alone: Float64s,
    begun: Float64s,
    width: int,
    values: Float64s,
) -> None:
    """What `extractors.rhythm` correlates: values times each wave, and the same times sums of weights.

    Args:
        padded: strength of onsets, with a ramp before and after, float64, shape (frames + window - 1,).
        first: values before are 0.
        frames: number of windows, ≥ 1.
        window: length of the Hann window, in frames.
        squares: of the window, from its end to its beginning, float64, shape (window,).
        waves: 1, cosine and sine with a period of the window, float64, shape (3, samples).
        samples: of the waves, at least those of `padded`.
        tiny: windows of no more energy are silent.
        faint: windows with a smaller share of the largest energy are left out.
        weights: of the windows, float64, shape (frames,); filled, 0 for those that are left out.
        alone: weights of those, float64, shape (frames,); filled, 0 for all others.
        begun: float64, shape (6, frames); overwritten.
        width: columns of `values`, at least those of `padded` from `first` on.
        values: float64, shape (9, width); the columns from `first` on are filled: of each wave, then with the
            weights of windows that have begun, then with those of windows that have ended.
    """
    _energies(padded, first, frames, window, squares, weights)
    _weigh(weights, frames, tiny, faint, alone)
    _accumulate(weights, frames, waves, samples, begun)
    for j in range(first, frames + window - 1):
        x, y = padded[j], padded[j] * waves[samples + j]
        z = padded[j] * waves[2 * samples + j]
        values[j - first], values[width + j - first], values[2 * width + j - first] = x, y, z
        _sum_up(begun, min(j, frames - 1), frames, x, y, z, values, 3 * width + j - first, width)
        if j >= window:
            _sum_up(begun, j - window, frames, x, y, z, values, 6 * width + j - first, width)


@njit(error_model="numpy")
def _energies(
    padded: Float64s, first: int, frames: int, window: int, squares: Float64s, energies: Float64s
) -> None:
    for frame in range(frames):
        energies[frame] = 0.0
    for j in range(first, frames + window - 1):
        energy, shift = padded[j] * padded[j], window - 1 - j
        for frame in range(max(j - window + 1, 0), min(j + 1, frames)):
            energies[frame] += energy * squares[shift + frame]


@njit(error_model="numpy")
def _weigh(weights: Float64s, frames: int, tiny: float, faint: float, alone: Float64s) -> None:
    """Energies → weights, in place."""
    largest = 0.0
    for frame in range(frames):
        largest = max(largest, weights[frame])
    for frame in range(frames):
        energy = weights[frame]
        weight = 1.0 / energy if energy > tiny else 0.0
        is_faint = energy < faint * largest
        weights[frame] = 0.0 if is_faint else weight
        alone[frame] = weight if is_faint else 0.0


@njit(error_model="numpy")
def _accumulate(weights: Float64s, frames: int, waves: Float64s, samples: int, begun: Float64s) -> None:
    """Sums, up to each frame, of products of two of ½, −½ cosine and −½ sine: the 6 that differ."""
    a = b = c = d = e = f = 0.0
    for frame in range(frames):
        weight = weights[frame]
        cosine, sine = -0.5 * waves[samples + frame], -0.5 * waves[2 * samples + frame]
        a += weight * 0.25
        b += weight * 0.5 * cosine
        c += weight * 0.5 * sine
        d += weight * cosine * cosine
        e += weight * cosine * sine
        f += weight * sine * sine
        begun[frame], begun[frames + frame], begun[2 * frames + frame] = a, b, c
        begun[3 * frames + frame], begun[4 * frames + frame], begun[5 * frames + frame] = d, e, f


@njit(error_model="numpy")
def _sum_up(
    begun: Float64s,
    frame: int,
    frames: int,
    x: float,
    y: float,
    z: float,
    values: Float64s,
    at: int,
    width: int,
) -> None:
    """A value times each wave, times the sums up to a frame."""
    a, b, c = begun[frame], begun[frames + frame], begun[2 * frames + frame]
    d, e, f = begun[3 * frames + frame], begun[4 * frames + frame], begun[5 * frames + frame]
    values[at] = a * x + b * y + c * z
    values[at + width] = b * x + d * y + e * z
    values[at + 2 * width] = c * x + e * y + f * z
