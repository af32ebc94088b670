"""Within the training speakers: who is fitted and who is held out, turn by turn.

speakers, file_ids of the training side → `group_folds` → indices of both sides, for choosing what a model
cannot learn from its own training: a penalty, how sure to be, how much each member of an ensemble counts.

>>> [turn.held_out.tolist() for turn in group_folds(["a", "a", "b"], ["x/1", "x/2", "x/3"], seed=0)]
[[0, 1], [2]]
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ser_features.manifest import VARIANT_MARK

PARTS = 4
"""Parts of the training speakers that take turns at being held out."""


@dataclass(frozen=True, slots=True)
class GroupFold:
    """One part held out; over all turns, every recording is held once.

    Attributes:
        train: indices of the recordings to fit.
        held_out: indices of those that are predicted then.
    """

    train: np.ndarray
    held_out: np.ndarray


def group_folds(speakers: Sequence[str], file_ids: Sequence[str], *, seed: int) -> list[GroupFold]:
    """Deal whole speakers, their copies with them, to at most `PARTS` parts, and hold each out in turn.

    Where there is a single speaker, its recordings are dealt instead, a copy with what it is a copy of; and
    if there are copies, those of one speed are predicted by what was fitted on the other speeds of other
    recordings. That is as near as one voice comes to another.

    Args:
        speakers: of each recording.
        file_ids: of each; that of a copy ends in "#" and its kind.
        seed: decides who goes where.
    """
    rng = np.random.default_rng(seed)
    units = np.unique(np.asarray(speakers, dtype=str), return_inverse=True)[1]
    if units.any():
        return list(_pairs(_dealt(units, PARTS, rng), np.zeros(len(units), dtype=int), apart=False))
    parted = [file_id.partition(VARIANT_MARK) for file_id in file_ids]
    sources, kinds = (
        np.unique([names[place] for names in parted], return_inverse=True)[1] for place in (0, 2)
    )
    if kinds.any():
        found = list(_pairs(_dealt(sources, 2, rng), kinds, apart=True))
        if sum(len(turn.held_out) for turn in found) == len(kinds):
            return found
    return list(_pairs(_dealt(sources, PARTS, rng), np.zeros_like(kinds), apart=False))


def _dealt(units: np.ndarray, most: int, rng: np.random.Generator) -> np.ndarray:
    """The part of each recording, whole units together."""
    count = int(units.max()) + 1
    parts: np.ndarray = (rng.permutation(count) % min(most, count))[units]
    return parts


def _pairs(parts: np.ndarray, kinds: np.ndarray, *, apart: bool) -> Iterator[GroupFold]:
    """Hold out each part, and each kind of it if kinds shall stay `apart`."""
    for part in np.unique(parts):
        for kind in np.unique(kinds):
            held = (parts == part) & (kinds == kind)
            fitted = (parts != part) & ((kinds != kind) | (not apart))
            if held.any() and fitted.any():
                yield GroupFold(np.flatnonzero(fitted), np.flatnonzero(held))
