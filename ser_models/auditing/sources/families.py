"""Several lists of one split → their rows, with the sides and folds that the names of the lists state.

names and lists → `joined`: what a column states, else what the name states → rows
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from ser_features.errors import InputError, listed
from ser_models.auditing.sources.columns import FOLD, SIDE, Understood
from ser_models.auditing.sources.file_names import folds_of, side_in

LISTED = 2


def joined(lists: Sequence[tuple[str, Understood]]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Put the rows of all lists together.

    Args:
        lists: name of each, below the folder that they have in common, and the list.

    Returns:
        (the rows, what the names of the lists state).

    Raises:
        InputError: if some lists have a side and others none, or several are splits on their own.
    """
    several = [_with_side(one, name, is_only=len(lists) == 1) for name, one in lists]
    _check_sides(several)
    folds = folds_of([name for name, _ in lists], [_only_side(one) for one in several])
    _check_is_one([one for fold, one in zip(folds, several, strict=True) if fold is None])
    frames = [_filled(one.rows, FOLD, fold) for fold, one in zip(folds, several, strict=True)]
    stated = {
        "sides": any(new is not one for new, (_, one) in zip(several, lists, strict=True)),
        "folds": any(new is not one.rows for new, one in zip(frames, several, strict=True)),
    }
    notes = [
        f"{what} are read from the names of the lists" for what, is_stated in stated.items() if is_stated
    ]
    return pd.concat(frames, ignore_index=True), tuple(notes)


def notes_of(lists: Sequence[Understood]) -> Iterator[str]:
    """Each note once, with the lists that it is on, unless there is only one."""
    names: dict[str, list[str]] = {}
    for one in lists:
        for note in one.notes:
            names.setdefault(note, []).append(one.name)
    for note, several in names.items():
        yield note if len(lists) == 1 else f"{listed(several, LISTED)}: {note}"


def _with_side(one: Understood, name: str, *, is_only: bool) -> Understood:
    """The list with the side that its name states, where it has none; a single table of folds needs none."""
    if is_only and one.rows[FOLD].nunique() > 1:
        return one
    rows = _filled(one.rows, SIDE, side_in(name))
    return one if rows is one.rows else replace(one, rows=rows)


def _filled(rows: pd.DataFrame, column: str, value: str | None) -> pd.DataFrame:
    return rows.assign(**{column: value}) if value is not None and rows[column].isna().all() else rows


def _only_side(one: Understood) -> str | None:
    """The side of all rows; None if they are of several."""
    sides = one.rows[SIDE].unique()
    return sides[0] if len(sides) == 1 and isinstance(sides[0], str) else None


def _check_sides(lists: Sequence[Understood]) -> None:
    without = [one.name for one in lists if one.rows[SIDE].isna().all()]
    if without and len(without) < len(lists):
        raise InputError(
            f"{listed(without, LISTED)}: nothing states the side, expected it as in the other lists: "
            "name them with --train, --dev and --test"
        )


def _check_is_one(lists: Sequence[Understood]) -> None:
    """Check that lists are not splits on their own, with sides each; names of folds would say otherwise."""
    complete = [one.name for one in lists if one.rows[SIDE].nunique() > 1]
    if len(complete) > 1:
        raise InputError(
            f"{listed(complete, LISTED)} are splits on their own, expected one: audit one at a time, "
            "or call the files of its folds fold_1, fold_2 …"
        )
