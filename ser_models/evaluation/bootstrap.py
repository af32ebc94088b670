"""Confidence intervals of the UAR: a percentile bootstrap over speakers.

confusion matrix of each speaker → speakers drawn with replacement → UAR of each draw → `interval`

Recordings of one speaker are correlated, so that a bootstrap over recordings would give too narrow an
interval. It is used only for a test of a single speaker and where speakers are unknown; `Interval.unit` says
so.

>>> targets = np.tile([0, 1], 20)
>>> predicted = np.where(np.arange(40) % 8 == 0, 1 - targets, targets)
>>> interval(targets, predicted, np.repeat(list("abcd"), 10), classes=2, seed=0).unit
'4 speakers'
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ser_models.evaluation.metrics import recalls

DRAWS = 2000
LEVEL = 0.95
BLOCK = 2**24
"""Number of drawn counts in memory at a time."""
TAILS = (1 - LEVEL) / 2, (1 + LEVEL) / 2
"""Quantiles of the draws that bound an interval."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % confidence interval of the UAR.

    Attributes:
        low: lower bound, 0 to 1.
        high: upper bound, 0 to 1.
        unit: what was drawn: "20 speakers", or "60 recordings of one speaker".
    """

    low: float
    high: float
    unit: str


def interval(
    targets: np.ndarray, predicted: np.ndarray, speakers: np.ndarray, *, classes: int, seed: int
) -> Interval:
    """Bootstrap the UAR; arguments as of `uar_draws`."""
    draws = uar_draws(targets, predicted, speakers, classes=classes, seed=seed)
    low, high = np.quantile(draws, TAILS)
    return Interval(float(low), float(high), _unit(speakers))


def _unit(speakers: np.ndarray) -> str:
    """What `uar_draws` draws."""
    unknown = int(pd.isna(speakers).sum())
    count = len(set(speakers)) - bool(unknown)
    if unknown:
        rest = f"{count} speakers and " if count else ""
        return f"{rest}{unknown} recordings, speakers unknown"
    return f"{count} speakers" if count > 1 else f"{len(speakers)} recordings of one speaker"


def uar_draws(
    targets: np.ndarray, predicted: np.ndarray, speakers: np.ndarray, *, classes: int, seed: int
) -> np.ndarray:
    """UAR of every bootstrap draw, (draws,); the same draws for all predictions of the same speakers.

    Args:
        targets: true classes, (recordings,).
        predicted: predicted classes, (recordings,).
        speakers: speaker of each recording, (recordings,), None where unknown; with a single speaker, and
            where they are unknown, recordings are drawn.
        classes: number of classes.
        seed: the same seed gives the same draws.
    """
    units = _units(speakers)
    count = units.max() + 1
    matrices = np.zeros((count, classes, classes))
    np.add.at(matrices, (units, targets, predicted), 1)
    rng, shares = np.random.default_rng(seed), np.full(count, 1 / count)
    rows = max(1, BLOCK // count)
    sizes = [min(rows, DRAWS - start) for start in range(0, DRAWS, rows)]
    sums = [rng.multinomial(count, shares, size=size) @ matrices.reshape(count, -1) for size in sizes]
    uars: np.ndarray = np.nanmean(recalls(np.concatenate(sums).reshape(DRAWS, classes, classes)), axis=1)
    return uars


def _units(speakers: np.ndarray) -> np.ndarray:
    """Number of the unit of each recording, from 0: its speaker, or itself."""
    codes, names = pd.factorize(np.asarray(speakers, dtype=object), sort=True)
    if len(names) == 1 and not (codes < 0).any():
        return np.arange(len(codes))
    unknown = codes < 0
    codes[unknown] = len(names) + np.arange(unknown.sum())
    return codes


def difference(
    targets: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    speakers: np.ndarray,
    *,
    classes: int,
    seed: int,
) -> tuple[float, float]:
    """95 % confidence interval of the difference of the UARs of two sets of predictions.

    It is paired: both are evaluated on the same draws of speakers, so that the variance that both share
    cancels out.

    Args:
        targets: true classes, (recordings,).
        first: predicted classes of the first, (recordings,).
        second: predicted classes of the second, (recordings,).
        speakers: speaker of each recording, (recordings,); with a single speaker, recordings are drawn.
        classes: number of classes.
        seed: the same seed gives the same interval.

    Returns:
        (lower, upper) bound of UAR of `first` minus UAR of `second`, −1 to 1.
    """
    draws = [
        uar_draws(targets, predicted, speakers, classes=classes, seed=seed) for predicted in (first, second)
    ]
    low, high = np.quantile(draws[0] - draws[1], TAILS)
    return float(low), float(high)
