"""Log-mel spectrogram, MFCC derivatives, zero crossings and RMS → statistics of the whole recording.

Together with the core columns they are the vector that the fusion network reads: `summary_vector`.

>>> len(summary_vector(n_mels=128))
350
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ser_features.extractors.base import Analysis
from ser_features.extractors.framewise import moment_names, moments
from ser_features.extractors.mfcc import COEFFICIENTS
from ser_features.manifest import Column

SPREAD = {
    "min": "Smallest",
    "max": "Largest",
    "median": "Median",
    "q25": "Lower quartile of the",
    "q75": "Upper quartile of the",
    "range": "Largest minus smallest",
}
"""What is told of zero crossings and RMS besides the mean and the deviation, which are core columns."""

MOMENTS = {"mean": "Mean", "std": "Standard deviation"}
DERIVATIVES = {"mfcc_delta": "Δ", "mfcc_delta2": "ΔΔ"}
LEVELS = {"zcr": "zero-crossing rate of a frame, 0–1", "rms": "root mean square of a frame"}


@dataclass(frozen=True)
class Statistics:
    """What the frames of a recording are like, without their order.

    Attributes:
        n_mels: mel bands of the profile.
    """

    name = "statistics"
    version = 1

    n_mels: int

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """2 × n_mels of the mel bands, 52 of the derivatives of MFCC, 12 of zero crossings and RMS."""
        return tuple(self._columns())

    def _columns(self) -> Iterator[Column]:
        yield from _moments_of("mel", self.n_mels, "dB", "mel band")
        for name, order in DERIVATIVES.items():
            yield from _moments_of(name, COEFFICIENTS, "1", f"the {order} of MFCC")
        for name, quantity in LEVELS.items():
            for short, long in SPREAD.items():
                yield Column(f"{name}_{short}", "float32", "1", f"{long} {quantity}.")

    def extract(self, analysis: Analysis) -> dict[str, float]:
        """One value per column; always computable."""
        return {
            **moments("mel", analysis.mel_db),
            **moments("mfcc_delta", analysis.mfcc_delta),
            **moments("mfcc_delta2", analysis.mfcc_delta2),
            **_spread("zcr", analysis.zero_crossings),
            **_spread("rms", analysis.rms),
        }


def _moments_of(name: str, bands: int, unit: str, quantity: str) -> Iterator[Column]:
    """Columns of `moments`, in its order."""
    for short, long in MOMENTS.items():
        for band in range(bands):
            yield Column(
                f"{name}_{short}_{band}", "float32", unit, f"{long} over frames of {quantity} {band}."
            )


def _spread(name: str, values: np.ndarray) -> dict[str, float]:
    """Order statistics of one value per frame, named as `SPREAD` says."""
    low, lower, median, upper, high = np.quantile(values, (0, 0.25, 0.5, 0.75, 1)).tolist()
    found = (low, high, median, lower, upper, high - low)
    return {f"{name}_{short}": value for short, value in zip(SPREAD, found, strict=True)}


def summary_vector(n_mels: int) -> tuple[str, ...]:
    """Names of the columns that summarise a recording, as the fusion network reads them.

    Mel bands in dB, MFCC, Δ and ΔΔ by mean and deviation, then zero crossings and RMS by eight statistics.
    Those of `core` and of `statistics` are needed. The order is ours: the paper gives none.

    Args:
        n_mels: mel bands of the profile; 128 give the 350 inputs of the paper.

    Returns:
        2 × n_mels + 94 names.
    """
    cepstral = (moment_names(name, COEFFICIENTS) for name in ("mfcc", *DERIVATIVES))
    levels = (f"{name}_{short}" for name in LEVELS for short in (*MOMENTS, *SPREAD))
    return (*moment_names("mel", n_mels), *(name for names in cepstral for name in names), *levels)
