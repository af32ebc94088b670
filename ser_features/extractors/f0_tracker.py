"""Signal → F0 contour, by Praat's autocorrelation method over batched frames.

signal → windows → power spectra → autocorrelations → peaks → `Candidates` → `best_path` → `Contour`

The algorithm is Praat's `Sound: To Pitch (ac)` with Praat's defaults (Boersma 1993: "Accurate short-term
analysis of the fundamental frequency and the harmonics-to-noise ratio of a sampled sound"). What differs is
the computation: many frames at once, in single precision, skipping frames too quiet to be voiced; and
candidates above the ceiling, which cannot win, are not counted among the 14 of a frame.

>>> time = np.arange(16_000) / 16_000
>>> signal = np.sin(2 * np.pi * 220 * time).astype(np.float32)
>>> contour = track(signal, 16_000, floor=75, ceiling=600, step=0.01)
>>> contour.f0.size, contour.f0.min().round(1).item(), contour.f0.max().round(1).item()
(97, 220.0, 220.0)
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ser_features import fft
from ser_features.extractors.f0_path import Candidates, best_path, per_step
from ser_features.framing import padded
from ser_features.parameters import (
    PERIODS_PER_WINDOW,
    SILENCE_THRESHOLD,
    SINC_DEPTH,
    VOICED_UNVOICED_COST,
    VOICING_THRESHOLD,
)

BLOCK_FRAMES = 96
"""Frames per FFT call, few enough to fit into the processor's cache."""

SINC_STEPS = 8
"""Points per sample at which the sinc interpolation is evaluated, before parabolic interpolation."""


@dataclass(frozen=True, slots=True)
class Contour:
    """F0 over time.

    Attributes:
        f0: in Hz, float64, shape (frames,); 0 where a frame is unvoiced.
        start: time of the first frame's centre, in s.
        step: from one frame to the next, in s.
    """

    f0: np.ndarray
    start: float
    step: float


@dataclass(frozen=True, slots=True)
class _Setup:
    """Everything that depends on the sample rate and the F0 range alone; lengths in samples.

    Attributes:
        sample_rate: in Hz.
        ceiling: highest F0, in Hz.
        period: the longest period.
        half: half the window's length.
        lags: [first, last) of the candidates.
        size: FFT length, even, long enough that none of the lags wraps around.
        window: Hann, shape (2 · half,).
        correction: 1 / autocorrelation of the window, by lag.
    """

    sample_rate: int
    ceiling: float
    period: int
    half: int
    lags: tuple[int, int]
    size: int
    window: np.ndarray
    correction: np.ndarray


def track(signal: np.ndarray, sample_rate: int, *, floor: float, ceiling: float, step: float) -> Contour:
    """Compute the F0 contour of a recording, whatever its level.

    Args:
        signal: float32, shape (n,), at least three periods of `floor` long.
        sample_rate: in Hz.
        floor: lowest F0, in Hz.
        ceiling: highest F0, in Hz, at most half the sample rate.
        step: from one frame to the next, in s.

    Returns:
        The contour, at Praat's frame times.
    """
    setup = _setup(sample_rate, floor, ceiling)
    # In the same order of operations as Praat: the last bit decides whether one more frame fits.
    interval = 1 / sample_rate
    times = _frame_times(signal.size * interval, floor, step)
    starts = np.floor((times - 0.5 * interval) / interval).astype(np.intp) + 1 - setup.half
    windows = np.lib.stride_tricks.sliding_window_view(_normalised(signal), 2 * setup.half)
    # The strength of voiced candidates is at most 1, and an unvoiced frame costs at most two voicing changes:
    # where "unvoiced" is stronger than the sum, the frame is unvoiced and need not be analysed.
    loud_below = 1 + 2 * per_step(VOICED_UNVOICED_COST, step)
    blocks = [
        _candidates(windows[starts[first : first + BLOCK_FRAMES]], setup, loud_below)
        for first in range(0, times.size, BLOCK_FRAMES)
    ]
    return Contour(best_path(Candidates.joined(blocks), ceiling, step), float(times[0]), step)


def _frame_times(seconds: float, floor: float, step: float) -> np.ndarray:
    """Centres of as many frames as fit into the recording, symmetrically, in s."""
    frames = int((seconds - PERIODS_PER_WINDOW / floor) / step) + 1
    return 0.5 * seconds - 0.5 * frames * step + 0.5 * step + np.arange(frames) * step


def _normalised(signal: np.ndarray) -> np.ndarray:
    """The signal with zero mean and a peak of 1, so that single precision suffices at every level."""
    centred = signal - np.float32(signal.mean(dtype=np.float64))
    peak = max(centred.max(), -centred.min())
    return centred / peak if peak > 0 else centred


@lru_cache(maxsize=8)
def _setup(sample_rate: int, floor: float, ceiling: float) -> _Setup:
    interval = 1 / sample_rate
    half = int(PERIODS_PER_WINDOW / floor / interval) // 2 - 1
    length = 2 * half
    longest = length // PERIODS_PER_WINDOW + 2
    needed = longest + SINC_DEPTH + 1
    size = 2 * fft.good_size((length + needed + 1) // 2, True)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(1, length + 1) / (length + 1))
    own = fft.irfft(np.abs(fft.rfft(padded(window, size), (0,))) ** 2 + 0j, (0,), size)[:needed]
    return _Setup(
        sample_rate=sample_rate,
        ceiling=ceiling,
        period=int(1 / interval / floor),
        half=half,
        lags=(max(2, int(1 / interval / ceiling)), longest),
        size=size,
        window=window.astype(np.float32),
        correction=(own[0] / own).astype(np.float32),
    )


def _candidates(frames: np.ndarray, setup: _Setup, loud_below: float) -> Candidates:
    """Candidates of windows of the signal, shape (frames, 2 · half), which are overwritten."""
    middle = frames[:, setup.half - setup.period : setup.half + setup.period]
    frames -= middle.mean(axis=1, keepdims=True)
    frames *= setup.window
    unvoiced = _unvoiced_strength(frames, setup)
    loud = np.flatnonzero(unvoiced < loud_below)
    frame, lag, strength = _peaks(_autocorrelation(frames[loud], setup), setup)
    frequency = setup.sample_rate / lag
    below = frequency < setup.ceiling
    return Candidates(unvoiced, loud[frame[below]], frequency[below], strength[below])


def _unvoiced_strength(frames: np.ndarray, setup: _Setup) -> np.ndarray:
    """Strength of "unvoiced" in each frame, higher the quieter its middle is; shape (frames,)."""
    reach = setup.period // 2 + 1
    middle = frames[:, max(setup.half - reach, 0) : setup.half + reach]
    peak = np.maximum(middle.max(axis=1), -middle.min(axis=1))
    return VOICING_THRESHOLD + np.maximum(2 - peak / (SILENCE_THRESHOLD / (1 + VOICING_THRESHOLD)), 0)


def _autocorrelation(frames: np.ndarray, setup: _Setup) -> np.ndarray:
    """Normalised autocorrelation divided by that of the window, shape (frames, `SINC_DEPTH` + lags).

    It begins `SINC_DEPTH` samples before lag 0, so that peaks at the shortest lags can be interpolated.
    """
    spectrum = fft.rfft(padded(frames, setup.size), (1,))
    power = np.square(spectrum.real)
    power += np.square(spectrum.imag)
    # The power spectrum is real and even, so a cosine transform inverts it (up to a factor).
    raw = fft.dct(power, 1, (1,), out=power)[:, : setup.correction.size]
    r = np.empty((len(raw), SINC_DEPTH + setup.correction.size), np.float32)
    np.multiply(raw, setup.correction, out=r[:, SINC_DEPTH:])
    r[:, SINC_DEPTH:] /= raw[:, :1]
    r[:, :SINC_DEPTH] = r[:, 2 * SINC_DEPTH : SINC_DEPTH : -1]
    return r


def _peaks(r: np.ndarray, setup: _Setup) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Frame, lag in samples and strength of every local maximum, shape (peaks,) each."""
    first, last = SINC_DEPTH + setup.lags[0], SINC_DEPTH + setup.lags[1]
    here, before, after = r[:, first:last], r[:, first - 1 : last - 1], r[:, first + 1 : last + 1]
    is_peak = (here > 0.5 * VOICING_THRESHOLD) & (here > before) & (here >= after)
    frame, index = np.divmod(np.flatnonzero(is_peak), last - first)  # five times as fast as `nonzero`
    lag = setup.lags[0] + index
    around = np.lib.stride_tricks.sliding_window_view(r, 2 * SINC_DEPTH + 1, axis=1)[frame, lag]
    offset, height = _summits(around @ _sinc_table())
    # Short windows may give more than 1: Praat takes the reciprocal.
    return frame, lag + offset, np.where(height > 1, 1 / height, height)


def _summits(fine: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Position (in samples from the middle) and height of each row's maximum, by parabolic interpolation."""
    rows = np.arange(len(fine))
    top = fine[:, 1:-1].argmax(axis=1) + 1
    left, middle, right = fine[rows, top - 1], fine[rows, top], fine[rows, top + 1]
    slope, bend = 0.5 * (right - left), (middle - left) + (middle - right)
    shift = np.divide(slope, bend, out=np.zeros_like(slope), where=bend > np.abs(slope))
    return (top - SINC_STEPS + shift.astype(np.float64)) / SINC_STEPS, middle + 0.5 * slope * shift


@lru_cache(maxsize=1)
def _sinc_table() -> np.ndarray:
    """Sinc interpolation around the middle sample, shape (2 · depth + 1, 2 · steps + 1)."""
    samples = np.arange(-SINC_DEPTH, SINC_DEPTH + 1)[:, np.newaxis]
    distance = samples - np.arange(-SINC_STEPS, SINC_STEPS + 1) / SINC_STEPS
    hann = 0.5 + 0.5 * np.cos(np.pi * np.clip(distance / (SINC_DEPTH + 0.5), -1, 1))
    return (np.sinc(distance) * hann).astype(np.float32)
