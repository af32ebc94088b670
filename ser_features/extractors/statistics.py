"""Log-mel spectrogram, MFCC derivatives, zero crossings and RMS → statistics of the whole recording.

Together with the core columns they make up the input of the fusion network: `summary_vector`.

>>> len(summary_vector(n_mels=128))
350
"""

from collections.abc import Iterator
from functools import cache

import numpy as np

from ser_features.config import Profile
from ser_features.extractors.base import Analysis, ColumnExtractor, moment_names, moments
from ser_features.extractors.core import COEFFICIENTS
from ser_features.manifest import Column

SPREAD = {
    "min": "Smallest",
    "max": "Largest",
    "median": "Median",
    "q25": "Lower quartile of the",
    "q75": "Upper quartile of the",
    "range": "Largest minus smallest",
}
"""Statistics of zero crossings and RMS besides mean and standard deviation, which are core columns."""

MOMENTS = {"mean": "Mean", "std": "Standard deviation"}
DERIVATIVES = {"mfcc_delta": "Δ", "mfcc_delta2": "ΔΔ"}
LEVELS = {"zcr": "zero-crossing rate of a frame, 0–1", "rms": "root mean square of a frame"}


class Statistics(ColumnExtractor):
    """Statistics over the frames of a recording, without regard to their order."""

    name = "statistics"

    def columns(self, profile: Profile) -> tuple[Column, ...]:
        """2 × n_mels of the mel bands, 52 of the derivatives of MFCC, 12 of zero crossings and RMS."""
        return _columns(profile.frames.n_mels)

    def extract(self, analysis: Analysis) -> dict[str, float]:
        """One value per column; always computable."""
        return {
            **moments("mel", analysis.mel_db),
            **moments("mfcc_delta", analysis.mfcc_delta),
            **moments("mfcc_delta2", analysis.mfcc_delta2),
            **_spread("zcr", analysis.zero_crossings),
            **_spread("rms", analysis.rms * 10 ** (-analysis.conditioning_gain_db / 20)),
        }


@cache
def _columns(n_mels: int) -> tuple[Column, ...]:
    return (
        *_moments_of("mel", n_mels, "dB", "mel band"),
        *(
            column
            for name, order in DERIVATIVES.items()
            for column in _moments_of(name, COEFFICIENTS, "1", f"the {order} of MFCC")
        ),
        *(
            Column(f"{name}_{short}", "float32", "1", f"{long} {quantity}.")
            for name, quantity in LEVELS.items()
            for short, long in SPREAD.items()
        ),
    )


def _moments_of(name: str, bands: int, unit: str, quantity: str) -> Iterator[Column]:
    """Columns of `moments`, in its order."""
    for short, long in MOMENTS.items():
        for band in range(bands):
            yield Column(
                f"{name}_{short}_{band}", "float32", unit, f"{long} over frames of {quantity} {band}."
            )


def _spread(name: str, frames: np.ndarray) -> dict[str, float]:
    """Order statistics of one value per frame, named as in `SPREAD`."""
    low, lower, median, upper, high = np.quantile(frames, (0, 0.25, 0.5, 0.75, 1)).tolist()
    values = (low, high, median, lower, upper, high - low)
    return {f"{name}_{short}": value for short, value in zip(SPREAD, values, strict=True)}


def summary_vector(n_mels: int) -> tuple[str, ...]:
    """Names of the columns that the fusion network reads, in order.

    Mean and standard deviation of mel bands in dB, MFCC, Δ and ΔΔ; then eight statistics each of zero
    crossings and RMS. They are columns of the families `core` and `statistics`. The paper gives no order.

    Args:
        n_mels: mel bands of the profile; 128 give the 350 inputs of the paper.

    Returns:
        2 × n_mels + 94 names.
    """
    cepstral = (moment_names(name, COEFFICIENTS) for name in ("mfcc", *DERIVATIVES))
    levels = (f"{name}_{short}" for name in LEVELS for short in (*MOMENTS, *SPREAD))
    return (*moment_names("mel", n_mels), *(name for names in cepstral for name in names), *levels)
