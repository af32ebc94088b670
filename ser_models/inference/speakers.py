r"""The table of `ser predict --speakers` → the speaker of each file; read as the table of a corpus is.

table → `read_table` (path, speaker) → speakers by file → `speakers_of`

>>> import tempfile
>>> table = Path(tempfile.mkdtemp()) / "speakers.csv"
>>> _ = table.write_text("filename;subject\na.flac;Anna\nb.wav;Ben\n")
>>> speakers_of(table, [table.parent / "b.wav", table.parent / "a.flac"])
['Ben', 'Anna']
"""

import os
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from ser_features.errors import InputError, listed
from ser_features.tables.cells import is_missing
from ser_features.tables.columns import Table, read_table

COLUMNS = ("path", "speaker")
"""Of a speaker table; paths are relative to the working directory or to the folder of the table."""


def speakers_of(table: Path, files: Sequence[Path], root: Path | None = None) -> list[str]:
    """Return the speaker of each file.

    Args:
        table: as the tables of corpora: usual names of columns, any delimiter, encoding and format.
        files: audio files.
        root: folder that the table's relative paths are below; None for its own.

    Raises:
        InputError: if the table cannot be read, lacks a column, does not name one of the files, or gives one
            two speakers.
    """
    read = read_table(table, COLUMNS, root=root)
    by_place = [_by_file(read, Path()), _by_file(read, read.folder)]
    missing: list[Path] = []
    speakers: list[str] = []
    for file in files:
        candidates = [names[key] for names in by_place for key in _keys(file, read.folder) if key in names]
        if not candidates:
            missing.append(file)
            continue
        if len(candidates[0]) > 1:
            both = " and ".join(sorted(map(repr, candidates[0])))
            raise InputError(f"{table} gives {file} the speakers {both}, expected one: remove rows")
        speakers += candidates[0]
    if missing:
        files_named = listed([str(file) for file in missing], 1)
        raise InputError(f"{table} names no speaker of {files_named}: add a row with path and speaker")
    return speakers


def _by_file(table: Table, folder: Path) -> dict[str, set[str]]:
    """Known speakers by the exact path of a file, and by its path in lower case."""
    names: dict[str, set[str]] = {}
    for row in table.rows:
        path, speaker = table.cell(row, "path").replace("\\", "/"), table.cell(row, "speaker")
        if path and not is_missing(speaker):
            for key in _spellings(folder / path):
                names.setdefault(key, set()).add(speaker)
    return names


def _keys(file: Path, folder: Path) -> Iterable[str]:
    """How a table may name a file: exactly first, then in another case."""
    (exact, folded), (beside, folded_beside) = _spellings(file), _spellings(folder / file)
    return exact, beside, folded, folded_beside


def _spellings(path: Path) -> tuple[str, str]:
    """Absolute path in its composed form, and without case; links are not followed."""
    exact = unicodedata.normalize("NFC", os.path.abspath(path))  # noqa: PTH100
    return exact, f"{exact.casefold()}\0"
