"""Voiced frames and level → share, lengths and rates of voiced segments, pauses and level peaks.

>>> voiced = np.array([0, 1, 1, 0, 1], dtype=bool)
>>> values = rhythm(voiced, np.zeros(5), 10.0)
>>> values["voiced__share"], round(values["segment__mean"], 3), values["gap__mean"]
(0.6, 0.15, 0.1)
"""

import numpy as np

from ser_features.framing import mean_and_std

PEAK_RANGE_DB = 20.0
"""Level peaks count if they are at most this far below the loudest frame."""

RHYTHM: dict[str, tuple[str, str]] = {
    "voiced__share": ("1", "Share of frames that are voiced, 0–1."),
    "segment__rate": ("1/s", "Voiced segments per second."),
    "segment__mean": ("s", "Mean length of a voiced segment."),
    "segment__std": ("s", "Standard deviation of the length of voiced segments."),
    "segment__longest": ("s", "Length of the longest voiced segment."),
    "gap__mean": ("s", "Mean length of what lies between two voiced segments."),
    "gap__std": ("s", "Standard deviation of the length of what lies between voiced segments."),
    "level_peak__rate": (
        "1/s",
        f"Level peaks within {PEAK_RANGE_DB:g} dB of the loudest, per second.",
    ),
    "recording__seconds": ("s", "Duration of the analysed signal, in whole frames."),
}
"""Unit and meaning of every value, by its name."""


def rhythm(voiced: np.ndarray, level: np.ndarray, frame_rate: float) -> dict[str, float]:
    """Compute the values of `RHYTHM`.

    Args:
        voiced: whether each frame is, (frames,) bool.
        level: of each frame in dB, (frames,).
        frame_rate: in frames per second.

    Returns:
        By name; NaN for lengths where there is no segment or no gap.
    """
    seconds = voiced.size / frame_rate
    edges = np.flatnonzero(np.diff(np.concatenate([[False], voiced, [False]])))
    starts, ends = edges[::2], edges[1::2]
    segments, gaps = (ends - starts) / frame_rate, (starts[1:] - ends[:-1]) / frame_rate
    rising, falling = level[1:-1] > level[:-2], level[1:-1] >= level[2:]
    peaks = rising & falling & (level[1:-1] > level.max() - PEAK_RANGE_DB)
    values = (
        np.count_nonzero(voiced) / voiced.size,
        segments.size / seconds,
        *_lengths(segments),
        segments.max() if segments.size else np.nan,
        *_lengths(gaps),
        np.count_nonzero(peaks) / seconds,
        seconds,
    )
    return dict(zip(RHYTHM, map(float, values), strict=True))


def _lengths(values: np.ndarray) -> tuple[float, float]:
    return mean_and_std(values) if values.size else (np.nan, np.nan)
