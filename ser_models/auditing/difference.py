"""Interval of a difference in UAR over speakers and draws.

predictions of two systems in each draw, on the same recordings → `interval_over_draws` → `Interval`

>>> targets = np.tile([0, 1], 10)
>>> right = np.tile(targets, (3, 1))
>>> interval_over_draws(targets, right, np.zeros_like(right), np.repeat(list("abcde"), 4), classes=2, seed=0)
Interval(low=0.5, high=0.5, unit='5 speakers, 3 draws')
"""

import numpy as np

from ser_features.errors import counted
from ser_models.evaluation.metrics import LEVEL, Interval, bootstrap_unit, bootstrap_units, uar_draws


def interval_over_draws(
    targets: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    speakers: np.ndarray,
    *,
    classes: int,
    seed: int,
) -> Interval:
    """95 % interval of the mean difference in UAR of two systems that were trained several times.

    Speakers and draws are drawn with replacement, both systems on the same ones. As the percentile bootstrap
    is too narrow for few speakers, its quantiles are moved outwards as far as Student's distribution is
    wider than the normal one and the variance is underestimated (Hesterberg, "What Teachers Should Know About
    the Bootstrap", 2015: the expanded percentile interval). Of two speakers it is the whole range.

    Args:
        targets: true classes, (recordings,).
        first: classes that the first system predicts in each draw, (draws, recordings).
        second: those of the second, likewise.
        speakers: of the recordings, (recordings,); with a single one, recordings are drawn.
        classes: number of classes.
        seed: the same seed gives the same interval.

    Returns:
        Bounds of the UAR of `first` minus that of `second`, -1 to 1.
    """
    from scipy import stats  # takes half a second

    def uars(predicted: np.ndarray) -> np.ndarray:
        return uar_draws(targets, predicted, speakers, classes=classes, seed=seed)

    apart = np.stack([uars(one) - uars(other) for one, other in zip(first, second, strict=True)])
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(len(apart), np.full(len(apart), 1 / len(apart)), size=apart.shape[1])
    means = (weights.T * apart).sum(axis=0) / len(apart)
    count = bootstrap_units(speakers).max() + 1
    width = stats.t.ppf((1 + LEVEL) / 2, count - 1) * np.sqrt(count / (count - 1))
    low, high = np.quantile(means, stats.norm.cdf([-width, width]))
    return Interval(float(low), float(high), f"{bootstrap_unit(speakers)}, {counted(len(apart), 'draw')}")
