"""Permutation importance: the decrease in UAR when a group of features is permuted among recordings.

`Parts`, feature group, permutations → permuted raw values → UAR of each → decrease from the UAR without

The values keep their distribution and lose their relation to the emotion. Breiman, Random forests, Machine
Learning 45, 2001. An ensemble reads a feature in several members: it is permuted in all of them alike.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ser_models.data.frames import Frames
from ser_models.data.inputs import Raw
from ser_models.evaluation.metrics import confusion_matrix, uar
from ser_models.explain.feature_groups import FeatureGroup
from ser_models.explain.parts import Parts

ROWS_AT_ONCE = 4096
"""Recordings that are permuted and predicted together, but for a single permutation of more."""

OnStep = Callable[[int, int], None]
"""Called after every batch with the number of permutations so far and of all."""


def permutation_importance(
    parts: Parts,
    targets: np.ndarray,
    groups: Sequence[FeatureGroup],
    *,
    repeats: int,
    seed: int,
    on_step: OnStep = lambda done, total: None,
) -> np.ndarray:
    """Return the decrease in UAR for each feature group and permutation.

    Args:
        parts: the model, and the unscaled values of the recordings.
        targets: their classes, (recordings,).
        groups: features that are permuted together.
        repeats: number of permutations; the same ones for every group, so that groups can be compared.
        seed: of the permutations.
        on_step: called after every batch.

    Returns:
        (groups, repeats), −1 to 1; below 0 where the model is better by chance.
    """
    rng = np.random.default_rng(seed)
    orders = np.stack([rng.permutation(len(targets)) for _ in range(repeats)])
    baseline = _uar(parts.probabilities, targets)
    decrease = np.zeros((len(groups), repeats))
    at_once = max(1, ROWS_AT_ONCE // len(targets))
    for row, group in enumerate(groups):
        for first in range(0, repeats, at_once):
            batch = orders[first : first + at_once]
            predicted = _permuted_probabilities(parts, batch, group).reshape(*batch.shape, -1)
            decrease[row, first : first + len(batch)] = [baseline - _uar(one, targets) for one in predicted]
            on_step(row * repeats + first + len(batch), decrease.size)
    return decrease


def _permuted_probabilities(parts: Parts, orders: np.ndarray, group: FeatureGroup) -> np.ndarray:
    """Predict all recordings once per permutation of a group, (permutations · recordings, classes)."""
    return parts.pool(
        [
            part.predict(permute(part.raw, orders, indices))
            if indices
            else np.tile(part.probabilities, (len(orders), 1))
            for part, indices in zip(parts.members, group.indices, strict=True)
        ]
    )


def permute(raw: Raw, orders: np.ndarray, indices: Sequence[int]) -> Raw:
    """Replace some columns or bands of every recording by those of another recording.

    Args:
        raw: unscaled values of some recordings.
        orders: index of the other recording in each permutation, (permutations, recordings).
        indices: of the columns or bands.

    Returns:
        All recordings in the first permutation, then all in the second, and so on.
    """
    if isinstance(raw, np.ndarray):
        permuted, columns = np.tile(raw, (len(orders), 1)), np.array(indices)
        permuted[:, columns] = raw[:, columns][orders.ravel()]
        return permuted
    return PermutedFrames(raw, orders.ravel(), indices)


@dataclass(frozen=True)
class PermutedFrames(Sequence[Frames]):
    """Recordings with some bands of other recordings, computed on access.

    The frames of another recording are repeated or skipped to match the number of frames.

    Attributes:
        own: the recordings.
        order: index of the other recording of each, (permutations · recordings,).
        indices: of the bands.

    >>> own = [np.zeros((2, 2)), np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0], [4.0, 4.0]])]
    >>> PermutedFrames(own, np.array([1, 0]), (1,))[0].tolist()
    [[0.0, 1.0], [0.0, 3.0]]
    """

    own: Sequence[Frames]
    order: np.ndarray
    indices: Sequence[int]

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, index: int | slice) -> "Frames | list[Frames]":  # type: ignore[override]
        if isinstance(index, slice):
            return [self._permuted(one) for one in range(len(self))[index]]
        return self._permuted(range(len(self))[index])

    def _permuted(self, index: int) -> np.ndarray:
        frames = np.array(self.own[index % len(self.own)])
        other = np.asarray(self.own[self.order[index]])
        aligned = np.arange(len(frames)) * len(other) // len(frames)
        frames[:, list(self.indices)] = other[aligned][:, list(self.indices)]
        return frames


def _uar(probabilities: np.ndarray, targets: np.ndarray) -> float:
    return uar(confusion_matrix(targets, probabilities.argmax(axis=1), probabilities.shape[1]))
