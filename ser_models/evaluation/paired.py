"""Difference in UAR of two predictions of the same recordings, with its paired interval.

two tables of test predictions → recordings in both → `paired_difference` → `Difference`
two arrays of correct or not → `mcnemar` → `McNemar`

>>> rows = pd.DataFrame({"file_id": list("abcd"), "dataset": "own", "speaker": list("xxyy"),
...                      "emotion": ["sad", "angry"] * 2, "predicted": ["sad", "angry"] * 2})
>>> worse = rows.assign(predicted="sad")
>>> paired_difference(worse, rows, ("angry", "sad"), seed=0)
Difference(uar=-0.5, low=-0.5, high=-0.5, recordings=4)
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ser_models.data.examples import speaker_keys
from ser_models.evaluation.metrics import TAILS, confusion_matrix, uar, uar_draws


@dataclass(frozen=True, slots=True)
class Difference:
    """UAR of one system minus that of another.

    Attributes:
        uar: −1 to 1.
        low: lower bound of its 95 % interval.
        high: upper bound.
        recordings: number of recordings that both were tested on.
    """

    uar: float
    low: float
    high: float
    recordings: int


@dataclass(frozen=True, slots=True)
class McNemar:
    """McNemar's exact test of two systems on the same recordings.

    Attributes:
        only_first: recordings that the first alone is right about.
        only_other: recordings that the other alone is right about.
        p_value: two-sided; recordings count as independent, also those of one speaker.
    """

    only_first: int
    only_other: int
    p_value: float


def mcnemar(first: np.ndarray, other: np.ndarray) -> McNemar:
    """Test whether two systems are right equally often.

    McNemar, Note on the sampling error of the difference between correlated proportions or percentages, 1947,
    with the binomial distribution instead of its approximation.

    Args:
        first: whether each prediction of the first is correct, (recordings,) bool.
        other: the same of the other.

    >>> mcnemar(np.array([True] * 5 + [False]), np.array([False] * 5 + [False]))
    McNemar(only_first=5, only_other=0, p_value=0.0625)
    """
    from scipy.stats import binomtest

    only_first, only_other = int((first & ~other).sum()), int((~first & other).sum())
    discordant = only_first + only_other
    p_value = float(binomtest(only_first, discordant).pvalue) if discordant else 1.0
    return McNemar(only_first, only_other, p_value)


def class_indices(table: pd.DataFrame, labels: Sequence[str], *columns: str) -> list[np.ndarray]:
    """Columns of emotions as class indices, int64."""
    index_of = {label: index for index, label in enumerate(labels)}
    return [table[name].map(index_of).to_numpy(dtype=np.int64) for name in columns]


def paired_difference(
    first: pd.DataFrame, second: pd.DataFrame, labels: Sequence[str], *, seed: int
) -> Difference | None:
    """Compare two systems on the recordings that both were tested on.

    Args:
        first: predictions, columns file_id, dataset, speaker, emotion and predicted.
        second: those of the system that it is compared with.
        labels: the classes.
        seed: of the bootstrap over speakers.

    Returns:
        The difference, first minus second; None if they share no recordings of two classes.
    """
    both = first.merge(second[["file_id", "predicted"]], on="file_id", suffixes=("", "_other"))
    if both["emotion"].nunique() < 2:
        return None
    targets, one, other = class_indices(both, labels, "emotion", "predicted", "predicted_other")
    count = len(labels)
    apart = uar(confusion_matrix(targets, one, count)) - uar(confusion_matrix(targets, other, count))
    low, high = difference(targets, one, other, speaker_keys(both), classes=count, seed=seed)
    return Difference(apart, low, high, len(both))


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
