"""Course of the loudness of mel bands: columns `loudness_<band>__<functional>`, made for other rooms.

`Analysis` → cube root of the power of 26 mel bands (Hermansky 1990) → `course` → columns

The cube root compresses the power as hearing does, so loud parts of speech count more than in decibels and
the noise between them less. Most of the functionals are relative to the recording's own range or mean.

>>> len(LOUDNESS_COLUMNS), LOUDNESS_COLUMNS[0].name
(468, 'loudness_00__skewness')
"""

from collections.abc import Sequence

import numpy as np

from ser_features.config import Profile
from ser_features.extractors.base import Analysis, WideExtractor
from ser_features.extractors.functionals import statistics
from ser_features.manifest import Column

BANDS = 26
EXPONENT = 0.33
"""Loudness is power to this exponent."""

LEVELS = (25, 50, 75, 90)
"""Percentages of the range from percentile 1 to percentile 99."""

COURSE: dict[str, tuple[str, str]] = {
    "skewness": ("1", "skewness (0 if constant)"),
    "kurtosis": ("1", "kurtosis, 3 for a normal distribution (0 if constant)"),
    **{f"above_{level}": ("1", f"share of frames above {level} % of its range") for level in LEVELS},
    "rising": ("1", "share of frames in which it rises"),
    "centre": ("1", "mean time weighted by it, 0 at the first to 1 at the last frame"),
    "position_max": ("1", "time of its maximum, 0 to 1"),
    "position_min": ("1", "time of its minimum, 0 to 1"),
    "peak_rate": ("1/s", "peaks per second"),
    "peak_mean": ("1", "mean of its peaks"),
    "peak_relative": ("1", "mean of its peaks less its mean"),
    "peak_std": ("1", "standard deviation of its peaks"),
    "trough_relative": ("1", "mean of its troughs less its mean"),
    "mean_rise": ("1", "mean change of the frames in which it rises"),
    "mean_fall": ("1", "mean change of the frames in which it falls"),
    "change_std": ("1", "standard deviation of its change from frame to frame"),
}
"""Unit and meaning of the functionals, in order."""


class Loudness(WideExtractor):
    """Functionals of the loudness of mel bands; the same columns in every profile."""

    name = "loudness"
    description = "Course of the loudness of mel bands; its columns are described one by one."

    def columns(self, profile: Profile) -> tuple[Column, ...]:
        """All 468 columns."""
        return LOUDNESS_COLUMNS

    def owns(self, column: str) -> bool:
        """Whether it is one of the columns."""
        return column in _POSITIONS

    def positions(self, names: Sequence[str], width: int) -> list[int]:
        """Positions of columns, which do not depend on `width`."""
        return [_POSITIONS[name] for name in names]

    def extract(self, analysis: Analysis) -> np.ndarray:
        """One value per column, float64; NaN where there is no peak, trough, rise or fall."""
        loudness = 10 ** (EXPONENT / 10 * analysis.mel_of(BANDS))
        frame_rate = analysis.sample_rate / analysis.profile.frames.hop_length
        return np.concatenate(list(course(loudness, frame_rate).values()))


def course(loudness: np.ndarray, frame_rate: float) -> dict[str, np.ndarray]:
    """Compute the functionals of `COURSE`.

    Args:
        loudness: (frames, bands), at least one frame, above 0.
        frame_rate: in frames per second.

    Returns:
        By functional, (bands,); NaN where there is nothing to average.
    """
    frames = len(loudness)
    moments = statistics.some(loudness, ("skewness", "kurtosis", "p01", "p99"))
    low = moments.pop("p01")
    spread = np.maximum(moments.pop("p99") - low, np.finfo(np.float32).tiny)
    relative = (loudness - low) / spread
    weights = np.maximum(relative, 0)
    before, middle, after = loudness[:-2], loudness[1:-1], loudness[2:]
    change = np.diff(loudness, axis=0, prepend=loudness[:1])
    marks = np.zeros((len(LEVELS) + 4, *loudness.shape))
    rising, falling, peaks, troughs = marks[len(LEVELS) :]
    for mark, level in zip(marks, LEVELS, strict=False):
        mark[:] = relative > level / 100
    rising[:], falling[:] = change > 0, change < 0
    peaks[1:-1] = (middle > before) & (middle >= after)
    troughs[1:-1] = (middle < before) & (middle <= after)
    counts = marks.sum(axis=1)
    rises, falls, of_peaks, of_troughs = counts[len(LEVELS) :]
    mean = loudness.mean(axis=0)
    with np.errstate(invalid="ignore"):  # 0 / 0
        centre = (np.linspace(0, 1, frames) @ weights) / weights.sum(axis=0)
        peak_mean, trough_mean = _sum(peaks, loudness) / of_peaks, _sum(troughs, loudness) / of_troughs
        mean_rise, mean_fall = _sum(rising, change) / rises, _sum(falling, change) / falls
        peak_variance = _sum(peaks, np.square(loudness - peak_mean)) / of_peaks
    return {
        **moments,
        **{f"above_{level}": count / frames for level, count in zip(LEVELS, counts, strict=False)},
        "rising": rises / frames,
        "centre": centre,
        "position_max": loudness.argmax(axis=0) / frames,
        "position_min": loudness.argmin(axis=0) / frames,
        "peak_rate": of_peaks * (frame_rate / frames),
        "peak_mean": peak_mean,
        "peak_relative": peak_mean - mean,
        "peak_std": np.sqrt(peak_variance),
        "trough_relative": trough_mean - mean,
        "mean_rise": mean_rise,
        "mean_fall": mean_fall,
        "change_std": change.std(axis=0),
    }


def _sum(marks: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Sum over the marked frames, (bands,) float64."""
    sums: np.ndarray = np.einsum("ij,ij->j", marks, values)
    return sums


LOUDNESS_COLUMNS: tuple[Column, ...] = tuple(
    Column(
        f"loudness_{band:02d}__{name}", "float32", unit, f"Loudness of mel band {band} of {BANDS}: {words}."
    )
    for name, (unit, words) in COURSE.items()
    for band in range(BANDS)
)
"""The columns of the family, in order."""

_POSITIONS = {column.name: position for position, column in enumerate(LOUDNESS_COLUMNS)}
