"""A course over frames → numbers: moments, percentiles, trend, modulation, parts.

(frames, descriptors) → `full`, `short`, `modulation`, `thirds` → by functional, (descriptors,)
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import scipy.fft

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
"""What `full` tells."""

SHORT = ("mean", "std", "skewness", "kurtosis", "p10", "p50", "p90")
"""What is told of derivatives."""

VOICED = ("mean", "std", "skewness", "p10", "p50", "p90")
UNVOICED = ("mean", "std")

CHANGED = {"slope", "curvature", "mac"}
"""Functionals that the order of frames matters to."""

MODULATION = ((0.5, 1.0), (1.0, 2.0), (2.0, 4.0), (4.0, 8.0), (8.0, 16.0), (16.0, 32.0))
"""Bands of modulation frequencies, from (included) and to, in Hz."""

MODULATION_SIZE = 512
"""Least length of the transform: short recordings are padded, so that the lowest band has bins."""

FAINTEST_MODULATION = 1e-3
THIRDS = 3


def full(course: np.ndarray) -> dict[str, np.ndarray]:
    """All of `FULL`.

    Args:
        course: shape (frames, descriptors), one frame at least, finite.

    Returns:
        By functional, float64 (descriptors,); finite.
    """
    values = course.astype(np.float64)
    found = _moments(values) | _percentiles(values, PERCENTILES)
    found["iqr"] = found["p75"] - found["p25"]
    found["range_10_90"] = found["p90"] - found["p10"]
    found["range_01_99"] = found["p99"] - found["p01"]
    line, parabola = _trend(len(values))
    found["slope"], found["curvature"] = line @ values, parabola @ values
    found["mac"] = np.abs(np.diff(values, axis=0)).sum(axis=0) / max(len(values) - 1, 1)
    return found


def some(course: np.ndarray, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Some of the moments and percentiles of `full`; NaN if there is no frame.

    Args:
        course: shape (frames, descriptors), finite.
        names: of `FULL`, none of `CHANGED` or of the ranges.
    """
    if not len(course):
        return {name: np.full(course.shape[1], np.nan) for name in names}
    values = course.astype(np.float64)
    wanted = [percent for percent in PERCENTILES if f"p{percent:02d}" in names]
    found = _moments(values) | (_percentiles(values, wanted) if wanted else {})
    return {name: found[name] for name in names}


def modulation(course: np.ndarray, frame_rate: float) -> dict[str, np.ndarray]:
    """Power of the course's movement by its frequency, in decades.

    The course less its mean, under a Hann window, is transformed; of each band the mean power counts.

    Args:
        course: shape (frames, descriptors).
        frame_rate: in frames per second.

    Returns:
        By the names of `modulation_names`, float64 (descriptors,); NaN above half the frame rate.
    """
    frames = len(course)
    centred = (course - course.mean(axis=0)) * np.hanning(frames + 2)[1:-1, np.newaxis].astype(np.float32)
    size = max(MODULATION_SIZE, scipy.fft.next_fast_len(frames, real=True))
    spectrum = scipy.fft.rfft(centred, size, axis=0)
    frequencies = np.fft.rfftfreq(size, 1 / frame_rate)
    found = {}
    for name, (low, high) in zip(modulation_names(), MODULATION, strict=True):
        inside = spectrum[slice(*np.searchsorted(frequencies, (low, high)))]
        if high > frame_rate / 2 or not len(inside):
            found[name] = np.full(course.shape[1], np.nan)
            continue
        power = (np.square(inside.real) + np.square(inside.imag)).mean(axis=0, dtype=np.float64) / frames
        found[name] = np.log10(power + FAINTEST_MODULATION)
    return found


def modulation_names() -> tuple[str, ...]:
    """Names of the bands.

    >>> modulation_names()[:2]
    ('modulation_0.5_1hz', 'modulation_1_2hz')
    """
    return tuple(f"modulation_{low:g}_{high:g}hz" for low, high in MODULATION)


def thirds(course: np.ndarray) -> dict[str, np.ndarray]:
    """Mean of each third of the frames less the mean of all; NaN where a third has no value.

    Args:
        course: shape (frames, descriptors); NaN counts for nothing.
    """
    whole = _mean(course)
    parts = np.array_split(course, THIRDS)
    return {f"third_{place}": _mean(part) - whole for place, part in enumerate(parts, start=1)}


def _mean(course: np.ndarray) -> np.ndarray:
    """Mean over frames of what is known; NaN where nothing is."""
    known = ~np.isnan(course)
    count = known.sum(axis=0)
    total = np.where(known, course, 0).sum(axis=0, dtype=np.float64)
    return np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)


def _moments(values: np.ndarray) -> dict[str, np.ndarray]:
    """Mean, deviation, skewness and kurtosis; the last two are 0 of what hardly varies."""
    mean = values.mean(axis=0)
    centred = values - mean
    squares = np.square(centred)
    variance = squares.mean(axis=0)
    # What is constant but for rounding has no shape.
    varies = variance > np.square(1e-6 * np.maximum(np.abs(mean), 1e-6))
    safe = np.where(varies, variance, 1)
    return {
        "mean": mean,
        "std": np.sqrt(variance),
        "skewness": np.where(varies, (squares * centred).mean(axis=0) / safe**1.5, 0),
        "kurtosis": np.where(varies, np.square(squares).mean(axis=0) / np.square(safe), 0),
    }


def _percentiles(values: np.ndarray, wanted: Sequence[int]) -> dict[str, np.ndarray]:
    """As `np.percentile`, from one sort, without what it does around it."""
    ordered = np.sort(values, axis=0)
    places = np.asarray(wanted) / 100 * (len(values) - 1)
    below = places.astype(np.intp)
    above = np.minimum(below + 1, len(values) - 1)
    share = (places - below)[:, np.newaxis]
    found = ordered[below] * (1 - share) + ordered[above] * share
    return {f"p{percent:02d}": row for percent, row in zip(wanted, found, strict=True)}


@lru_cache(maxsize=1024)
def _trend(frames: int) -> tuple[np.ndarray, np.ndarray]:
    """What a course is multiplied by for its slope and its curvature, (frames,) each; 0 where too short."""
    time = np.linspace(-1, 1, frames) if frames > 1 else np.zeros(1)
    bend = np.square(time) - np.square(time).mean()
    return (
        time / max(np.square(time).sum(), np.finfo(np.float64).tiny),
        bend / np.square(bend).sum() if frames > 2 else np.zeros(frames),
    )
