"""Rows with sides and folds, some of them missing → the rows of a split: a side and a fold each.

rows of all lists → `arranged`: without those that name nothing; sides; folds

- Folds without sides: the rows of each fold are its test once, and the others its training. The same where
  all rows are of one side, and every recording is in one fold of several.
- Folds that divide sides, every recording and every side of a fold in one of them, are no folds of the split.
- A row with a side and no fold is in every fold.
- The side eval is the test where no other row is, else dev.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ser_features.errors import InputError, counted
from ser_models.auditing.sources.columns import FOLD, PATH, SIDE
from ser_models.auditing.sources.file_names import natural
from ser_models.auditing.sources.sides import EVAL
from ser_models.auditing.split_table import DEV, TEST, TRAIN

MAX_ROWS = 5_000_000
"""Of a split, over all folds."""

ONLY_FOLD = "1"

UNSTATED = (
    "expected a column of words such as train and test, or of several folds: name it with --side COLUMN or "
    "--fold COLUMN, or name lists with --train and --test"
)


def arranged(rows: pd.DataFrame, hint: str = "") -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Give every row a side and a fold.

    Args:
        rows: with `path`, `side` and `fold`, null where missing.
        hint: what the user can do if nothing states a side.

    Returns:
        (the rows, indexed 0 to n - 1; how they were understood).

    Raises:
        InputError: if no row names a recording, neither sides nor folds are stated, or there are more rows
            than `MAX_ROWS`.
    """
    notes: list[str] = []
    rows = _with(PATH, rows, notes)
    if rows.empty:
        raise InputError("no row names a recording, expected paths: check the lists")
    if repeated := int(rows.duplicated().sum()):
        notes.append(counted(repeated, "repeated row"))
    if (rows[SIDE] == EVAL).any():
        side = DEV if (rows[SIDE] == TEST).any() else TEST
        notes.append(f"{EVAL} is read as {side}")
        rows[SIDE] = rows[SIDE].replace(EVAL, side)
    if rows[SIDE].isna().all():
        if rows[FOLD].nunique() < 2:
            raise InputError(f"nothing states the sides of the split: {hint or UNSTATED}")
        rows = _with(FOLD, rows, notes)
        rows = _held_out(rows, notes)
    else:
        rows = _with(SIDE, rows, notes)
        rows = _in_folds(rows, notes)
    notes += [f"there is no {side} side" for side in (TRAIN, TEST) if not (rows[SIDE] == side).any()]
    return rows.reset_index(drop=True), tuple(notes)


def _with(column: str, rows: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """The rows that have a cell of a column."""
    are_out = rows[column].isna()
    if count := int(are_out.sum()):
        notes.append(f"left out: {counted(count, 'row')} without a {column}")
    return rows[~are_out].copy()


def _in_folds(rows: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Rows that have sides, with a fold each."""
    folds = _names(rows)
    if not folds:
        return rows.assign(**{FOLD: ONLY_FOLD})
    if len(folds) > 1 and _divide_sides(rows[rows[FOLD].notna()]):
        if rows[SIDE].nunique() == 1 and rows[FOLD].notna().all():
            notes.append(f"all rows are {rows[SIDE].iloc[0]}, and every recording is in one fold")
            return _held_out(rows, notes)
        notes.append("the folds divide the sides: the split is read as one fold")
        return rows.assign(**{FOLD: ONLY_FOLD})
    if len(folds) > 1 and _is_in_one_fold(rows):
        notes.append("every recording is in one fold only, with its side: the folds are separate splits")
    in_all = rows[FOLD].isna()
    if not in_all.any():
        return rows
    notes.append(f"read as in every fold: {counted(int(in_all.sum()), 'row')} without a fold")
    _check_number(int(in_all.sum()) * len(folds))
    return pd.concat([rows[~in_all], *(rows[in_all].assign(**{FOLD: fold}) for fold in folds)])


def _divide_sides(rows: pd.DataFrame) -> bool:
    """Whether every recording, and every side of a fold, is in one fold: none has a test and a training."""
    return bool(rows.groupby(FOLD)[SIDE].nunique().eq(1).all()) and _is_in_one_fold(rows)


def _is_in_one_fold(rows: pd.DataFrame) -> bool:
    """Whether every recording is in one fold only."""
    return bool(rows[[PATH, FOLD]].drop_duplicates()[PATH].is_unique)


def _held_out(rows: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Each fold as the test once, with the rows of the others as its training."""
    folds = _names(rows)
    _check_number(len(rows) * len(folds))
    notes.append(f"each of {len(folds)} folds is the test once, and the others are its training")
    several = (rows.assign(**{FOLD: fold, SIDE: np.where(rows[FOLD] == fold, TEST, TRAIN)}) for fold in folds)
    return pd.concat([*several])


def _names(rows: pd.DataFrame) -> Sequence[str]:
    """Names of the folds in their natural order."""
    return sorted(rows[FOLD].dropna().unique(), key=natural)


def _check_number(rows: int) -> None:
    if rows > MAX_ROWS:
        raise InputError(
            f"the folds have {rows} rows together, expected {MAX_ROWS} at most: audit some of them at a time"
        )
