"""Signal → F0 contour → glottal pulses → jitter and shimmer, as in Praat.

signal → windows → power spectra → autocorrelations → candidates → the best path → `Contour`
signal, `Contour` → `pulses` → `jitter`, `shimmer`
"""

from dataclasses import dataclass, replace
from typing import Self

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

FULL_PEAK = SILENCE_THRESHOLD / (1 + VOICING_THRESHOLD)
"""Relative to the recording's peak: a frame whose peak is less than twice as high tends to be unvoiced."""

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


@dataclass(frozen=True, slots=True)
class Limits:
    """What is looked for, and where.

    Attributes:
        sample_rate: in Hz.
        lowest: F0, in Hz.
        highest: F0, in Hz, at most half the sample rate.
        step: from one frame to the next, in s.
    """

    sample_rate: int
    lowest: float
    highest: float
    step: float

    @classmethod
    def of(cls, sample_rate: int, config: PitchConfig) -> Self:
        """Those of a profile."""
        return cls(sample_rate, config.floor, config.ceiling, config.time_step)

    @property
    def tables(self) -> Tables:
        """What depends on them alone."""
        return tables_of(self.sample_rate, self.lowest, self.highest)

    @property
    def per_step(self) -> float:
        """Factor of the costs of a change, which are per 10 ms."""
        return 0.01 / self.step


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """F0 candidates of all frames of a signal.

    Attributes:
        times: of the frames' centres, in s, float64, shape (frames,).
        starts: first sample of each frame, int64, shape (frames,).
        counts: int64, shape (frames,).
        frequencies: in Hz, float64, shape (frames, candidates).
        octaves: their log2, of the same shape.
        strengths: heights of the autocorrelation's peaks, of the same shape.
        local: strengths less the cost of the frequencies, of the same shape.
        peaks: of the frames' middle, relative to the signal's, float64, shape (frames,).
        peak: of the signal.
        faintest: peak, relative to that of the signal, of the faintest part that they suffice for.
    """

    times: np.ndarray
    starts: np.ndarray
    counts: np.ndarray
    frequencies: np.ndarray
    octaves: np.ndarray
    strengths: np.ndarray
    local: np.ndarray
    peaks: np.ndarray
    peak: float
    faintest: float

    def of_part(self, first: int, size: int, peak: float, limits: "Limits") -> Self | None:
        """Those of the frames that lie inside a part of the signal.

        Args:
            first: sample at which the part begins.
            size: of the part, in samples, at least three periods of the lowest F0.
            peak: of the part.
            limits: that they were computed with.

        Returns:
            None if the part is fainter than `faintest`.
        """
        if peak < self.faintest * self.peak:
            return None
        inside = slice(
            int(np.searchsorted(self.starts, first)),
            int(np.searchsorted(self.starts, first + size - 2 * limits.tables.half, side="right")),
        )
        return replace(
            self,
            times=self.times[inside] - first / limits.sample_rate,
            starts=self.starts[inside] - first,
            counts=self.counts[inside],
            frequencies=self.frequencies[inside],
            octaves=self.octaves[inside],
            strengths=self.strengths[inside],
            local=self.local[inside],
            peaks=self.peaks[inside] * (self.peak / peak),
            peak=peak,
        )


def track(signal: np.ndarray, limits: Limits, candidates: Candidates | None = None) -> Contour:
    """Compute the F0 contour of a recording, as Praat's `Sound: To Pitch (ac)` with its defaults.

    Args:
        signal: shape (n,), at least three periods of the lowest F0 long; its level does not matter.
        limits: of the F0.
        candidates: of the signal, if they are computed already.

    Returns:
        The contour, at Praat's frame times.
    """
    return _best_path(candidates or candidates_of(signal, limits), limits)


def candidates_of(signal: np.ndarray, limits: Limits, faintest: float = 1.0) -> Candidates:
    """Candidates of the frames of a signal.

    The strength of voiced candidates is at most 1, and an unvoiced frame costs at most two voicing changes:
    frames whose "unvoiced" is stronger than the sum are unvoiced and are not analysed.

    Args:
        signal: as of `track`.
        limits: of the F0.
        faintest: see `Candidates`.
    """
    sure = 1 + 2 * VOICED_UNVOICED_COST * limits.per_step
    quiet = max(faintest * FULL_PEAK * (2 - (sure - VOICING_THRESHOLD)), np.finfo(np.float32).tiny)
    kernels, tables, (times, starts) = library(), limits.tables, _frames(signal.size, limits)
    scaled, peak = _normalised(signal)
    frames = starts.size
    values = np.zeros((BLOCK_ROWS, tables.size), np.float32)
    voiced, used = np.zeros(BLOCK_ROWS, np.int64), np.zeros(1, np.int64)
    peaks = np.zeros(frames)
    lags, strengths = np.ones((frames, tables.candidates)), np.zeros((frames, tables.candidates))
    counts = np.zeros(frames, np.int64)
    first = 0
    while first < frames:
        first = kernels.windows(
            scaled,
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
    frequencies = limits.sample_rate / lags
    octaves = np.log2(frequencies)
    # Praat counts candidates above the highest F0 as unvoiced: they never win over "unvoiced" itself.
    local = strengths - OCTAVE_COST * (np.log2(limits.highest) - octaves)
    local[frequencies >= limits.highest] = -np.inf
    return Candidates(times, starts, counts, frequencies, octaves, strengths, local, peaks, peak, faintest)


def _frames(size: int, limits: Limits) -> tuple[np.ndarray, np.ndarray]:
    """Times of the centres of a signal's frames in s, and their first samples, shape (frames,) each."""
    # In the same order of operations as Praat: the last bit decides whether one more frame fits.
    interval, step = 1 / limits.sample_rate, limits.step
    seconds = size * interval
    frames = int((seconds - PERIODS_PER_WINDOW / limits.lowest) / step) + 1
    times = 0.5 * seconds - 0.5 * frames * step + 0.5 * step + np.arange(frames) * step
    return times, np.floor((times - 0.5 * interval) / interval).astype(np.int64) + 1 - limits.tables.half


def peak_of(signal: np.ndarray) -> float:
    """Largest distance of a signal from its mean, which its frames' peaks are relative to."""
    mean = np.float32(signal.mean(dtype=np.float64))
    return float(max(signal.max() - mean, mean - signal.min()))


def _normalised(signal: np.ndarray) -> tuple[np.ndarray, float]:
    """The signal with zero mean and a peak of 1, and the peak: single precision suffices at every level."""
    centred = np.ascontiguousarray(signal, np.float32) - np.float32(signal.mean(dtype=np.float64))
    peak = float(max(centred.max(), -centred.min()))
    return (centred / np.float32(peak) if peak > 0 else centred), peak


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


def _best_path(candidates: Candidates, limits: Limits) -> Contour:
    """The contour along the best path through the candidates."""
    count, most = candidates.frequencies.shape
    unvoiced = VOICING_THRESHOLD + np.maximum(2 - np.minimum(candidates.peaks, 1) / FULL_PEAK, 0)
    chosen = np.empty(count, np.int64)
    library().path(
        count,
        most,
        candidates.counts,
        candidates.octaves,
        candidates.local,
        unvoiced,
        OCTAVE_JUMP_COST * limits.per_step,
        VOICED_UNVOICED_COST * limits.per_step,
        np.empty((count, most + 1)),
        np.zeros((count, most + 1), np.int64),
        chosen,
    )
    frame = np.arange(count)
    voiced = chosen > 0
    return Contour(
        np.where(voiced, candidates.frequencies[frame, chosen - 1], 0.0),
        np.where(voiced, candidates.strengths[frame, chosen - 1], 0.0),
        float(candidates.times[0]),
        limits.step,
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
