"""Names of lists and folders → the side and the fold that they state.

name below the common folder, without suffix → `side_in`, `fold_in` → those of its rows
names of several lists and their sides → `folds_of` → fold of each list, or none

A fold is a number or a letter behind a word such as fold, or a folder or list that is called by a number.
Where no name has one, what is left of the names without their sides is compared: Ses01_train and Ses01_test
are a fold beside Ses02_train and Ses02_test.

>>> side_in("fold_1/emodb_train_fold_1"), fold_in("fold_1/emodb_train_fold_1"), fold_in("cv3/test")
('train', '1', '3')
>>> side_in("train_test_split"), fold_in("train_test_split")
(None, None)
>>> folds_of(["Ses01_train", "Ses01_test", "Ses02_train", "Ses02_test"], ["train", "test", "train", "test"])
['01', '01', '02', '02']
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile

from ser_models.auditing.sources.sides import side_of

FOLD_WORDS = frozenset(("fold", "folds", "kfold", "cv", "split", "splits"))

_SHARD = re.compile(r"-[0-9]+-of-[0-9]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TOKEN = re.compile(r"[^\W\d_]+|[0-9]+")


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """Key that sorts numbers in names by their value.

    >>> sorted(["fold10", "fold9"], key=natural)
    ['fold9', 'fold10']
    """
    return tuple((int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", name))


def side_in(name: str) -> str | None:
    """The one side that the last part of a name with any states; None if there is none, or several."""
    for part in reversed(name.split("/")):
        sides = {side for token in _tokens(part) if (side := side_of(token))}
        if sides:
            return sides.pop() if len(sides) == 1 else None
    return None


def fold_in(name: str) -> str | None:
    """The fold that the last part of a name with any states; None if there is none."""
    for part in reversed(name.split("/")):
        if part.isdecimal():
            return part
        tokens = _tokens(part)
        for word, after in reversed([*pairwise(tokens)]):
            if word.lower() in FOLD_WORDS and (after.isdecimal() or len(after) == 1):
                return after
    return None


def folds_of(names: Sequence[str], sides: Sequence[str | None]) -> list[str | None]:
    """The fold of each list; None for all if they are of one fold.

    Args:
        names: of the lists.
        sides: of each; None where a column states it, or nothing does.
    """
    stated = [fold_in(name) for name in names]
    if any(stated):
        return stated if _are_complete(stated, sides) else [None] * len(names)
    rest: list[str | None] = [*_different([_without_side(name) for name in names])]
    several = len(set(rest)) > 1 and all(rest) and all(sides)
    return rest if several and _are_complete(rest, sides) else [None] * len(names)


def _are_complete(folds: Sequence[str | None], sides: Sequence[str | None]) -> bool:
    """Whether every side has lists of the same folds, or of none in particular."""
    by_side: dict[str | None, set[str | None]] = {}
    for fold, side in zip(folds, sides, strict=True):
        by_side.setdefault(side, set()).add(fold)
    return len({frozenset(several) for several in by_side.values() if several != {None}}) == 1


def _without_side(name: str) -> list[str]:
    return [token for token in _tokens(name) if not side_of(token)]


def _different(rests: Sequence[list[str]]) -> Iterator[str]:
    """Each name without the tokens that all begin or end with."""
    first = _shared(rests)
    last = _shared([rest[first:][::-1] for rest in rests])
    for rest in rests:
        yield "_".join(rest[first : len(rest) - last])


def _shared(rests: Sequence[list[str]]) -> int:
    """Number of first tokens that all names have."""
    return len([*takewhile(lambda tokens: len(set(tokens)) == 1, zip(*rests, strict=False))])


def _tokens(name: str) -> list[str]:
    """Words and numbers of a name."""
    return _TOKEN.findall(_HUMP.sub("_", _SHARD.sub("", name)))
