"""What depends on the sample rate and the F0 range alone: lengths, window, interpolation."""

from dataclasses import dataclass
from functools import lru_cache
from math import floor

import numpy as np

from ser_features import fft
from ser_features.framing import padded
from ser_features.parameters import PERIODS_PER_WINDOW, SINC_DEPTH

STEPS = 8
"""Points per sample at which the interpolation is evaluated, before a parabola through three of them."""

AROUND = 8
"""Points at which it is evaluated at once."""

MAX_CANDIDATES = 15
"""Candidates per frame, "unvoiced" included; as in Praat, more if the F0 range has more octaves."""


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Lengths in samples.

    Attributes:
        period: the longest period.
        half: half the window's length.
        shortest: lag at which a refined candidate begins to be below the highest F0.
        longest: lags from here on are no candidates.
        depth: `SINC_DEPTH`, or less if the window is short.
        size: FFT length, even, long enough that no lag up to longest + depth wraps around.
        candidates: number of voiced candidates per frame, at most.
        window: Hann, float32, shape (2 · half,).
        correction: 1 / autocorrelation of the window, float32, shape (longest + depth + 1,).
        octaves: log2 of the lags, float64, shape (longest,).
        sinc: interpolation from −1 to 1 around a sample, float32, shape (2 · depth + 1, 2 · `STEPS` + 1).
    """

    period: int
    half: int
    shortest: int
    longest: int
    depth: int
    size: int
    candidates: int
    window: np.ndarray
    correction: np.ndarray
    octaves: np.ndarray
    sinc: np.ndarray


@lru_cache(maxsize=8)
def tables_of(sample_rate: int, lowest: float, highest: float) -> Tables:
    """Compute the tables; operations on lengths are in Praat's order, so that rounding is the same.

    Args:
        sample_rate: in Hz.
        lowest: F0, in Hz.
        highest: F0, in Hz.
    """
    interval = 1 / sample_rate
    half = floor(PERIODS_PER_WINDOW / lowest / interval) // 2 - 1
    longest = min(2 * half // PERIODS_PER_WINDOW + 2, half)
    depth = min(SINC_DEPTH, half - longest)
    size = 2 * fft.good_size((2 * half + longest + depth + 2) // 2, True)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(1, 2 * half + 1) / (2 * half + 1))
    own = fft.irfft(np.abs(fft.rfft(padded(window, size), (0,))) ** 2 + 0j, (0,), size)[: longest + depth + 1]
    return Tables(
        period=floor(1 / interval / lowest),
        half=half,
        # A maximum moves by less than a sample when it is refined.
        shortest=max(2, floor(sample_rate / highest)),
        longest=longest,
        depth=depth,
        size=size,
        candidates=max(MAX_CANDIDATES, floor(highest / lowest)) - 1,
        window=window.astype(np.float32),
        correction=(own[0] / own).astype(np.float32),
        octaves=np.log2(np.maximum(np.arange(longest), 1)),
        sinc=_sinc(depth).astype(np.float32),
    )


def _sinc(depth: int) -> np.ndarray:
    """Weights of the samples around a point at −1, −1 + 1 / `STEPS`, … 1: a sinc under Praat's window.

    The window is a raised cosine whose two halves reach one sample further than the samples used; these are
    `depth` on each side of the point.
    """
    sample = np.arange(-depth, depth + 1)[:, np.newaxis]
    point = np.arange(-STEPS, STEPS + 1) / STEPS
    below = np.floor(point)
    phase = np.where(sample <= below, depth + point - below, depth + 1 - (point - below))
    weights = np.sinc(point - sample) * (0.5 + 0.5 * np.cos(np.pi * (point - sample) / phase))
    used = (sample > below - depth) & (sample <= below + depth)
    return np.where(point == below, sample == point, np.where(used, weights, 0.0))
