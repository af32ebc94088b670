"""Descriptors over time → functionals: moments, percentiles, trend, modulation spectrum, thirds.

(frames, descriptors) → `full`, `some`, `modulation`, `thirds` → by functional, (descriptors,)
"""

from collections.abc import Collection, Sequence
from functools import lru_cache

import numpy as np

from ser_features import fft
from ser_features.framing import padded

PERCENTILES = (1, 5, 10, 25, 50, 75, 90, 95, 99)

FULL: dict[str, str] = {
    "mean": "Mean",
    "std": "Standard deviation",
    "skewness": "Skewness (0 if constant)",
    "kurtosis": "Kurtosis, 3 for a normal distribution (0 if constant)",
    **{f"p{percent:02d}": f"Percentile {percent}" for percent in PERCENTILES},
    "iqr": "Percentile 75 less 25",
    "range_10_90": "Percentile 90 less 10",
    "range_01_99": "Percentile 99 less 1",
    "slope": "Slope of the straight line through it, from −1 at the first to 1 at the last frame",
    "curvature": "Weight of the parabola in that time, beyond the straight line",
    "mac": "Mean absolute change from frame to frame",
}
"""Functionals that `full` computes, with their meaning."""

SHORT = ("mean", "std", "skewness", "kurtosis", "p10", "p50", "p90")
"""Functionals of derivatives."""

VOICED = ("mean", "std", "skewness", "p10", "p50", "p90")
UNVOICED = ("mean", "std")

CHANGED = {"slope", "curvature", "mac"}
"""Functionals that depend on the order of the frames."""

MODULATION = ((0.5, 1.0), (1.0, 2.0), (2.0, 4.0), (4.0, 8.0), (8.0, 16.0), (16.0, 32.0))
"""Bands of modulation frequencies in Hz, [low, high)."""

MODULATION_SIZE = 512
"""Minimum FFT length: short recordings are padded, so that the lowest band has bins."""

MIN_MODULATION = 1e-3
THIRDS = 3


def full(frames: np.ndarray) -> dict[str, np.ndarray]:
    """Compute all functionals of `FULL`.

    Args:
        frames: shape (frames, descriptors), at least one frame, finite.

    Returns:
        By functional, float64, shape (descriptors,); finite.
    """
    values = frames.astype(np.float64)
    result = _moments(values, FULL) | _percentiles(frames, PERCENTILES)
    result["iqr"] = result["p75"] - result["p25"]
    result["range_10_90"] = result["p90"] - result["p10"]
    result["range_01_99"] = result["p99"] - result["p01"]
    line, parabola = _trend(len(values))
    result["slope"], result["curvature"] = line @ values, parabola @ values
    result["mac"] = np.abs(np.diff(values, axis=0)).sum(axis=0) / max(len(values) - 1, 1)
    return result


def some(frames: np.ndarray, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Compute some of the moments and percentiles of `full`; NaN if there is no frame.

    Args:
        frames: shape (frames, descriptors), finite.
        names: of `FULL`, none of `CHANGED` or of the ranges.
    """
    if not len(frames):
        return {name: np.full(frames.shape[1], np.nan) for name in names}
    percents = [percent for percent in PERCENTILES if f"p{percent:02d}" in names]
    result = _moments(frames.astype(np.float64), names)
    result |= _percentiles(frames, percents) if percents else {}
    return {name: result[name] for name in names}


def modulation(frames: np.ndarray, frame_rate: float) -> dict[str, np.ndarray]:
    """Modulation spectrum: mean power per band of modulation frequencies, log10.

    The mean is removed and a Hann window applied before the Fourier transform.

    Args:
        frames: shape (frames, descriptors).
        frame_rate: in frames per second.

    Returns:
        By the names of `modulation_names`, float64, shape (descriptors,); NaN above half the frame rate.
    """
    count = len(frames)
    centred = (frames - frames.mean(axis=0)) * _hann(count)
    size = max(MODULATION_SIZE, fft.good_size(count, True))
    spectrum = fft.rfft(padded(centred.T, size), (1,)).T
    means = _modulation_means(size, frame_rate)
    inside = spectrum[: means.shape[1]]
    power = np.square(inside.real) + np.square(inside.imag)
    bands = np.log10(means @ power / count + MIN_MODULATION)
    return dict(zip(modulation_names(), bands, strict=True))


@lru_cache(maxsize=1024)
def _hann(frames: int) -> np.ndarray:
    """Hann window without its zeros, float32, shape (frames, 1)."""
    return np.hanning(frames + 2)[1:-1, np.newaxis].astype(np.float32)


@lru_cache(maxsize=1024)
def _modulation_means(size: int, frame_rate: float) -> np.ndarray:
    """Weights of the bins for the mean of each band of `MODULATION`, float64, shape (bands, bins).

    They reach up to the last bin that any band has; NaN for bands above half the frame rate.
    """
    frequencies = np.fft.rfftfreq(size, 1 / frame_rate)
    means = np.zeros((len(MODULATION), frequencies.searchsorted(MODULATION[-1][1])))
    for weights, (low, high) in zip(means, MODULATION, strict=True):
        first, end = frequencies.searchsorted((low, high))
        weights[first:end] = 1 / max(end - first, 1)
        if high > frame_rate / 2 or first == end:
            weights[:] = np.nan
    return means


def modulation_names() -> tuple[str, ...]:
    """Names of the bands.

    >>> modulation_names()[:2]
    ('modulation_0.5_1hz', 'modulation_1_2hz')
    """
    return tuple(f"modulation_{low:g}_{high:g}hz" for low, high in MODULATION)


def thirds(frames: np.ndarray) -> dict[str, np.ndarray]:
    """Mean of each third of the frames minus the mean of all; NaN where a third has no value.

    Args:
        frames: shape (frames, descriptors); NaN is ignored.
    """
    is_gap, is_inside = np.isnan(frames), _is_inside(len(frames))
    counts = is_inside.sum(axis=1, keepdims=True)
    if is_gap.any():
        counts, frames = is_inside @ ~is_gap, np.where(is_gap, 0, frames)
    sums = is_inside @ frames
    with np.errstate(invalid="ignore"):  # 0 / 0, where there is no value
        means = sums / counts - sums.sum(axis=0) / counts.sum(axis=0)
    return {f"third_{number}": mean for number, mean in enumerate(means, start=1)}


@lru_cache(maxsize=1024)
def _is_inside(frames: int) -> np.ndarray:
    """Which frames are in each third, 0 or 1, float64, shape (`THIRDS`, frames)."""
    return np.stack(
        [np.bincount(part, minlength=frames) for part in np.array_split(np.arange(frames), THIRDS)]
    ).astype(np.float64)


def _moments(values: np.ndarray, names: Collection[str]) -> dict[str, np.ndarray]:
    """Mean, standard deviation, and skewness and kurtosis if named; these are 0 of constant values."""
    mean = values.mean(axis=0)
    centred = values - mean
    variance = _mean_product(centred, centred)
    moments = {"mean": mean, "std": np.sqrt(variance)}
    if "skewness" in names:
        squares = np.square(centred)
        # Values that vary by rounding errors alone count as constant.
        varies = variance > np.square(1e-6 * np.maximum(np.abs(mean), 1e-6))
        safe = np.where(varies, variance, 1)
        moments["skewness"] = np.where(varies, _mean_product(squares, centred) / safe**1.5, 0)
        if "kurtosis" in names:
            moments["kurtosis"] = np.where(varies, _mean_product(squares, squares) / np.square(safe), 0)
    return moments


def _mean_product(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Mean over frames of the products of two arrays, which are not kept."""
    sums: np.ndarray = np.einsum("ij,ij->j", first, second)
    return sums / len(first)


def _percentiles(values: np.ndarray, percents: Sequence[int]) -> dict[str, np.ndarray]:
    """As `np.percentile`, but with a single sort and less overhead; float64."""
    ordered = np.sort(values.T, axis=1)  # each descriptor's values one after the other
    ranks = np.asarray(percents) / 100 * (len(values) - 1)
    below = ranks.astype(np.intp)
    above = np.minimum(below + 1, len(values) - 1)
    share = ranks - below
    percentiles = (ordered[:, below] * (1 - share) + ordered[:, above] * share).T
    return {f"p{percent:02d}": row for percent, row in zip(percents, percentiles, strict=True)}


@lru_cache(maxsize=1024)
def _trend(frames: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights of the frames for slope and curvature, shape (frames,) each; 0 if there are too few frames."""
    time = np.linspace(-1, 1, frames) if frames > 1 else np.zeros(1)
    bend = np.square(time) - np.square(time).mean()
    return (
        time / max(np.square(time).sum(), np.finfo(np.float64).tiny),
        bend / np.square(bend).sum() if frames > 2 else np.zeros(frames),
    )
