"""Questions to a store in SQL, answered by DuckDB.

select … → one statement, checked → files, variants, failures, columns → `Answer`

    with query(open_store(root), "select emotion, avg(pitch_mean) from files group by emotion") as answer:
        rows = [row for batch in answer.batches() for row in batch]

DuckDB reads only the columns, and the corpora, that the statement needs. It is shut in: it opens no file, no
address and no extension, keeps nothing, and its settings cannot be changed.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from ser_features.errors import InputError, SerError, StoreError
from ser_features.store.layout import TABLES
from ser_features.store.read import Store
from ser_features.store.scan import scan

if TYPE_CHECKING:
    import duckdb

SHUT = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
}
"""DuckDB's settings; none can be changed afterwards."""

DICTIONARY = "columns"
"""The table that tells name, type, unit and meaning of every column of files."""

QUESTION = "SELECT"
"""What DuckDB calls statements that only ask: select, from, describe, summarize, show, values."""

NUMBERS = (
    *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"),
    *("FLOAT", "DOUBLE", "DECIMAL"),
)
"""DuckDB's types of numbers, without what stands in brackets."""

UNREADABLE = ("reading the stream", "get_next failed")
"""How versions of DuckDB begin when pyarrow cannot read a table."""

BATCH = 1_000
"""Rows that are handed on at once."""

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Answer:
    """What DuckDB found.

    Attributes:
        columns: names.
        types: of each column, as DuckDB writes them, such as "VARCHAR" and "FLOAT".
    """

    columns: tuple[str, ...]
    types: tuple[str, ...]
    _connection: "duckdb.DuckDBPyConnection"
    _store: Store

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns are numbers."""
        return tuple(kind.partition("(")[0] in NUMBERS for kind in self.types)

    def batches(self) -> Iterator[list[Row]]:
        """Hand out all rows once, some at a time; null is None, a float32 has the digits that it needs.

        Raises:
            StoreError: if a table of the store cannot be read.
            InputError: if the statement fails on a value, or wants more memory than there is.
        """
        short = [place for place, kind in enumerate(self.types) if kind == "FLOAT"]
        while rows := _fetch(self._connection, self._store):
            yield [_shortened(row, short) for row in rows] if short else rows


@contextmanager
def query(store: Store, sql: str) -> Iterator[Answer]:
    """Ask a store.

    Args:
        store: the store.
        sql: one select, over the tables files, variants, failures and columns.

    Raises:
        InputError: if it is not exactly one question, or DuckDB cannot answer it.
        StoreError: if a table of the store cannot be read.
    """
    import duckdb

    with duckdb.connect(":memory:", config=dict(SHUT)) as connection:
        _check(connection, sql)
        tables = {table: scan(store, table) for table in TABLES}
        for name, source in (*tables.items(), (DICTIONARY, _dictionary(store, tables["files"].schema))):
            connection.register(name, source)
        connection.execute("set lock_configuration = true")
        try:
            connection.execute(sql)
        except duckdb.Error as error:
            raise _explained(error, store) from error
        described = connection.description or []
        names, types = (tuple(str(each[place]) for each in described) for place in (0, 1))
        yield Answer(names, types, connection, store)


def _check(connection: "duckdb.DuckDBPyConnection", sql: str) -> None:
    """Refuse what is not exactly one question."""
    import duckdb

    try:
        kinds = [statement.type.name for statement in connection.extract_statements(sql)]
    except duckdb.Error as error:
        raise InputError(f"{_first_lines(error)}: expected SQL, such as {_example()}") from error
    if len(kinds) != 1:
        raise InputError(f"found {len(kinds)} SQL statements, expected one, such as {_example()}")
    if kinds[0] != QUESTION:
        raise InputError(
            f"found a statement that does more than ask ({kinds[0].lower()}), expected a select: nothing is "
            "changed or written by a query; for a file, use ser store export"
        )


def _dictionary(store: Store, schema: pa.Schema) -> pa.Table:
    """Name, type, unit and meaning of every column of files, a user's own among them."""
    rows = store.description.dictionary()
    known = {row["name"] for row in rows}
    for field in schema:
        if field.name not in known:
            told = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
            rows.append({"name": field.name, "type": str(field.type), **told})
    keys = ("name", "type", "unit", "description")
    return pa.table({key: pa.array([row.get(key, "") for row in rows], pa.string()) for key in keys})


def _fetch(connection: "duckdb.DuckDBPyConnection", store: Store) -> list[Row]:
    import duckdb

    try:
        return connection.fetchmany(BATCH)
    except duckdb.Error as error:
        raise _explained(error, store) from error


def _shortened(row: Row, places: Sequence[int]) -> Row:
    """Give float32 values the shortest digits that mean the same: 0.1, not 0.10000000149011612."""
    values = list(row)
    for place in places:
        if values[place] is not None:
            values[place] = float(str(np.float32(values[place])))
    return tuple(values)


def _explained(error: "duckdb.Error", store: Store) -> SerError:
    """Say in one line what went wrong, and where names stand."""
    said = _first_lines(error)
    if any(words in said for words in UNREADABLE):
        reason = said.partition(": ")[2]
        return StoreError(f"a table cannot be read ({reason}): run ser store verify --store {store.root}")
    if "by configuration" in said:  # files and addresses
        return InputError(f"{said}: a query sees {_tables()} and nothing else")
    if said.startswith("Table with name"):
        return InputError(f"{said.partition('! Did you mean')[0]}: expected {_tables()}")
    if said.startswith("Referenced column"):
        return InputError(
            f'{said}: columns are listed by ser store query "describe files"; text stands in single quotes'
        )
    return InputError(f"{said}: the tables are {_tables()}")


def _first_lines(error: Exception) -> str:
    """DuckDB's words, without their kind, the functions that there are and the excerpt of the statement."""
    said = " ".join(str(error).partition("\n\n")[0].partition("Candidate functions:")[0].split())
    _, found, rest = said.partition(" Error: ")
    return (rest if found else said).removesuffix(".")


def _tables() -> str:
    return f"{', '.join(TABLES)} and {DICTIONARY}"


def _example() -> str:
    return "select emotion, count(*) from files group by emotion"
