"""The header of a table → which column is what: usual names, columns of the user's own, parts of recordings.

table → `cells.read_sheet` or `forms.read` → header → `USUAL_NAMES` → `Table`: cells by column, and notes

Case, blanks, hyphens and underscores of names do not matter. The exact name of a column goes before the usual
ones; two usual names for the same column are refused. Further columns keep their names.

Columns that begin or end a part of a file make each row a part (`tables.spans`).

>>> recognised("File Name"), recognised("SPEAKER-ID"), recognised("room")
('path', 'speaker', None)
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ser_features.arguments import plain
from ser_features.errors import InputError
from ser_features.tables.cells import TABLE_SUFFIXES, Row, Sheet, is_missing, read_sheet
from ser_features.tables.names import DURATIONS, EXPORTED, OFFSETS, ONSETS, USUAL_NAMES

NUMBERED = re.compile(r"[0-9]+(\.0)?|mix|left|right|", re.IGNORECASE)
"""Cells of a column `channel` of audio channels; another one, such as telephone, is a further column."""

INDEX_PREFIX = "unnamed"
"""Name that pandas gives a column without one, which is usually the index of a table."""

LISTED = 12
"""Number of names of columns in a message."""

OF_TABLE = "_of_table"
"""Appended to a further column whose name the store uses for something else."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose columns are known.

    Attributes:
        path: of the file or folder.
        folder: that relative paths are below.
        where: `folder`, as messages name it.
        rows: below the header.
        header: the names as the table writes them.
        delimiter: between the cells.
        index: position of each column of `USUAL_NAMES` that the table has, and of `duration` where it says
            where parts end.
        further: position of each further column, by the name under which it is stored.
        notes: what was understood, one line per property.
    """

    path: Path
    folder: Path
    where: str
    rows: tuple[Row, ...]
    header: tuple[str, ...]
    delimiter: str
    index: Mapping[str, int]
    further: Mapping[str, int]
    notes: tuple[str, ...]

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.header)

    def cell(self, row: Row, column: str) -> str:
        """The cell of a column of `USUAL_NAMES`; empty if the row or the table lacks it."""
        position = self.index.get(column, len(row.cells))
        return row.cells[position] if position < len(row.cells) else ""

    def cells(self, position: int) -> list[str]:
        """The cells of one column, empty where rows are too short."""
        return [row.cells[position] if position < len(row.cells) else "" for row in self.rows]


@dataclass(slots=True)
class _Header:
    """What the cells of a header mean."""

    index: dict[str, int] = field(default_factory=dict)
    further: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_table(
    path: Path,
    required: Collection[str],
    is_taken: Callable[[str], bool] = lambda name: False,
    root: Path | None = None,
) -> Table:
    """Read a table and recognise its columns.

    Args:
        path: of the table; of a file or folder of `forms`.
        required: columns that it must have.
        is_taken: whether the store has a column of a lower-case name that is not in `USUAL_NAMES`.
        root: folder that relative paths are below; None for the table's own.

    Raises:
        InputError: if the file is no table, lacks a column, or leaves open which of two is meant.
    """
    sheet, folder = _read(path)
    if EXPORTED.issubset(sheet.header):
        from ser_features.tables.exports import without_computed

        sheet = without_computed(sheet, is_taken)
    header = _Header(notes=[*sheet.notes])
    try:
        _recognise(sheet, header)
        _check(sheet.header, header, required)
        _add_further(sheet, header, is_taken)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    if sheet.guessed:
        header.notes.append(
            f"read as Windows-1252, as it is not UTF-8: check {sheet.guessed!r}; save it as UTF-8 if wrong"
        )
    return Table(
        path,
        root or folder,
        f"in {root}" if root else "beside the table",
        sheet.rows,
        sheet.header,
        sheet.delimiter,
        header.index,
        header.further,
        tuple(header.notes),
    )


def _read(path: Path) -> tuple[Sheet, Path]:
    """The cells of a table, and the folder that its relative paths are below."""
    if path.suffix.lower() not in TABLE_SUFFIXES:
        from ser_features.tables import forms

        if source := forms.source_of(path):
            return forms.read(source), source.folder
    return read_sheet(path, lambda names: len({recognised(name) for name in names} - {None})), path.parent


_COLUMN_OF = {plain(name): column for column, names in USUAL_NAMES.items() for name in (column, *names)}


def recognised(name: str) -> str | None:
    """The column of `USUAL_NAMES` that a name stands for; None if it is a further column."""
    return _COLUMN_OF.get(plain(name))


def _recognise(sheet: Sheet, header: _Header) -> None:
    """Find the columns of `USUAL_NAMES`."""
    names = sheet.header
    candidates: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        if (column := recognised(name)) and not _is_other_channel(sheet, position):
            candidates.setdefault(column, []).append(position)
    find_parts(names, candidates)
    renamed = []
    for column, positions in candidates.items():
        exact = [position for position in positions if plain(names[position]) == plain(column)]
        chosen = exact or positions
        if len(chosen) > 1:
            both = " and ".join(names[position] for position in chosen)
            raise InputError(f"columns {both} may both be the {column}, expected one: rename the other")
        header.index[column] = chosen[0]
        if not exact:
            renamed.append(f"{names[chosen[0]]} → {column}")
        for other in positions:
            if other != chosen[0]:
                header.notes.append(f"{column} is read, {names[other]} is stored as a further column")
    if renamed:
        header.notes.insert(0, f"columns: {', '.join(renamed)}")


def _check(names: Sequence[str], header: _Header, required: Collection[str]) -> None:
    if missing := [column for column in required if column not in header.index]:
        others = ", ".join(USUAL_NAMES[missing[0]][:4])
        present = ", ".join([name for name in names if name][:LISTED])
        raise InputError(
            f"no column {', '.join(missing)}: found {present or 'none'}, expected {', '.join(required)}: "
            f"add or rename columns in its first row ({missing[0]} may also be {others} …)"
            f"{', or extract with --labels none' if missing == ['emotion'] else ''}"
        )


def _add_further(sheet: Sheet, header: _Header, is_taken: Callable[[str], bool]) -> None:
    """Add the columns that are not in `USUAL_NAMES`, under names that the store does not use."""
    used = {*header.index.values()}
    spellings: dict[str, str] = {}
    for position, name in enumerate(sheet.header):
        if position in used:
            continue
        if not name or name.lower().startswith(INDEX_PREFIX):
            _note_unnamed(sheet, position, header)
            continue
        stored = name
        if is_taken(name.lower()):
            stored = f"{name}{OF_TABLE}"
            header.notes.append(
                f"column {name} is stored as {stored}, as the store has a column {name.lower()}"
            )
        if before := spellings.get(stored.lower()):
            raise InputError(f"columns {before} and {name} have the same name, expected two: rename one")
        spellings[stored.lower()] = name
        header.further[stored] = position


def _note_unnamed(sheet: Sheet, position: int, header: _Header) -> None:
    """Note a column without a name, unless it is empty or numbers the rows."""
    if any(cell and not cell.isdecimal() for cell in _cells(sheet, position)):
        header.notes.append(f"column {position + 1} has no name and is not read")


def _cells(sheet: Sheet, position: int) -> Iterator[str]:
    return (row.cells[position] for row in sheet.rows if position < len(row.cells))


def _is_other_channel(sheet: Sheet, position: int) -> bool:
    """Whether a column `channel` is not of audio channels."""
    if plain(sheet.header[position]) != "channel":
        return False
    return not all(
        map(NUMBERED.fullmatch, (cell for cell in _cells(sheet, position) if not is_missing(cell)))
    )


def find_parts(names: Sequence[str], candidates: dict[str, list[int]]) -> None:
    """Decide which columns say where the parts of files begin and end.

    Args:
        names: of all columns.
        candidates: positions by the column that names stand for; changed.
    """

    def are(positions: Iterable[int], of: Sequence[str]) -> list[int]:
        keys = [plain(name) for name in of]
        return [position for position in positions if plain(names[position]) in keys]

    ends = candidates.get("end", [])
    if ends and "start" not in candidates and (offsets := are(ends, OFFSETS)):
        candidates["start"] = offsets
        candidates["end"] = ends = [position for position in ends if position not in offsets]
    if "start" in candidates and not ends:
        if durations := are(range(len(names)), DURATIONS):
            candidates["duration"] = durations
        else:
            ambiguous = are(candidates["start"], ONSETS)
            candidates["start"] = [one for one in candidates["start"] if one not in ambiguous]
    for column in ("start", "end"):
        if not candidates.get(column):
            candidates.pop(column, None)
