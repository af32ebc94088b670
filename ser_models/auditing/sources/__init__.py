"""A split as people have it → `SplitTable`.

files, folders → `given` → sources → `forms` (tables, `nested` JSON, `lines`) | `recordings` → `Listed`
→ `columns` (path, `side_columns`, fold) → `families` (names of files) → rows → `folds` → `SplitTable`
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ser_features.errors import InputError
from ser_models.auditing.sources import forms, recordings
from ser_models.auditing.sources.columns import Columns, Understood, understand
from ser_models.auditing.sources.families import joined, notes_of
from ser_models.auditing.sources.folds import arranged
from ser_models.auditing.sources.given import Source, sources_of
from ser_models.auditing.split_table import DEV, TEST, TRAIN, SplitTable


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
    check_given(has_split=bool(paths), has_sides=bool(by_side))
    sources = sources_of([*((one, None) for one in paths), *by_side])
    columns = Columns(path, side, fold)
    lists = [
        (one.name, understood) for one in sources.sources for understood in _read(one, sources.base, columns)
    ]
    together, names_state = joined(lists)
    rows, notes = arranged(together, next((one.hint for _, one in lists if one.hint), ""))
    return SplitTable(
        rows,
        {key: name for _, one in lists for key, name in one.columns.items()},
        (*sources.notes, *notes_of([one for _, one in lists]), *names_state, *notes),
        sources.base if any(source.has_recordings for source in sources.sources) else None,
        tuple(source.path for source in sources.sources if not source.has_recordings),
        listed=len(together),
    )


def check_given(*, has_split: bool, has_sides: bool) -> None:
    """Check that a split is given, as a whole or by side.

    Raises:
        InputError: if both are given, or neither.
    """
    if has_split == has_sides:
        problem = "both a split and" if has_split else "neither a split nor"
        raise InputError(
            f"{problem} lists by side, expected one of them: name a table, or --train and --test"
        )


def _read(source: Source, base: Path, columns: Columns) -> Iterator[Understood]:
    """The lists of a source; the side that the user names goes before that of the list."""
    if source.has_recordings:
        several = [recordings.read(source.path, base, source.side)]
    else:
        several = forms.read(source.path, columns.names())
    for one in several:
        yield understand(replace(one, side=source.side or one.side), columns)
