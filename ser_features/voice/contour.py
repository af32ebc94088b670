"""Signal → F0 contour → glottal pulses → jitter and shimmer, as in Praat.

signal → windows → power spectra → autocorrelations → candidates → the best path → `Contour`
signal, `Contour` → `pulses` → `jitter`, `shimmer`
"""

from dataclasses import dataclass

import numpy as np

from ser_features import fft
from ser_features.parameters import (
    OCTAVE_COST,
    OCTAVE_JUMP_COST,
    PERIODS_PER_WINDOW,
    SILENCE_THRESHOLD,
    VOICED_UNVOICED_COST,
    VOICING_THRESHOLD,
    PitchConfig,
)
from ser_features.voice.library import Library, library
from ser_features.voice.tables import AROUND, Tables, tables_of

BLOCK_ROWS = 96
"""Frames per FFT call, few enough to fit into the processor's cache."""

MARGIN = 32
"""Values that arrays have beyond the largest number of lags, for rounding to blocks."""


@dataclass(frozen=True, slots=True)
class Contour:
    """F0 over time.

    Attributes:
        f0: in Hz, float64, shape (frames,); 0 where a frame is unvoiced.
        strength: height of the autocorrelation's peak at the period, 0 to 1, float64, shape (frames,); 0
            where a frame is unvoiced.
        start: time of the first frame's centre, in s.
        step: from one frame to the next, in s.
    """

    f0: np.ndarray
    strength: np.ndarray
    start: float
    step: float


@dataclass(frozen=True, slots=True, eq=False)
class _Candidates:
    """F0 candidates of all frames, and the strength of "unvoiced".

    Attributes:
        counts: int64, shape (frames,).
        lags: in samples, float64, shape (frames, candidates).
        strengths: float64, shape (frames, candidates).
        unvoiced: float64, shape (frames,).
    """

    counts: np.ndarray
    lags: np.ndarray
    strengths: np.ndarray
    unvoiced: np.ndarray


def track(signal: np.ndarray, sample_rate: int, *, lowest: float, highest: float, step: float) -> Contour:
    """Compute the F0 contour of a recording, as Praat's `Sound: To Pitch (ac)` with its defaults.

    Args:
        signal: shape (n,), at least three periods of `lowest` long; its level does not matter.
        sample_rate: in Hz.
        lowest: F0, in Hz.
        highest: F0, in Hz, at most half the sample rate.
        step: from one frame to the next, in s.

    Returns:
        The contour, at Praat's frame times.
    """
    tables = tables_of(sample_rate, lowest, highest)
    # In the same order of operations as Praat: the last bit decides whether one more frame fits.
    interval = 1 / sample_rate
    seconds = signal.size * interval
    frames = int((seconds - PERIODS_PER_WINDOW / lowest) / step) + 1
    times = 0.5 * seconds - 0.5 * frames * step + 0.5 * step + np.arange(frames) * step
    starts = np.floor((times - 0.5 * interval) / interval).astype(np.int64) + 1 - tables.half
    per_step = 0.01 / step
    candidates = _candidates(_normalised(signal), starts, tables, 1 + 2 * VOICED_UNVOICED_COST * per_step)
    f0, strength = _best_path(candidates, sample_rate, highest, per_step)
    return Contour(f0, strength, float(times[0]), step)


def _normalised(signal: np.ndarray) -> np.ndarray:
    """The signal with zero mean and a peak of 1, float32: single precision suffices at every level."""
    centred = np.ascontiguousarray(signal, np.float32) - np.float32(signal.mean(dtype=np.float64))
    peak = max(centred.max(), -centred.min())
    scaled: np.ndarray = centred / peak if peak > 0 else centred
    return scaled


def _candidates(signal: np.ndarray, starts: np.ndarray, tables: Tables, sure: float) -> _Candidates:
    """Candidates of the frames that begin at `starts`.

    The strength of voiced candidates is at most 1, and an unvoiced frame costs at most two voicing changes:
    frames whose "unvoiced" is stronger than the sum, `sure`, are unvoiced and are not analysed.
    """
    kernels, frames = library(), starts.size
    values = np.zeros((BLOCK_ROWS, tables.size), np.float32)
    voiced, used = np.zeros(BLOCK_ROWS, np.int64), np.zeros(1, np.int64)
    peaks = np.zeros(frames)
    lags, strengths = np.ones((frames, tables.candidates)), np.zeros((frames, tables.candidates))
    counts = np.zeros(frames, np.int64)
    scale = SILENCE_THRESHOLD / (1 + VOICING_THRESHOLD)
    quiet = max(scale * (2 - (sure - VOICING_THRESHOLD)), np.finfo(np.float32).tiny)
    first = 0
    while first < frames:
        first = kernels.windows(
            signal,
            starts,
            first,
            frames,
            BLOCK_ROWS,
            tables.window,
            tables.half,
            tables.period,
            tables.size,
            quiet,
            values,
            peaks,
            voiced,
            used,
        )
        raw = _autocorrelations(kernels, values[: used[0]])
        _maxima(kernels, raw, voiced, tables, (lags, strengths, counts))
    unvoiced = VOICING_THRESHOLD + np.maximum(2 - np.minimum(peaks, 1) / scale, 0)
    return _Candidates(counts, lags, strengths, unvoiced)


def _autocorrelations(kernels: Library, values: np.ndarray) -> np.ndarray:
    """Of each row, up to a factor, float32."""
    spectrum = fft.rfft(values, (1,))
    power = np.empty(spectrum.shape, np.float32)
    kernels.powers(spectrum.view(np.float32), power.size, power)
    # A power spectrum is real and even, so a cosine transform inverts it.
    raw: np.ndarray = fft.dct(power, 1, (1,), out=power)
    return raw


def _maxima(
    kernels: Library,
    raw: np.ndarray,
    voiced: np.ndarray,
    tables: Tables,
    arrays: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    """Fill the candidates of the frames `voiced`: their lags, strengths and counts."""
    kernels.candidates(
        raw,
        len(raw),
        raw.shape[1],
        voiced,
        tables.correction,
        tables.shortest,
        tables.longest,
        tables.depth,
        tables.sinc,
        tables.octaves,
        OCTAVE_COST,
        0.5 * VOICING_THRESHOLD,
        tables.candidates,
        np.empty(tables.longest + 2 * tables.depth + 1, np.float32),
        np.empty(AROUND, np.float32),
        np.empty(tables.candidates, np.int64),
        *arrays,
    )


def _best_path(
    candidates: _Candidates, sample_rate: int, highest: float, per_step: float
) -> tuple[np.ndarray, np.ndarray]:
    """F0 and strength of the chosen candidates, float64, shape (frames,) each; 0 where unvoiced."""
    frames, most = candidates.lags.shape
    frequency = sample_rate / candidates.lags
    octaves = np.log2(frequency)
    # Praat counts candidates above the highest F0 as unvoiced: they never win over "unvoiced" itself.
    local = candidates.strengths - OCTAVE_COST * (np.log2(highest) - octaves)
    local[frequency >= highest] = -np.inf
    chosen = np.empty(frames, np.int64)
    library().path(
        frames,
        most,
        candidates.counts,
        octaves,
        local,
        candidates.unvoiced,
        OCTAVE_JUMP_COST * per_step,
        VOICED_UNVOICED_COST * per_step,
        np.empty((frames, most + 1)),
        np.zeros((frames, most + 1), np.int64),
        chosen,
    )
    frame = np.arange(frames)
    voiced = chosen > 0
    return (
        np.where(voiced, frequency[frame, chosen - 1], 0.0),
        np.where(voiced, candidates.strengths[frame, chosen - 1], 0.0),
    )


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
