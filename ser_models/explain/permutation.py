"""Permutation importance: the decrease in UAR when a group of features is permuted among recordings.

raw values, feature group, permutation → permuted raw values → UAR → decrease from the UAR without permutation

The values keep their distribution and lose their relation to the emotion. Breiman, Random forests, Machine
Learning 45, 2001.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ser_models.data.inputs import Frames, Raw
from ser_models.evaluation.metrics import confusion_matrix, uar
from ser_models.explain.feature_groups import FeatureGroup

PredictProba = Callable[[Raw], np.ndarray]
"""Raw values of recordings → class probabilities, (recordings, classes)."""

OnStep = Callable[[int, int], None]
"""Called after every prediction with the number of predictions so far and of all."""


def permutation_importance(
    predict_proba: PredictProba,
    raw: Raw,
    targets: np.ndarray,
    groups: Sequence[FeatureGroup],
    *,
    repeats: int,
    seed: int,
    on_step: OnStep = lambda done, total: None,
) -> np.ndarray:
    """Return the decrease in UAR for each feature group and permutation.

    Args:
        predict_proba: the model.
        raw: unscaled values of the recordings.
        targets: their classes, (recordings,).
        groups: features that are permuted together.
        repeats: number of permutations; the same ones for every group, so that groups can be compared.
        seed: of the permutations.
        on_step: called after every prediction.

    Returns:
        (groups, repeats), −1 to 1; below 0 where the model is better by chance.
    """
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(len(targets)) for _ in range(repeats)]
    baseline = _uar(predict_proba(raw), targets)
    decrease = np.zeros((len(groups), repeats))
    for row, group in enumerate(groups):
        for column, order in enumerate(orders):
            decrease[row, column] = baseline - _uar(
                predict_proba(permute(raw, order, group.indices)), targets
            )
            on_step(row * repeats + column + 1, decrease.size)
    return decrease


def permute(raw: Raw, order: np.ndarray, indices: Sequence[int]) -> Raw:
    """Replace some columns or bands of every recording by those of another recording.

    Args:
        raw: unscaled values.
        order: index of the other recording, (recordings,).
        indices: of the columns or bands.
    """
    if isinstance(raw, np.ndarray):
        permuted = raw.copy()
        permuted[:, list(indices)] = raw[order][:, list(indices)]
        return permuted
    return PermutedFrames(raw, order, indices)


@dataclass(frozen=True)
class PermutedFrames(Sequence[Frames]):
    """Recordings with some bands of other recordings, computed on access.

    The frames of another recording are repeated or skipped to match the number of frames.

    Attributes:
        own: the recordings.
        order: index of the other recording of each.
        indices: of the bands.

    >>> own = [np.zeros((2, 2)), np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0], [4.0, 4.0]])]
    >>> PermutedFrames(own, np.array([1, 0]), (1,))[0].tolist()
    [[0.0, 1.0], [0.0, 3.0]]
    """

    own: Sequence[Frames]
    order: np.ndarray
    indices: Sequence[int]

    def __len__(self) -> int:
        return len(self.own)

    def __getitem__(self, index: int | slice) -> "Frames | list[Frames]":  # type: ignore[override]
        if isinstance(index, slice):
            return [self._permuted(one) for one in range(len(self))[index]]
        return self._permuted(range(len(self))[index])

    def _permuted(self, index: int) -> np.ndarray:
        frames = np.array(self.own[index])
        other = np.asarray(self.own[self.order[index]])
        aligned = np.arange(len(frames)) * len(other) // len(frames)
        frames[:, list(self.indices)] = other[aligned][:, list(self.indices)]
        return frames


def _uar(probabilities: np.ndarray, targets: np.ndarray) -> float:
    return uar(confusion_matrix(targets, probabilities.argmax(axis=1), probabilities.shape[1]))
