"""A file or folder → the lists in it, by its format.

path → `ser_features.tables.forms` (audformat, Kaldi, Parquet) | JSON | text with a header | lines → `Listed`
"""

import csv
import re
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from ser_features.arguments import plain
from ser_features.errors import InputError
from ser_features.tables import forms
from ser_features.tables.cells import SEPARATOR_LINE, TABLE_SUFFIXES, parse
from ser_models.auditing.sources import lines, nested
from ser_models.auditing.sources.column_names import is_usual, usual_names
from ser_models.auditing.sources.content import plain_name, read_text
from ser_models.auditing.sources.listing import Listed, frame, of_sheet

UTTERANCES = ".scp"
"""Of lists of Kaldi, of the name of an utterance and its path."""

LIST_SUFFIXES = (*TABLE_SUFFIXES, ".lst", ".list", UTTERANCES, *forms.JSON.suffixes, ".parquet")
"""Of the files in a folder that may be lists, also with .gz behind them."""

ORIGINAL = "original_path"
"""Column of the paths beside recordings that a Parquet file holds."""


def is_list(path: Path) -> bool:
    """Whether a file may be a list, by its suffix."""
    return plain_name(path).suffix.lower() in LIST_SUFFIXES


def read(path: Path, columns: Collection[str]) -> list[Listed]:
    """Read the lists of a file, or of a folder of a format of tables.

    Args:
        path: of the file or folder; also `FOLDER#table`.
        columns: names that the user gives, by which a header is recognised.

    Raises:
        InputError: if it is no list.
    """
    suffix = plain_name(path).suffix.lower()
    source = None if suffix in forms.JSON.suffixes else forms.source_of(path)
    if source is not None:
        return [_with_original_paths(of_sheet(forms.read(source), str(path)))]
    text, guessed = read_text(path)
    try:
        several = _of_text(text, str(path), suffix, columns)
    except (csv.Error, ValueError, RecursionError) as error:
        raise InputError(f"{path} is no list of recordings ({error}): correct it") from error
    if guessed is None:
        return several
    note = f"read as Windows-1252, as it is not UTF-8: check {guessed!r}"
    return [replace(one, notes=(*one.notes, note)) for one in several]


def _of_text(text: str, name: str, suffix: str, columns: Collection[str]) -> list[Listed]:
    if suffix in forms.JSON.suffixes:
        return nested.read(text, name)
    if suffix == UTTERANCES:
        return [_utterances(text, name)]
    if _has_header(text, columns):
        return [of_sheet(parse(text, usual_names), name)]
    return [lines.read(text, name)]


def _has_header(text: str, columns: Collection[str]) -> bool:
    """Whether the first row has usual names, the user's, or no recording where the second has one."""
    rows = lines.lines_of(text)
    head = rows[: 1 + bool(rows and SEPARATOR_LINE.fullmatch(rows[0]))]
    names = parse("\n".join(head), usual_names).header
    if any(map(lines.is_audio, names)):
        return False
    given = set(map(plain, columns))
    if any(is_usual(name) or plain(name) in given for name in names):
        return True
    return any(lines.is_audio(cell) for row in rows[1:2] for cell in re.split(r"[,;\t|\"]", row))


def _utterances(text: str, name: str) -> Listed:
    """A list of Kaldi: the name of an utterance, and its path."""
    return Listed(
        name, frame(("utterance", "path"), [line.split(maxsplit=1) for line in lines.lines_of(text)])
    )


def _with_original_paths(one: Listed) -> Listed:
    """Recordings in Parquet files by the paths beside them, if these are of one recording each."""
    if ORIGINAL not in one.cells or not one.cells[ORIGINAL].is_unique or one.cells[ORIGINAL].isna().any():
        return one
    cells = one.cells.drop(columns="path").rename(columns={ORIGINAL: "path"})
    return replace(one, cells=cells, notes=(*one.notes, "paths are those beside the embedded recordings"))
