"""Folds within the training side that are disjoint in speakers, or in corpora.

`Labelled` of the training side → `inner_folds` → indices of both sides of each fold, for what cannot
be fitted to the training recordings themselves: regularisation, calibration, ensemble weights.

>>> [fold.held_out.tolist() for fold in group_folds(["a", "a", "b"], ["x/1", "x/2", "x/3"], seed=0)]
[[0, 1], [2]]
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ser_features.manifest import VARIANT_MARK
from ser_models.models.base import FitContext, Labelled

FOLDS = 4
"""Maximum number of folds over the training speakers."""


@dataclass(frozen=True, slots=True)
class GroupFold:
    """One fold; over all folds, every recording is held out once.

    Attributes:
        train: indices of the recordings to fit.
        held_out: indices of the recordings to predict.
    """

    train: np.ndarray
    held_out: np.ndarray


def inner_folds(labelled: Labelled, context: FitContext) -> list[GroupFold]:
    """Hold out one corpus at a time if the model is for other corpora and has several, else speakers.

    Args:
        labelled: training recordings with file ids and speakers.
        context: its `optimise_for` and seed decide.
    """
    corpora = labelled.corpora
    if context.optimise_for == "other" and corpora.any():
        return list(_folds(corpora, np.zeros_like(corpora), disjoint=False))
    return group_folds(labelled.speakers, labelled.file_ids, seed=context.seed)


def group_folds(speakers: Sequence[str], file_ids: Sequence[str], *, seed: int) -> list[GroupFold]:
    """Assign whole speakers, with their augmentations, to at most `FOLDS` folds.

    With a single speaker, recordings are assigned instead, an augmentation with its original; and if there
    are augmentations, those of one kind are predicted by a model of other kinds of other recordings, the
    nearest substitute for another voice.

    Args:
        speakers: of each recording.
        file_ids: of each recording; that of an augmentation ends in "#" and its kind.
        seed: of the assignment.
    """
    rng = np.random.default_rng(seed)
    units = np.unique(np.asarray(speakers, dtype=str), return_inverse=True)[1]
    if units.any():
        return list(_folds(_assigned(units, FOLDS, rng), np.zeros(len(units), dtype=int), disjoint=False))
    parts = [file_id.partition(VARIANT_MARK) for file_id in file_ids]
    originals, kinds = (
        np.unique([part[position] for part in parts], return_inverse=True)[1] for position in (0, 2)
    )
    if kinds.any():
        folds = list(_folds(_assigned(originals, 2, rng), kinds, disjoint=True))
        if sum(len(fold.held_out) for fold in folds) == len(kinds):
            return folds
    return list(_folds(_assigned(originals, FOLDS, rng), np.zeros_like(kinds), disjoint=False))


def _assigned(units: np.ndarray, most: int, rng: np.random.Generator) -> np.ndarray:
    """Fold number of each recording, whole units together."""
    count = int(units.max()) + 1
    numbers: np.ndarray = (rng.permutation(count) % min(most, count))[units]
    return numbers


def _folds(numbers: np.ndarray, kinds: np.ndarray, *, disjoint: bool) -> Iterator[GroupFold]:
    """Hold out each fold number; with `disjoint` kinds, each of its kinds by itself."""
    for number in np.unique(numbers):
        for kind in np.unique(kinds):
            held_out = (numbers == number) & (kinds == kind)
            train = (numbers != number) & ((kinds != kind) | (not disjoint))
            if held_out.any() and train.any():
                yield GroupFold(np.flatnonzero(train), np.flatnonzero(held_out))
