"""Columns of a list → the side of each row.

The name that the user gives → its words | a usual name with words for sides | any column of such words alone
| columns of yes and no (`flags`) → `Sides`

Numbers may be sides or folds: they are not read, and a hint says what the user can do.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ser_features.arguments import plain
from ser_features.errors import InputError, counted, listed
from ser_features.tables.cells import is_missing
from ser_models.auditing.sources import flags
from ser_models.auditing.sources.column_names import SIDES
from ser_models.auditing.sources.sides import EVAL, is_plain, side_of

LISTED = 6


@dataclass(frozen=True, slots=True)
class Sides:
    """The sides that a list states.

    Attributes:
        sides: of each row, null where it has none; None if no column states them.
        columns: that state them.
        notes: how words were read.
        hint: what the user can do about a column that was not read; empty if there is none.
    """

    sides: pd.Series | None = None
    columns: Sequence[str] = ()
    notes: tuple[str, ...] = ()
    hint: str = ""


def missing(cells: pd.Series) -> pd.Series:
    """Whether each cell is empty or a word for a missing value."""
    return ~cells.isin(words(cells))


def sides_in(cells: pd.DataFrame, given: str | None) -> Sides:
    """Find the sides of the rows.

    Args:
        cells: of the columns that may state them.
        given: column that the user names; None to find it.

    Raises:
        InputError: if the user's column has no word for a side, or several columns may be meant.
    """
    if given is not None:
        return _of_column(cells, given)
    usual = [name for name in cells if plain(name) in SIDES]
    stating = [name for name in usual if any(map(side_of, words(cells[name])))]
    stating = stating or [name for name in cells if _are_sides(cells[name])]
    if len(stating) > 1 and not _are_equal(cells, stating):
        both = " and ".join(stating[:2])
        raise InputError(
            f"columns {both} may both be the sides, expected one: name it with --side {stating[0]}"
        )
    if stating:
        return _of_column(cells, stating[0])
    if by_flags := flags.sides_of(cells):
        return Sides(by_flags.sides, by_flags.columns, (by_flags.note,))
    numbers = next((name for name in usual if any(word.isdecimal() for word in words(cells[name]))), None)
    return Sides(hint=_hint(numbers) if numbers else "")


def are_sides(cells: pd.Series) -> bool:
    """Whether all cells of a column that are not missing are words for sides."""
    present = words(cells)
    return bool(present) and all(map(side_of, present))


def _are_sides(cells: pd.Series) -> bool:
    """As `are_sides`, with two sides at least: a column of no usual name."""
    return are_sides(cells) and len({*map(side_of, words(cells))}) > 1


def _are_equal(cells: pd.DataFrame, names: Sequence[str]) -> bool:
    first, *others = (cells[name].map(_side_by_word(cells[name])) for name in names)
    return all(first.equals(other) for other in others)


def _of_column(cells: pd.DataFrame, name: str) -> Sides:
    """The sides of a column."""
    by_word = _side_by_word(cells[name])
    if not any(by_word.values()):
        present = listed(list(by_word), LISTED) or "nothing"
        if all(word.isdecimal() for word in by_word):
            raise InputError(f"column {name} has {present}, expected words for sides: {_hint(name)}")
        raise InputError(f"column {name} has {present}, expected words for sides, such as train and test")
    notes = []
    for word, side in by_word.items():
        if side is None:
            count = int((cells[name] == word).sum())
            notes.append(f"{counted(count, 'row')} left out, as {name} {word!r} is no side")
        elif side != EVAL and not is_plain(word):
            notes.append(f"{name} {word!r} is read as {side}")
    return Sides(cells[name].map(by_word), [name], tuple(notes))


def _side_by_word(cells: pd.Series) -> dict[str, str | None]:
    return {word: side_of(word) for word in words(cells)}


def words(cells: pd.Series) -> list[str]:
    """The different cells that are not missing."""
    return [word for word in cells.dropna().unique() if not is_missing(word)]


def _hint(name: str) -> str:
    return (
        f"the numbers of column {name} may be sides or folds: --fold {name} reads them as folds; "
        "else write train, dev and test"
    )
