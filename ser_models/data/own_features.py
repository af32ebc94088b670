"""A user's own features of stored recordings, such as those of openSMILE or embeddings of any model.

CSV or Parquet with a column of files and columns of numbers → `with_own_features` → rows with `OWN` columns

A recording is found by its `file_id`, its path, the name of its file, or that name without its suffix.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath

import numpy as np
import pandas as pd

from ser_features.errors import InputError, listed
from ser_models.data.examples import Examples
from ser_models.data.inputs import OWN

KEYS = ("file_id", "file", "path", "filename", "name")
"""Names of the column of files, in the order of their preference."""

PLACES = ("start", "end", "channel")
"""Columns of numbers that are no features."""

LISTED = 3
"""Recordings that a message names."""


def own_columns(examples: Examples) -> tuple[str, ...]:
    """Names of the columns of own features."""
    return tuple(name for name in examples.rows if name.startswith(OWN))


def with_own_features(examples: Examples, table: Path) -> Examples:
    """Add the features of a table; recordings that it lacks are left out, with a note.

    Args:
        examples: of a store.
        table: its path; columns that are no numbers are no features.

    Raises:
        InputError: if it cannot be read, has no column of files or of numbers, names a file twice, or has
            none of the recordings.
    """
    frame = _read(table)
    key = next((name for name in KEYS if name in frame), None)
    numbers = [str(name) for name in frame.select_dtypes("number") if name not in (*KEYS, *PLACES)]
    if key is None or not numbers:
        lacking = "files" if key is None else "numbers"
        raise InputError(
            f"{table} has no column of {lacking}, found {listed([*map(str, frame)], LISTED)}: expected one "
            f"of {', '.join(KEYS)}, and columns of numbers"
        )
    positions = _positions(examples.rows, frame[key].astype(str).tolist(), table)
    has_row = positions >= 0
    if not has_row.any():
        raise InputError(
            f"{table} has none of the {len(examples)} recordings, found {frame[key].iloc[0]!r}, expected "
            f"names such as {examples.rows['file_id'].iloc[0]!r} or {examples.rows['path'].iloc[0]!r}"
        )
    values = frame[numbers].to_numpy(np.float32)[positions[has_row]]
    values[~np.isfinite(values)] = np.nan
    rows = examples.rows[has_row].reset_index(drop=True)
    own = pd.DataFrame(values, columns=[f"{OWN}{name}" for name in numbers])
    count = f"{len(numbers)} own features of {table.name}"
    notes = [f"{count}: whether each is of its recording alone is not checked"]
    if missing := int((~has_row).sum()):
        notes.append(f"{missing} recordings left out: {table.name} has no features of them")
    labels = tuple(label for label in examples.labels if label in set(rows["emotion"]))
    return replace(
        examples, rows=pd.concat([rows, own], axis=1), labels=labels, notes=(*examples.notes, *notes)
    )


def _read(table: Path) -> pd.DataFrame:
    try:
        if table.suffix.lower() == ".parquet":
            return pd.read_parquet(table).reset_index()
        return pd.read_csv(table, sep=None, engine="python")
    except (OSError, ValueError) as error:  # ParserError and ArrowInvalid are ValueErrors
        reason = " ".join(str(error).split())
        raise InputError(f"{table} cannot be read ({reason}): expected a CSV or Parquet table") from error


def _positions(rows: pd.DataFrame, names: Sequence[str], table: Path) -> np.ndarray:
    """Number of each recording's row in the table, (recordings,) int64; −1 without one."""
    ways = (
        (rows["file_id"].tolist(), names),
        (rows["path"].tolist(), names),
        ([PurePath(path).name for path in rows["path"]], [PurePath(name).name for name in names]),
        ([PurePath(path).stem for path in rows["path"]], [PurePath(name).stem for name in names]),
    )
    for own, written in ways:
        if {*own}.isdisjoint(written):
            continue
        if twice := sorted(_repeated(written) & {*own}) or sorted(_repeated(own) & {*written}):
            raise InputError(
                f"{table}: {listed(twice, LISTED)} is not one recording and one row: expected a row per "
                "recording, named by file_id"
            )
        row_of = {name: number for number, name in enumerate(written)}
        return np.array([row_of.get(name, -1) for name in own], dtype=np.int64)
    return np.full(len(rows), -1, dtype=np.int64)


def _repeated(names: Sequence[str]) -> set[str]:
    held = pd.Series(names)
    return {*held[held.duplicated()]}
