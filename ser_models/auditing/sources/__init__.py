"""A split as people have it → `SplitTable`.

files, folders → `given` → sources → `forms` (tables, `nested` JSON, `lines`) | `recordings` → `Listed`
→ `columns` (path, `side_columns`, fold), names of files (`file_names`) → rows → `folds` → `SplitTable`
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ser_features.errors import InputError, listed
from ser_models.auditing.sources import forms, recordings
from ser_models.auditing.sources.columns import FOLD, SIDE, Columns, Understood, understand
from ser_models.auditing.sources.file_names import folds_of, side_in
from ser_models.auditing.sources.folds import arranged
from ser_models.auditing.sources.given import Source, sources_of
from ser_models.auditing.split_table import DEV, TEST, TRAIN, SplitTable

LISTED = 2


def read_split(
    paths: Sequence[Path] = (),
    *,
    train: Sequence[Path] = (),
    dev: Sequence[Path] = (),
    test: Sequence[Path] = (),
    side: str | None = None,
    fold: str | None = None,
    path: str | None = None,
) -> SplitTable:
    """Read a split.

    Args:
        paths: a table with a column of sides or folds; lists whose names state their sides or folds; a folder
            of such lists, or with recordings in folders named train, dev and test.
        train: lists of the training, or folders of its recordings.
        dev: of the validation.
        test: of the test.
        side: name of the column of sides; None to recognise it.
        fold: of the column of folds.
        path: of the column of paths.

    Raises:
        InputError: if nothing is given, a file is no list, or leaves open which side a row is of.
        MissingExtraError: if a package is needed that is not installed.
    """
    by_side = [(one, name) for name, several in ((TRAIN, train), (DEV, dev), (TEST, test)) for one in several]
    if bool(paths) == bool(by_side):
        problem = "both" if paths else "neither"
        raise InputError(
            f"{problem} a split and lists by side, expected one of them: name a table, or --train and --test"
        )
    sources = sources_of([*((one, None) for one in paths), *by_side])
    columns = Columns(path, side, fold)
    lists = [(source, one) for source in sources.sources for one in _read(source, sources.base, columns)]
    rows, notes = arranged(_joined(lists), next((one.hint for _, one in lists if one.hint), ""))
    return SplitTable(
        rows,
        {key: name for _, one in lists for key, name in one.columns.items()},
        (*sources.notes, *_notes([one for _, one in lists]), *notes),
        sources.base if any(source.has_recordings for source in sources.sources) else None,
        tuple(source.path for source in sources.sources if not source.has_recordings),
    )


def _read(source: Source, base: Path, columns: Columns) -> Iterator[Understood]:
    """The lists of a source; the side that the user names goes before that of the list."""
    if source.has_recordings:
        several = [recordings.read(source.path, base)]
    else:
        several = forms.read(source.path, columns.names())
    for one in several:
        yield understand(replace(one, side=source.side or one.side), columns)


def _joined(lists: Sequence[tuple[Source, Understood]]) -> pd.DataFrame:
    """The rows of all lists, with the sides and folds that their names state, where the lists do not.

    Raises:
        InputError: if some lists have a side and others have none.
    """
    names = [source.name for source, _ in lists]
    several = [
        _with_side(one, name, is_only=len(lists) == 1) for name, (_, one) in zip(names, lists, strict=True)
    ]
    unknown = [one.name for one in several if one.rows[SIDE].isna().all()]
    if unknown and len(unknown) < len(several):
        raise InputError(
            f"{listed(unknown, LISTED)}: nothing states the side, expected it as in the other lists: "
            "name them with --train, --dev and --test"
        )
    folds = folds_of(names, [_only_side(one.rows) for one in several])
    return pd.concat(
        [_filled(one.rows, FOLD, fold) for fold, one in zip(folds, several, strict=True)], ignore_index=True
    )


def _with_side(one: Understood, name: str, *, is_only: bool) -> Understood:
    """The list with the side that its name states, where it has none; folds in one table are the sides."""
    if is_only and one.rows[FOLD].nunique() > 1:
        return one
    return replace(one, rows=_filled(one.rows, SIDE, side_in(name)))


def _filled(rows: pd.DataFrame, column: str, value: str | None) -> pd.DataFrame:
    return rows.assign(**{column: value}) if value is not None and rows[column].isna().all() else rows


def _only_side(rows: pd.DataFrame) -> str | None:
    """The side of all rows; None if they are of several."""
    sides = rows[SIDE].unique()
    return sides[0] if len(sides) == 1 and isinstance(sides[0], str) else None


def _notes(lists: Sequence[Understood]) -> Iterator[str]:
    """Each note once, with the lists that it is on, unless that is the only one."""
    names: dict[str, list[str]] = {}
    for one in lists:
        for note in one.notes:
            names.setdefault(note, []).append(one.name)
    for note, several in names.items():
        yield note if len(lists) == 1 else f"{listed(several, LISTED)}: {note}"
