"""Signal → frames, their power and zero crossings, the level of active speech, where speech begins and ends.

signal → `signal_levels`: power and zero crossings of its frames, mean and largest absolute sample
signal → `centred_power` → `speech_bounds` (relative to the loudest frame)
signal → `levels_of` → `active_level` → `active_speech` (relative to the level of active speech)

>>> time = np.arange(16_000) / 16_000
>>> tone = np.sin(2 * np.pi * 200 * time).astype(np.float32)
>>> level, start, end = active_speech(np.concatenate([np.zeros(16_000, np.float32), tone]), 16_000, 30.0)
>>> round(level), start, end
(-3, 15200, 32000)
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import gcd, log10
from typing import Any

import numpy as np

CROSSING_THRESHOLD = 1e-10
"""Samples this close to zero have no sign (librosa's default)."""

TRIM_FRAME = 2048
TRIM_HOP = 512
"""librosa.effects.trim's defaults, in samples of the resampled signal."""

MIN_POWER = 1e-10
"""Lower limit of mean squares (librosa's `amin`), so that a faint recording is not trimmed away."""

FRAME_SECONDS = 0.02
STEP_SECONDS = 0.01
"""Frames of the level of speech: two periods of a low voice, twice as often."""

SUSTAINED_FRAMES = 5
"""A sound counts for the level of speech if it lasts this many steps: a click does not, a syllable does."""

FAINTEST_DB = -300.0
"""Level of digital silence; far below what float32 samples of any scale have."""

MARGIN_DB = 15.9
"""Frames this far below the level of active speech are pauses, in dB (ITU-T P.56, method B)."""

LOUDEST_SHARE = 0.2
"""The loudest fifth of the active frames counts as loud as the quietest of them, so that a cough, a door or
a shout hardly change the level."""

SPEECH_SECONDS = 0.3
"""The search for the level begins at the level that is exceeded for this long, …"""

SEARCH_DB = 25.0
"""… but at most this far below the loudest sustained sound, in dB: single words may be shorter."""

CLICK_SECONDS = 0.1
CLICK_DECAY_DB = 20.0
APART_SECONDS = 0.2
"""A sound at either end that falls by `CLICK_DECAY_DB` in less than `CLICK_SECONDS`, and is `APART_SECONDS`
away from the rest, is a click: it is trimmed too."""

MARGIN_SECONDS = 0.05
"""Kept before and after speech, so that soft onsets and endings are not cut."""


def speech_bounds(signal: np.ndarray, top_db: float) -> tuple[int, int]:
    """First and last sample that are not leading or trailing silence, as in `librosa.effects.trim`.

    Args:
        signal: float32, shape (n,).
        top_db: frames this far below the loudest frame's RMS are silence, in dB.

    Returns:
        (start, end) in samples, end excluded.
    """
    power = np.maximum(centred_power(signal, TRIM_FRAME, TRIM_HOP), MIN_POWER)
    loud = np.flatnonzero(power > power.max() * 10 ** (-top_db / 10))
    return int(loud[0]) * TRIM_HOP, min(signal.size, (int(loud[-1]) + 1) * TRIM_HOP)


@dataclass(frozen=True, slots=True)
class Levels:
    """Level of a recording over time, float64, in dB re full scale, every `STEP_SECONDS`; ≥ `FAINTEST_DB`.

    Attributes:
        momentary: RMS of frames of `FRAME_SECONDS`, shape (…, frames).
        sustained: level that a sound keeps up for `SUSTAINED_FRAMES` steps, shape (…, frames).
    """

    momentary: np.ndarray
    sustained: np.ndarray


def levels_of(signal: np.ndarray, sample_rate: int) -> Levels:
    """Measure the level of a signal over time.

    Args:
        signal: float32, shape (n,).
        sample_rate: in Hz.
    """
    return levels_of_power(
        centred_power(signal, round(FRAME_SECONDS * sample_rate), round(STEP_SECONDS * sample_rate))
    )


def levels_of_power(power: np.ndarray) -> Levels:
    """Levels of frames, of one or of several signals.

    The sustained level is the morphological opening of the momentary one (minimum, then maximum, over
    neighbouring frames): what is shorter vanishes, what is longer keeps its level and its bounds.

    Args:
        power: mean squares of frames of `FRAME_SECONDS` every `STEP_SECONDS`, shape (…, frames).
    """
    momentary = 10 * np.log10(np.maximum(power, 10 ** (FAINTEST_DB / 10)))
    return Levels(momentary, -_lowest(-_lowest(momentary)))


def _lowest(values: np.ndarray) -> np.ndarray:
    """Minimum over `SUSTAINED_FRAMES` neighbours along the last axis, of the same shape."""
    side, size = SUSTAINED_FRAMES // 2, values.shape[-1]
    padded = np.full((*values.shape[:-1], size + 2 * side), np.inf)
    padded[..., side : side + size] = values
    lowest = padded[..., :size]
    for shift in range(1, SUSTAINED_FRAMES):
        lowest = np.minimum(lowest, padded[..., shift : shift + size])
    return lowest


def active_speech(
    signal: np.ndarray, sample_rate: int, silence_db: float, levels: Levels | None = None
) -> tuple[float, int, int]:
    """Level of active speech, and where speech begins and ends.

    Args:
        signal: float32, shape (n,).
        sample_rate: in Hz.
        silence_db: what is this far below active speech is silence, in dB.
        levels: of the signal, if they are measured already.

    Returns:
        Level in dB re full scale; first and last sample, with a margin of `MARGIN_SECONDS`, end excluded.
    """
    levels = levels or levels_of(signal, sample_rate)
    level = active_level(levels.sustained)
    first, last = _bounds(levels, level - silence_db)
    if last - first < levels.sustained.size:
        # Once more without the clicks before and after, some of which have a tail that is sustained.
        level = active_level(levels.sustained[first:last])
        first, last = _bounds(levels, level - silence_db)
    start = (first * STEP_SECONDS - MARGIN_SECONDS) * sample_rate
    end = (last * STEP_SECONDS + MARGIN_SECONDS) * sample_rate
    return level, max(round(start), 0), min(round(end), signal.size)


def active_level(levels: np.ndarray) -> float:
    """Level of active speech, in dB re full scale (0 dB: the RMS of a square wave of amplitude 1).

    After ITU-T P.56, method B: the power mean of the frames that are at most `MARGIN_DB` below the result. So
    pauses, and silence of any length around the speech, do not count. It differs in two ways: sounds
    shorter than a syllable and the excess of the loudest fifth do not count, and the search begins at a
    level that speech must have, so that a loud event does not hide soft speech.

    Args:
        levels: of sustained sound, shape (frames,), `Levels.sustained`.

    Returns:
        The RMS for a stationary sound, however much silence surrounds it.
    """
    negative = np.sort(-levels)  # the loudest first
    powers = 10 ** (-negative / 10)
    sums = zero_padded(powers.cumsum(), 1)
    speech = min(round(SPEECH_SECONDS / STEP_SECONDS), negative.size) - 1
    level = -float(min(negative[speech], negative[0] + SEARCH_DB))
    for _ in range(negative.size):
        active = int(negative.searchsorted(MARGIN_DB - level, side="right"))
        loudest = int(LOUDEST_SHARE * active)
        mean = (loudest * powers[loudest] + sums[active] - sums[loudest]) / active
        previous, level = level, 10 * log10(mean)
        if level == previous:
            break
    return level


def _bounds(levels: Levels, threshold_db: float) -> tuple[int, int]:
    """First and last step, end excluded, of the sounds above a threshold without the clicks at either end."""
    loud = (levels.sustained > threshold_db).nonzero()[0]
    breaks = (loud[1:] - loud[:-1] > round(APART_SECONDS / STEP_SECONDS)).nonzero()[0].tolist()
    starts, ends = loud[[0, *(one + 1 for one in breaks)]].tolist(), loud[[*breaks, -1]].tolist()
    first, last = 0, len(breaks)
    while first < last and _is_click(levels.momentary[starts[first] : ends[first] + 1]):
        first += 1
    while last > first and _is_click(levels.momentary[starts[last] : ends[last] + 1]):
        last -= 1
    return starts[first], ends[last] + 1


def _is_click(momentary: np.ndarray) -> bool:
    """Whether a sound with these levels is shorter than any syllable, its decay aside."""
    lasting = np.count_nonzero(momentary > momentary.max() - CLICK_DECAY_DB)
    return bool(lasting * STEP_SECONDS < CLICK_SECONDS)


@dataclass(frozen=True, slots=True)
class SignalLevels:
    """Level of a signal, and of its frames.

    Attributes:
        power: mean squares, float64, shape (frames,), ≥ 0.
        crossings: share of samples at a change of sign, float64, shape (frames,), 0–1.
        mean: of the absolute samples.
        peak: the largest absolute sample.
    """

    power: np.ndarray
    crossings: np.ndarray
    mean: float
    peak: np.float32


def signal_levels(
    signal: np.ndarray, frame_length: int, hop_length: int, kernel: Callable[..., None] | None = None
) -> SignalLevels:
    """Measure a signal and its centred frames, zero-padded at both ends.

    Args:
        signal: float32, shape (n,), n ≥ 1.
        frame_length: in samples.
        hop_length: in samples.
        kernel: `levels` of the compiled kernels, which reads the signal once, in a third of the time.
    """
    if kernel is None:
        power = centred_power(signal, frame_length, hop_length)
        crossings = zero_crossing_rate(signal, frame_length, hop_length)
        amplitude = np.abs(signal)
        return SignalLevels(power, crossings, float(amplitude.mean(dtype=np.float64)), amplitude.max())
    half = frame_length // 2
    block = gcd(frame_length, hop_length, half)
    blocks, frames = signal.size // block + 1, 1 + (signal.size + 2 * half - frame_length) // hop_length
    power, crossings, absolute = np.empty(frames), np.empty(frames), np.empty(2)
    kernel(
        np.ascontiguousarray(signal),
        signal.size,
        frame_length,
        hop_length,
        block,
        CROSSING_THRESHOLD,
        np.empty(blocks),
        np.empty(blocks, np.int64),
        frames,
        power,
        crossings,
        absolute,
    )
    return SignalLevels(power, crossings, float(absolute[0]), np.float32(absolute[1]))


def centred_power(signal: np.ndarray, frame_length: int, hop_length: int) -> np.ndarray:
    """Mean square of centred frames, zero-padded at both ends (the square of `librosa.feature.rms`).

    Args:
        signal: float32, shape (n,).
        frame_length: in samples.
        hop_length: in samples.

    Returns:
        float64, shape (1 + n // hop_length,), ≥ 0.
    """
    half = frame_length // 2
    block = gcd(frame_length, hop_length, half)
    before, whole = half // block, signal.size // block
    blocks, rest = signal[: whole * block].reshape(whole, block), signal[whole * block :]
    energies = np.zeros(2 * before + whole + 1, np.float32)
    np.einsum("ij,ij->i", blocks, blocks, out=energies[before : before + whole])
    energies[before + whole] = rest @ rest
    sums = frame_sums(energies, frame_length // block, hop_length // block)
    return sums[: 1 + (signal.size + 2 * half - frame_length) // hop_length] / frame_length


def zero_crossing_rate(signal: np.ndarray, frame_length: int, hop_length: int) -> np.ndarray:
    """Share of sign changes per centred frame, as `librosa.feature.zero_crossing_rate`.

    Args:
        signal: shape (n,).
        frame_length: in samples.
        hop_length: in samples.

    Returns:
        float64, shape (1 + n // hop_length,), 0–1; changes between frames are not counted.
    """
    negative = signal < -CROSSING_THRESHOLD
    changed = 1 + np.flatnonzero(negative[1:] != negative[:-1])
    half = frame_length // 2
    frames = 1 + (signal.size + 2 * half - frame_length) // hop_length
    starts = np.arange(frames) * hop_length - half
    # A change from the sample before the frame to its first one lies between two frames.
    before = np.searchsorted(changed, starts, side="right")
    return (np.searchsorted(changed, starts + frame_length) - before) / frame_length


def zero_padded(signal: np.ndarray, margin: int) -> np.ndarray:
    """The signal with `margin` zeros on both sides, in a fifth of the time of `np.pad`.

    >>> zero_padded(np.array([1, 2]), 1)
    array([0, 1, 2, 0])
    """
    padded = np.zeros(signal.size + 2 * margin, signal.dtype)
    padded[margin : margin + signal.size] = signal
    return padded


def padded(values: np.ndarray, size: int) -> np.ndarray:
    """Values with zeros behind, `size` along the last axis.

    >>> padded(np.array([[1, 2], [3, 4]]), 3).tolist()
    [[1, 2, 0], [3, 4, 0]]
    """
    longer = np.zeros((*values.shape[:-1], size), values.dtype)
    longer[..., : values.shape[-1]] = values
    return longer


def overlapping(signal: np.ndarray, frame_length: int, hop_length: int) -> np.ndarray:
    """Frames as a read-only view of the signal, in a tenth of the time of `sliding_window_view`.

    >>> overlapping(np.arange(6), 3, 2)
    array([[0, 1, 2],
           [2, 3, 4]])

    Args:
        signal: one or several, contiguous, shape (…, n), n ≥ frame_length.
        frame_length: in samples.
        hop_length: in samples.

    Returns:
        Shape (…, 1 + (n - frame_length) // hop_length, frame_length).
    """
    step = signal.itemsize
    shape = (*signal.shape[:-1], 1 + (signal.shape[-1] - frame_length) // hop_length, frame_length)
    return np.ndarray(shape, signal.dtype, signal, strides=(*signal.strides[:-1], hop_length * step, step))


def frame_sums(values: np.ndarray, frame_length: int, hop_length: int) -> np.ndarray:
    """Sum of each frame of a sequence, through one cumulative sum.

    >>> frame_sums(np.array([1, 2, 3, 4, 5]), 3, 2)
    array([ 6., 12.])

    Args:
        values: shape (n,).
        frame_length: values per frame.
        hop_length: values between the starts of frames.

    Returns:
        float64, shape (1 + (n - frame_length) // hop_length,).
    """
    cumulative = np.zeros(values.size + 1)
    np.cumsum(values, dtype=np.float64, out=cumulative[1:])
    ends = cumulative[frame_length::hop_length]
    return np.maximum(ends - cumulative[: ends.size * hop_length : hop_length], 0.0)


def mean_and_std(values: np.ndarray) -> tuple[Any, Any]:
    """Mean and standard deviation over frames of values (frames, …), in half the time of NumPy's two methods.

    >>> mean_and_std(np.array([[1, 2], [3, 6]]))
    (array([2., 4.]), array([1., 2.]))
    """
    exact = values.astype(np.float64, copy=False)
    mean = exact.sum(axis=0) / len(exact)
    centred = exact - mean
    return mean, np.sqrt(np.einsum("i...,i...->...", centred, centred) / len(exact))
