"""Honest training sides of the size of a split's own, for the same test recordings.

`Fold`, keys of its recordings → `draw` → `TrainingPair`s by group of test speakers: honest and own training
side of equal size

If every test speaker is in training, there is no honest training side for all of them at once: without their
recordings nothing is left. So the test speakers are assigned to groups at random, of as many speakers as a
speaker-disjoint test side of this size has. For each group the training side loses what it
must not share with the group's test recordings (`result.FORBIDDEN`). As many
recordings of the same classes replace that, drawn from the other sides. Where too few of a class are left,
the honest side is smaller, and the split's own training side is reduced to as many at random. The two differ
in nothing else, and where nothing is shared they are the same.

>>> keys = pd.DataFrame({"speaker": np.repeat(list("abcd"), 4), **dict.fromkeys(FORBIDDEN[1:])})
>>> halves = np.arange(16).reshape(4, 2, 2)
>>> fold = Fold("1", train=halves[:, 0].ravel(), dev=np.array([], int), test=halves[:, 1].ravel())
>>> pairs = draw(fold, keys, np.tile([0, 1], 8), np.random.default_rng(0))
>>> [(len(pair.test), len(pair.honest), len(pair.own)) for pair in pairs]
[(4, 8, 8), (4, 8, 8)]
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ser_models.auditing.recordings import Fold
from ser_models.auditing.result import FORBIDDEN

MOST_GROUPS = 10
"""Most groups of test speakers of a draw; with more, models are fitted more often for little."""


@dataclass(frozen=True, slots=True)
class TrainingPair:
    """Two training sides of equal size for the same test recordings, as positions, int64.

    Attributes:
        test: recordings that are tested.
        honest: training side that shares nothing with `test` that "speaker-independent" forbids.
        own: training side of the split, reduced to the classes' numbers of recordings in `honest`.
    """

    test: np.ndarray
    honest: np.ndarray
    own: np.ndarray


def draw(fold: Fold, keys: pd.DataFrame, targets: np.ndarray, rng: np.random.Generator) -> list[TrainingPair]:
    """Draw honest training sides that together allow to test every test recording of a fold once.

    Args:
        fold: of a split.
        keys: of all recordings: columns `FORBIDDEN`, null if unknown; speakers are known.
        targets: class of each recording, (recordings,).
        rng: of all draws.

    Returns:
        A pair for each group of test speakers.
    """
    codes = np.stack([pd.factorize(keys[name])[0] for name in FORBIDDEN])
    everything = np.unique(np.concatenate([fold.train, fold.dev, fold.test]))
    group = _groups(codes[FORBIDDEN.index("speaker")], fold.test, everything, rng)
    pairs = []
    for number in range(group.max() + 1):
        test = fold.test[group == number]
        linked = np.zeros(len(keys), dtype=bool)
        for values in codes:
            tested = values[test]
            linked |= np.isin(values, tested[tested >= 0])
        rest = np.setdiff1d(everything, fold.train)
        honest = _replaced(fold.train, rest[~linked[rest]], linked, targets, rng)
        pairs.append(TrainingPair(test, honest, _reduced(fold.train, targets, targets[honest], rng)))
    return pairs


def _groups(
    speakers: np.ndarray, test: np.ndarray, everything: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Group of each test recording, (test recordings,) from 0: whole speakers, at random."""
    names, number = np.unique(speakers[test], return_inverse=True)
    in_group = max(1, len(np.unique(speakers[everything])) * len(test) // len(everything))
    groups = min(-(-len(names) // in_group), MOST_GROUPS)
    group: np.ndarray = (rng.permutation(len(names)) % groups)[number]
    return group


def _replaced(
    train: np.ndarray, spare: np.ndarray, linked: np.ndarray, targets: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The training side with its linked recordings replaced by spare ones of the same classes."""
    kept, removed = train[~linked[train]], train[linked[train]]
    return np.sort(np.concatenate([kept, _of_each_class(spare, targets, targets[removed], rng)]))


def _reduced(
    train: np.ndarray, targets: np.ndarray, reference: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The training side with as many recordings of each class as `reference` has, at random."""
    if len(reference) == len(train):
        return np.sort(train)
    return np.sort(_of_each_class(train, targets, reference, rng))


def _of_each_class(
    recordings: np.ndarray, targets: np.ndarray, reference: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Draw as many recordings of each class as `reference` has, or all of them."""
    drawn = [recordings[:0]]
    for target, count in zip(*np.unique(reference, return_counts=True), strict=True):
        drawn.append(rng.permutation(recordings[targets[recordings] == target])[:count])
    return np.concatenate(drawn)
