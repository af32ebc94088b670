r"""A table that only names recordings → their files, parts and speakers, whatever else it has.

table → `columns.read_table` (path is required) → `named_in` → one `Named` per recording

>>> import tempfile
>>> table = Path(tempfile.mkdtemp(), "calls.csv")
>>> (table.parent / "call.wav").touch()
>>> _ = table.write_text("file,start,end\ncall.wav,1,2.5\ncall.wav,3,2\n")
>>> [(one.path.name, one.start, one.end, one.problem) for one in named_in(table)]
[('call.wav', 1.0, 2.5, None), ('call.wav', None, None, 'row 3: the part begins at 3 s and ends at 2 s, ...')]
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ser_features.errors import InputError
from ser_features.tables.cells import Row, text_or_none
from ser_features.tables.columns import Table, read_table
from ser_features.tables.paths import Locator
from ser_features.tables.spans import span_of


@dataclass(frozen=True, slots=True)
class Named:
    """A recording that a table names.

    Attributes:
        path: of the file: of the table's folder or root, and what the table has; absolute if that is.
        start: of the part in s; None for the whole file.
        end: of the part in s; None for the end of the file.
        channel: number from 1, or 0 for the mix; None if the table names none.
        speaker: who speaks; None if unknown.
        problem: why the row cannot be used, with its number; None if it can.
    """

    path: Path
    start: float | None = None
    end: float | None = None
    channel: int | None = None
    speaker: str | None = None
    problem: str | None = None


def named_in(path: Path, root: Path | None = None) -> list[Named]:
    """Return the recordings of a table in its order, each once.

    Args:
        path: of the table.
        root: folder that its relative paths are below; None for its own.

    Raises:
        InputError: if it is no table, or has no column of paths.
    """
    table = read_table(path, ("path",), root=root)
    folder = Path(os.path.abspath(table.folder))  # noqa: PTH100  links are not resolved
    locator = Locator(folder, where=table.where)
    return list(dict.fromkeys(_named(table, locator)))


def _named(table: Table, locator: Locator) -> Iterator[Named]:
    folder = table.folder
    for row in table.rows:
        try:
            yield _of_row(table, row, folder / locator.locate(table.cell(row, "path")).path)
        except InputError as error:
            yield Named(folder / table.cell(row, "path"), problem=f"row {row.number}: {error}")


def _of_row(table: Table, row: Row, path: Path) -> Named:
    span = span_of(table, row)
    speaker = text_or_none(table.cell(row, "speaker"))
    return Named(path, span["start"], span["end"], span["audio_channel"], speaker)
