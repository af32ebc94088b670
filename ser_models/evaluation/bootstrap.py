"""How far the UAR would move with other speakers: a percentile bootstrap over speakers.

confusion matrix of each speaker → speakers drawn with replacement → UAR of each draw → percentiles 2.5, 97.5

Recordings of one speaker are alike, so drawing recordings would promise too narrow an interval; that is done
only where there is a single speaker, and said.

>>> targets = np.tile([0, 1], 20)
>>> predicted = np.where(np.arange(40) % 8 == 0, 1 - targets, targets)
>>> interval(targets, predicted, np.repeat(list("abcd"), 10), classes=2, seed=0).over
'4 speakers'
"""

from dataclasses import dataclass

import numpy as np

from ser_models.evaluation.metrics import recalls

DRAWS = 2000
LEVEL = 0.95
TAILS = (1 - LEVEL) / 2, (1 + LEVEL) / 2
"""Shares of the draws below an interval's bounds."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval of the UAR.

    Attributes:
        low: lower bound, 0 to 1.
        high: upper bound, 0 to 1.
        over: what was drawn, in words: "20 speakers", or "60 recordings of one speaker".
    """

    low: float
    high: float
    over: str


def interval(
    targets: np.ndarray, predicted: np.ndarray, speakers: np.ndarray, *, classes: int, seed: int
) -> Interval:
    """Bootstrap the UAR.

    Args:
        targets: true classes, (recordings,).
        predicted: predicted classes, (recordings,).
        speakers: speaker of each recording, (recordings,).
        classes: number of classes.
        seed: the same seed gives the same interval.
    """
    names = np.unique(speakers)
    over = f"{len(names)} speakers" if len(names) > 1 else f"{len(targets)} recordings of one speaker"
    drawn = uar_draws(targets, predicted, speakers, classes=classes, seed=seed)
    low, high = np.quantile(drawn, TAILS)
    return Interval(float(low), float(high), over)


def uar_draws(
    targets: np.ndarray, predicted: np.ndarray, speakers: np.ndarray, *, classes: int, seed: int
) -> np.ndarray:
    """UAR of every draw of speakers, (draws,); the same draws for all predictions of the same speakers.

    Args:
        targets: true classes, (recordings,).
        predicted: predicted classes, (recordings,).
        speakers: speaker of each recording, (recordings,); where there is one, recordings are drawn.
        classes: number of classes.
        seed: the same seed draws the same.
    """
    names, units = np.unique(speakers, return_inverse=True)
    if len(names) == 1:
        units = np.arange(len(targets))
    matrices = np.zeros((units.max() + 1, classes, classes))
    np.add.at(matrices, (units, targets, predicted), 1)
    drawn: np.ndarray = np.nanmean(recalls(_draws(matrices, np.random.default_rng(seed))), axis=1)
    return drawn


def _draws(matrices: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Sums of matrices drawn with replacement, (draws, classes, classes)."""
    count, classes = matrices.shape[:2]
    times = rng.multinomial(count, np.full(count, 1 / count), size=DRAWS)
    return (times @ matrices.reshape(count, -1)).reshape(DRAWS, classes, classes)


def difference(
    targets: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    speakers: np.ndarray,
    *,
    classes: int,
    seed: int,
) -> tuple[float, float]:
    """95 % interval of how much higher the UAR of one set of predictions is than that of another.

    Both are of the same recordings: every draw of speakers is of both, so that what is hard for all systems
    does not blur their difference.

    Args:
        targets: true classes, (recordings,).
        first: predicted classes, (recordings,).
        second: predicted classes of the other, (recordings,).
        speakers: speaker of each recording, (recordings,); where there is one, recordings are drawn.
        classes: number of classes.
        seed: the same seed gives the same interval.

    Returns:
        (lower, upper) bound, −1 to 1.
    """
    drawn = [
        uar_draws(targets, predicted, speakers, classes=classes, seed=seed) for predicted in (first, second)
    ]
    low, high = np.quantile(drawn[0] - drawn[1], TAILS)
    return float(low), float(high)
