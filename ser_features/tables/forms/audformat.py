"""An audformat database → cells: one of its tables, with what others say about the same files and speakers.

db.yaml, db.<table>.csv or .parquet → `read` → its columns + other tables + labels of schemes + partition

The table is that which the user names, `FOLDER#table`; else the one with a column of emotions. Other tables
add columns that it lacks: filewise ones by file, segmented ones by the same part. A scheme whose labels are a
table, or have attributes, such as those of speakers, adds these. Tables of a split give the partition. Tables
that are stored as pickles are refused, as these can run code.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ser_features.errors import InputError, listed
from ser_features.extras import require
from ser_features.tables.cells import Row, Sheet, decode
from ser_features.tables.forms import TableSource

HEADER = "db.yaml"
FILE, START, END = "file", "start", "end"
EMOTION = "emotion"
PARTITION, SPEAKER = "partition", "speaker"
OURS, COMPUTED = "ser-store", ("features",)
"""Name of the databases that `ser store export` writes, and their tables of what an extraction computes."""

LISTED = 8
"""Number of names in a message."""

Key = tuple[str, str, str]
"""File, start and end, empty for a whole file."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A table of a database.

    Attributes:
        values: cells by column, of each key in the order of the file.
        schemes: name of the scheme of each column that has one.
    """

    values: Mapping[Key, Mapping[str, str]]
    schemes: Mapping[str, str]

    def of(self, key: Key) -> Mapping[str, str]:
        """Cells of a part, else of its whole file; empty if there are none."""
        return self.values.get(key) or self.values.get((key[0], "", ""), {})


def read(source: TableSource) -> Sheet:
    """Read a table of a database.

    Raises:
        InputError: if the database is damaged, or leaves open which table is meant.
        MissingExtraError: if audformat is not installed.
    """
    folder, content = source.folder, _description(source.folder / HEADER)
    tables = _mapping(content, "tables")
    chosen = source.table or _only_table(source.folder, tables)
    if chosen not in tables:
        raise InputError(
            f"{folder} has no table {chosen!r}, expected one of {listed(sorted(tables), LISTED)}: "
            f"name it as {folder}#TABLE"
        )
    database = _Database(folder, content, tables)
    return _sheet([(key, database.cells(chosen, key)) for key in database.table(chosen).values])


class _Database:
    """The tables of a database, each read once."""

    def __init__(
        self, folder: Path, content: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]]
    ) -> None:
        self._folder = folder
        self._is_ours = content.get("name") == OURS
        self._splits = _mapping(content, "splits")
        self._tables = {
            name: _columns(folder, name, about)
            for name, about in tables.items()
            if not (self._is_ours and name in COMPUTED)
        }
        self._split_of = {name: tables[name].get("split_id") for name in self._tables}
        schemes, misc = _mapping(content, "schemes"), _mapping(content, "misc_tables")
        self._attributes = {
            column: attributes
            for table in self._tables.values()
            for column, scheme in table.schemes.items()
            if (attributes := _attributes(folder, schemes.get(scheme, {}).get("labels"), misc))
        }

    def table(self, name: str) -> Columns:
        """A table by its name."""
        return self._tables[name]

    def cells(self, name: str, key: Key) -> dict[str, str]:
        """All that the database says about a row of a table."""
        values = dict(self._tables[name].values[key])
        for other, table in self._tables.items():
            if other != name and self._split_of[other] is None:
                _add(values, table.of(key))
        for column, attributes in self._attributes.items():
            _add(values, attributes.get(values.get(column, ""), {}))
        if partition := self._partition(name, key):
            values.setdefault(PARTITION, partition)
        if self._is_ours:
            values[SPEAKER] = values.get(SPEAKER, "").removeprefix(f"{values.get('dataset')}/")
        return values

    def _partition(self, name: str, key: Key) -> str | None:
        """Side of the split of the table, or of the only one whose tables have the row."""
        splits = {
            self._split_of[other]
            for other, table in self._tables.items()
            if (other == name or not self._split_of[name]) and self._split_of[other] and table.of(key)
        }
        if len(splits) != 1:
            return None
        split = str(splits.pop())
        return str(self._splits.get(split, {}).get("type") or split)


def _add(values: dict[str, str], others: Mapping[str, str]) -> None:
    """Add cells of columns that a row lacks."""
    values.update((name, cell) for name, cell in others.items() if not values.get(name))


def _attributes(folder: Path, labels: Any, misc: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """What a scheme says about each of its labels, such as the gender of a speaker; empty if nothing."""
    if isinstance(labels, dict):
        return {
            str(label): {str(name): "" if value is None else str(value) for name, value in one.items()}
            for label, one in labels.items()
            if isinstance(one, dict)
        }
    if not isinstance(labels, str) or labels not in misc:
        return {}
    return {next(iter(row.values())): dict(list(row.items())[1:]) for row in _rows(folder, labels) if row}


def _sheet(rows: list[tuple[Key, dict[str, str]]]) -> Sheet:
    """Cells of all rows; times only if a row has them."""
    index = ("path", "start", "end") if any(key[1] or key[2] for key, _ in rows) else ("path",)
    names = list(dict.fromkeys(name for _, values in rows for name in values if name not in index))
    return Sheet(
        (*index, *names),
        tuple(
            Row(number, (*key[: len(index)], *(values.get(name, "") for name in names)))
            for number, (key, values) in enumerate(rows, start=1)
        ),
    )


def _description(path: Path) -> Mapping[str, Any]:
    """Content of db.yaml."""
    require("an audformat database", "audformat")
    import yaml  # which audformat brings

    try:
        content = yaml.safe_load(decode(path.read_bytes())[0])
    except (OSError, UnicodeError, yaml.YAMLError, RecursionError) as error:
        raise InputError(
            f"{path} cannot be read ({error}): expected the header of an audformat database"
        ) from error
    if not isinstance(content, dict):
        raise InputError(f"{path} is no header of an audformat database: expected tables and schemes")
    return content


def _mapping(content: Mapping[str, Any], name: str) -> Mapping[str, Mapping[str, Any]]:
    values = content.get(name) or {}
    if not isinstance(values, dict):
        raise InputError(f"{HEADER}: {name} is no mapping, expected one: correct it")
    return {str(key): value if isinstance(value, dict) else {} for key, value in values.items()}


def _only_table(folder: Path, tables: Mapping[str, Mapping[str, Any]]) -> str:
    """The table that is called emotion, or the only one with a column of emotions, or the only one."""
    with_emotion = [
        name
        for name, one in tables.items()
        if any(
            EMOTION in (column, about.get("scheme_id")) for column, about in _mapping(one, "columns").items()
        )
    ]
    several = with_emotion or list(tables)
    if EMOTION in several:
        return EMOTION
    unsplit = [name for name in several if not tables[name].get("split_id")] or several
    if len(unsplit) != 1:
        raise InputError(
            f"{folder} has the tables {listed(unsplit, LISTED) or 'none'}, expected one with emotions: "
            f"name it as {folder}#TABLE"
        )
    return unsplit[0]


def _columns(folder: Path, name: str, about: Mapping[str, Any]) -> Columns:
    schemes = {
        column: str(one["scheme_id"])
        for column, one in _mapping(about, "columns").items()
        if one.get("scheme_id")
    }
    values: dict[Key, Mapping[str, str]] = {}
    for cells in _rows(folder, name):
        key = (cells.pop(FILE, ""), _time(cells.pop(START, "")), _time(cells.pop(END, "")))
        values[key] = cells
    return Columns(values, schemes)


def _time(cell: str) -> str:
    return "" if cell in ("NaT", "0 days", "0 days 00:00:00") else cell


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    """Rows of a table as they are stored, by column."""
    if Path(name).name != name:
        raise InputError(f"{folder / HEADER}: {name!r} is no name of a table, expected one without slashes")
    stem = folder / f"db.{name}"
    text, columnar = stem.with_name(f"{stem.name}.csv"), stem.with_name(f"{stem.name}.parquet")
    if text.is_file():
        try:
            lines = csv.DictReader(decode(text.read_bytes())[0].splitlines(keepends=True), restval="")
            yield from (
                {str(key): value.strip() for key, value in line.items() if key is not None} for line in lines
            )
        except (OSError, UnicodeError, csv.Error) as error:
            raise InputError(f"{text} cannot be read ({error}): expected CSV in UTF-8") from error
    elif columnar.is_file():
        yield from _parquet_rows(columnar)
    else:
        raise InputError(
            f"{folder} has no {text.name} or {columnar.name}, expected one (a pickle is not read, as it can "
            "run code): save the database as CSV or Parquet"
        )


def _parquet_rows(path: Path) -> Iterable[dict[str, str]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from ser_features.tables.forms.parquet import texts

    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path} cannot be read ({error}): expected a Parquet file") from error
    names = [field.name for field in table.schema if not pa.types.is_nested(field.type)]
    cells = [texts(table[name]) for name in names]
    return (dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True))
