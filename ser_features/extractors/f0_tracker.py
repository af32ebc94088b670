"""Signal → F0 contour, by Praat's autocorrelation method over batched frames.

signal → windows → power spectra → autocorrelations → peaks → `Candidates` → `best_path` → `Contour`

The algorithm is Praat's `Sound: To Pitch (ac)` with Praat's defaults (Boersma 1993: "Accurate short-term
analysis of the fundamental frequency and the harmonics-to-noise ratio of a sampled sound"). What differs is
the way to compute it: many frames at once, in single precision, without frames too quiet to be voiced; and
candidates above the ceiling, which cannot win, take none of the 14 places.

>>> time = np.arange(16_000) / 16_000
>>> signal = np.sin(2 * np.pi * 220 * time).astype(np.float32)
>>> contour = track(signal, 16_000, floor=75, ceiling=600, step=0.01)
>>> contour.f0.size, contour.f0.min().round(1).item(), contour.f0.max().round(1).item()
(97, 220.0, 220.0)
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy.fft

from ser_features.extractors.f0_path import (
    VOICED_UNVOICED_COST,
    VOICING_THRESHOLD,
    Candidates,
    best_path,
    per_step,
)

PERIODS_PER_WINDOW = 3
"""The window is this many of the longest periods long."""

SILENCE_THRESHOLD = 0.03
"""Frames whose peak is this small a part of the recording's peak lean towards unvoiced (Praat's default)."""

BLOCK_FRAMES = 96
"""Frames transformed at once: few enough for the processor's cache."""

SINC_DEPTH = 70
"""Samples to each side from which a peak is interpolated, as in Praat; fewer hardly save time."""

SINC_STEPS = 8
"""Points per sample at which the interpolated peak is looked at, before the last parabola."""


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
class _Plan:
    """What depends only on the sample rate and the range of F0; lengths in samples.

    Attributes:
        sample_rate: in Hz.
        ceiling: highest F0, in Hz.
        period: the longest.
        half: half the window's length.
        lags: [first, last) of those at which a peak may be a period.
        size: of the Fourier transform, even; no lag that is needed wraps around in it.
        window: Hann, shape (2 · half,).
        correction: 1 / autocorrelation of the window, by lag; a frame's is multiplied by it.
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
    """Find the F0 contour of a recording; its level does not matter.

    Args:
        signal: float32, shape (n,), at least three periods of `floor` long.
        sample_rate: in Hz.
        floor: lowest F0, in Hz.
        ceiling: highest F0, in Hz, at most half the sample rate.
        step: from one frame to the next, in s.

    Returns:
        The contour; its frames lie where Praat puts them.
    """
    plan = _plan(sample_rate, floor, ceiling)
    # Divided and multiplied as Praat does: a last bit decides whether one more frame fits in.
    interval = 1 / sample_rate
    times = _frame_times(signal.size * interval, floor, step)
    starts = np.floor((times - 0.5 * interval) / interval).astype(np.intp) + 1 - plan.half
    windows = np.lib.stride_tricks.sliding_window_view(_levelled(signal), 2 * plan.half)
    # Voiced candidates are not stronger than 1, and to call one unvoiced costs two changes at most: where
    # "unvoiced" is stronger than both, the frame is unvoiced, whatever is in it.
    loud_below = 1 + 2 * per_step(VOICED_UNVOICED_COST, step)
    blocks = [
        _candidates(windows[starts[first : first + BLOCK_FRAMES]], plan, loud_below)
        for first in range(0, times.size, BLOCK_FRAMES)
    ]
    return Contour(best_path(Candidates.joined(blocks), ceiling, step), float(times[0]), step)


def _frame_times(seconds: float, floor: float, step: float) -> np.ndarray:
    """Centres of as many frames as fit in, symmetrically, in s."""
    frames = int((seconds - PERIODS_PER_WINDOW / floor) / step) + 1
    return 0.5 * seconds - 0.5 * frames * step + 0.5 * step + np.arange(frames) * step


def _levelled(signal: np.ndarray) -> np.ndarray:
    """The signal without its mean and with a peak of 1, so that single precision suffices at every level."""
    centred = signal - np.float32(signal.mean(dtype=np.float64))
    peak = max(centred.max(), -centred.min())
    return centred / peak if peak > 0 else centred


@lru_cache(maxsize=8)
def _plan(sample_rate: int, floor: float, ceiling: float) -> _Plan:
    interval = 1 / sample_rate
    half = int(PERIODS_PER_WINDOW / floor / interval) // 2 - 1
    length = 2 * half
    longest = length // PERIODS_PER_WINDOW + 2
    needed = longest + SINC_DEPTH + 1
    size = 2 * scipy.fft.next_fast_len((length + needed + 1) // 2, real=True)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(1, length + 1) / (length + 1))
    own = scipy.fft.irfft(np.abs(scipy.fft.rfft(window, size)) ** 2, size)[:needed]
    return _Plan(
        sample_rate=sample_rate,
        ceiling=ceiling,
        period=int(1 / interval / floor),
        half=half,
        lags=(max(2, int(1 / interval / ceiling)), longest),
        size=size,
        window=window.astype(np.float32),
        correction=(own[0] / own).astype(np.float32),
    )


def _candidates(frames: np.ndarray, plan: _Plan, loud_below: float) -> Candidates:
    """Candidates of frames as cut from the signal, shape (frames, 2 · half); they are overwritten."""
    middle = frames[:, plan.half - plan.period : plan.half + plan.period]
    frames -= middle.mean(axis=1, keepdims=True)
    frames *= plan.window
    unvoiced = _unvoiced_strength(frames, plan)
    loud = np.flatnonzero(unvoiced < loud_below)
    frame, lag, strength = _peaks(_autocorrelation(frames[loud], plan), plan)
    frequency = plan.sample_rate / lag
    kept = frequency < plan.ceiling
    return Candidates(unvoiced, loud[frame[kept]], frequency[kept], strength[kept])


def _unvoiced_strength(frames: np.ndarray, plan: _Plan) -> np.ndarray:
    """How well "unvoiced" suits each frame: the better, the quieter its middle; shape (frames,)."""
    reach = plan.period // 2 + 1
    middle = frames[:, max(plan.half - reach, 0) : plan.half + reach]
    peak = np.maximum(middle.max(axis=1), -middle.min(axis=1))
    return VOICING_THRESHOLD + np.maximum(2 - peak / (SILENCE_THRESHOLD / (1 + VOICING_THRESHOLD)), 0)


def _autocorrelation(frames: np.ndarray, plan: _Plan) -> np.ndarray:
    """Autocorrelation, 1 at lag 0, divided by the window's own, shape (frames, `SINC_DEPTH` + lags).

    It is even. It begins `SINC_DEPTH` before lag 0, so that peaks at the shortest lags can be interpolated.
    """
    spectrum = scipy.fft.rfft(frames, plan.size, axis=1)
    power = np.square(spectrum.real)
    power += np.square(spectrum.imag)
    # The power spectrum is real and even, so that a cosine transform is its inverse (up to a factor).
    raw = scipy.fft.dct(power, type=1, axis=1)[:, : plan.correction.size]
    r = np.empty((len(raw), SINC_DEPTH + plan.correction.size), np.float32)
    np.multiply(raw, plan.correction, out=r[:, SINC_DEPTH:])
    r[:, SINC_DEPTH:] /= raw[:, :1]
    r[:, :SINC_DEPTH] = r[:, 2 * SINC_DEPTH : SINC_DEPTH : -1]
    return r


def _peaks(r: np.ndarray, plan: _Plan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Frame, lag in samples and strength of every maximum that may be a period, shape (peaks,) each."""
    first, last = SINC_DEPTH + plan.lags[0], SINC_DEPTH + plan.lags[1]
    here, before, after = r[:, first:last], r[:, first - 1 : last - 1], r[:, first + 1 : last + 1]
    found = (here > 0.5 * VOICING_THRESHOLD) & (here > before) & (here >= after)
    frame, place = np.divmod(np.flatnonzero(found), last - first)  # five times as fast as `nonzero`
    lag = plan.lags[0] + place
    around = np.lib.stride_tricks.sliding_window_view(r, 2 * SINC_DEPTH + 1, axis=1)[frame, lag]
    offset, height = _summits(around @ _sinc_table())
    # Short windows may give more than 1; Praat reflects it.
    return frame, lag + offset, np.where(height > 1, 1 / height, height)


def _summits(fine: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Place (in samples, 0 in the middle) and height of the maximum of each row, through a parabola."""
    rows = np.arange(len(fine))
    top = fine[:, 1:-1].argmax(axis=1) + 1
    left, middle, right = fine[rows, top - 1], fine[rows, top], fine[rows, top + 1]
    slope, bend = 0.5 * (right - left), (middle - left) + (middle - right)
    shift = np.divide(slope, bend, out=np.zeros_like(slope), where=bend > np.abs(slope))
    return (top - SINC_STEPS + shift.astype(np.float64)) / SINC_STEPS, middle + 0.5 * slope * shift


@lru_cache(maxsize=1)
def _sinc_table() -> np.ndarray:
    """From samples to the curve from one before to one after, shape (2 · depth + 1, 2 · steps + 1)."""
    samples = np.arange(-SINC_DEPTH, SINC_DEPTH + 1)[:, np.newaxis]
    distance = samples - np.arange(-SINC_STEPS, SINC_STEPS + 1) / SINC_STEPS
    hann = 0.5 + 0.5 * np.cos(np.pi * np.clip(distance / (SINC_DEPTH + 0.5), -1, 1))
    return (np.sinc(distance) * hann).astype(np.float32)
