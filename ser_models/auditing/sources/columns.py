r"""Columns of a list → which one is the path, the side and the fold.

cells → the names that the user gives, else usual names, else what the cells are → `Understood`

- Path: a usual name; one whose cells are names of recordings goes before the others.
- Sides: `side_columns`; else columns such as fold_1 and fold_2, each of words for sides, are folds.

>>> cells = pd.DataFrame({"wav": ["x\\a.wav", "b.wav"], "split": ["Train", "test"], "Label": ["joy", "sad"]})
>>> understood = understand(Listed("split.csv", cells), Columns())
>>> understood.rows.to_dict("list")
{'path': ['x/a.wav', 'b.wav'], 'side': ['train', 'test'], 'fold': [None, None], 'label': ['joy', 'sad']}
>>> understood.columns
{'path': 'wav', 'side': 'split'}
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from ser_features.arguments import plain, same, unknown
from ser_features.errors import InputError, listed
from ser_features.tables.columns import OF_TABLE, recognised
from ser_models.auditing.sources.column_names import FOLDS, PATHS
from ser_models.auditing.sources.file_names import fold_in
from ser_models.auditing.sources.lines import are_audio
from ser_models.auditing.sources.listing import Listed
from ser_models.auditing.sources.side_columns import Sides, are_sides, missing, sides_in, words

LISTED = 8
WHOLE = re.compile(r"^([0-9]+)\.0$")
PARTITION = "partition"
PATH, SIDE, FOLD = "path", "side", "fold"


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of columns as a user gives them; None for those that are to be recognised."""

    path: str | None = None
    side: str | None = None
    fold: str | None = None

    def names(self) -> list[str]:
        """Those that are given."""
        return [name for name in (self.path, self.side, self.fold) if name is not None]


@dataclass(frozen=True, slots=True)
class Understood:
    """A list whose columns are known.

    Attributes:
        name: of the list, as messages have it.
        rows: `path`, `side` and `fold`, null where missing, and the further columns in lower case.
        columns: name in the list of path, side and fold, where it differs.
        notes: those of the list, and how its columns were understood.
        hint: how the user can say which column states the sides; empty if nothing is known of it.
    """

    name: str
    rows: pd.DataFrame
    columns: Mapping[str, str]
    notes: tuple[str, ...] = ()
    hint: str = ""


def understand(one: Listed, given: Columns) -> Understood:
    """Find the path, the side and the fold of each row.

    Raises:
        InputError: if it has no row, no path or no column that the user names, or several may be the sides.
    """
    try:
        return _understood(one, given)
    except InputError as error:
        raise InputError(f"{one.name}: {error}") from error


def _understood(one: Listed, given: Columns) -> Understood:
    cells = one.cells
    if cells.empty:
        raise InputError("no row, expected recordings: add them, or leave the list out")
    path = _named(cells, given.path) or _path(cells)
    side, fold = _named(cells, given.side), _named(cells, given.fold)
    others = [name for name in cells if name not in (path, fold)]
    wide = {} if side or fold or one.side else _folds_by_column(cells, others)
    sides = Sides() if one.side or wide else sides_in(cells if side else cells[others], side)
    used = {*sides.columns, *wide.values()}
    fold = fold or next((name for name in others if name not in used and plain(name) in FOLDS), None)
    if fold and recognised(fold) in (None, PARTITION):  # a speaker or a session remains one
        used.add(fold)
    names = {PATH: path, SIDE: next(iter(sides.columns), ""), FOLD: fold or ""}
    base = pd.DataFrame(
        {
            PATH: cells[path].str.replace("\\", "/").where(~missing(cells[path])),
            SIDE: one.side if sides.sides is None else sides.sides,
            FOLD: _folds(cells[fold]) if fold else one.fold,
            **_further(cells, [name for name in cells if name not in {path, *used}]),
        },
        dtype=object,
    )
    return Understood(
        one.name,
        _stacked(base, cells, wide) if wide else base,
        {key: name for key, name in names.items() if name and name.lower() != key},
        (*one.notes, *sides.notes),
        sides.hint,
    )


def _named(cells: pd.DataFrame, name: str | None) -> str | None:
    """The column that a user names.

    Raises:
        InputError: if there is none.
    """
    if name is None:
        return None
    if (column := same(name, cells.columns)) is None:
        raise unknown(name, cells.columns, "column")
    return column


def _path(cells: pd.DataFrame) -> str:
    """The column of the paths.

    Raises:
        InputError: if there is none.
    """
    usual = [name for name in cells if recognised(name) == PATH]
    if usual:
        return max(usual, key=lambda name: (are_audio(cells[name]), plain(name) == PATH))
    audio = [name for name in cells if are_audio(cells[name])]
    names = [name for name in cells if plain(name) in PATHS]
    if len(audio) == 1 or names:
        return (audio or names)[0]
    if len(cells.columns) == 1:
        return str(cells.columns[0])
    present = listed(list(cells.columns), LISTED) or "none"
    raise InputError(
        f"no column of paths: found {present}, expected path or file: name it with --path COLUMN"
    )


def _folds(cells: pd.Series) -> pd.Series:
    """Names of folds: 1.0, as programs write a number beside empty cells, is 1."""
    return cells.map({word: WHOLE.sub(r"\1", word) for word in words(cells)})


def _folds_by_column(cells: pd.DataFrame, names: Iterable[str]) -> dict[str, str]:
    """Columns by fold, if several have the side of each row in one fold."""
    folds = {fold: name for name in names if (fold := fold_in(name)) and are_sides(cells[name])}
    return folds if len(folds) > 1 else {}


def _stacked(base: pd.DataFrame, cells: pd.DataFrame, wide: Mapping[str, str]) -> pd.DataFrame:
    """The rows of each fold in turn."""
    folds = [base.assign(side=sides_in(cells, name).sides, fold=fold) for fold, name in wide.items()]
    return pd.concat(folds, ignore_index=True)


def _further(cells: pd.DataFrame, names: Iterable[str]) -> dict[str, pd.Series]:
    """The other columns in lower case; a name that the split uses for another one gets `OF_TABLE`."""
    lower = {name: name.lower() for name in names}
    return {
        f"{key}{OF_TABLE}" if key in (PATH, SIDE, FOLD) else key: cells[name] for name, key in lower.items()
    }
