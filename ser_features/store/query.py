"""SQL queries on a store, executed by DuckDB.

SQL text → one checked statement → tables files, variants, labels, failures, columns, and those wide families
that it names → `QueryResult`

    with query(open_store(root), "select emotion, avg(pitch_mean) from files group by emotion") as result:
        rows = [row for batch in result.batches() for row in batch]

DuckDB reads only the columns and corpora that the statement needs. It is sandboxed: it opens no file, address
or extension, stores nothing, and its settings cannot be changed.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from ser_features.errors import InputError, SerError, StoreError
from ser_features.store.layout import TABLES
from ser_features.store.read import Store
from ser_features.store.scan import scan, scan_wide

if TYPE_CHECKING:
    import duckdb

SANDBOX = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
}
"""DuckDB's settings; they are locked before the query runs."""

DICTIONARY = "columns"
"""Table with name, type, unit and description of every column of files and of wide families."""

READ_ONLY = "SELECT"
"""DuckDB's type of statements that only read: select, from, describe, summarize, show, values."""

NUMBERS = (
    *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"),
    *("FLOAT", "DOUBLE", "DECIMAL"),
)
"""DuckDB's numeric types, without the precision in brackets."""

UNREADABLE = ("reading the stream", "get_next failed")
"""Parts of DuckDB's messages when pyarrow cannot read a table."""

BATCH = 1_000
"""Rows per batch."""

EXAMPLE = "select emotion, count(*) from files group by emotion"

Row = tuple[Any, ...]


@dataclass(frozen=True)
class QueryResult:
    """Result of a query.

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
        """Whether each column is numeric."""
        return tuple(kind.partition("(")[0] in NUMBERS for kind in self.types)

    def batches(self) -> Iterator[list[Row]]:
        """Yield all rows once, some at a time; null is None, a float32 has only the digits that it needs.

        Raises:
            StoreError: if a table of the store cannot be read.
            InputError: if the statement fails on a value, or needs more memory than there is.
        """
        floats = [index for index, kind in enumerate(self.types) if kind == "FLOAT"]
        while rows := _fetch(self._connection, self._store):
            yield [_shortened(row, floats) for row in rows] if floats else rows


@contextmanager
def query(store: Store, sql: str) -> Iterator[QueryResult]:
    """Query a store.

    Args:
        store: the store.
        sql: one select, over the tables files, variants, labels, failures and columns, and those of the
            store's wide families, such as functionals.

    Raises:
        InputError: if it is not exactly one reading statement, or DuckDB cannot execute it.
        StoreError: if a table of the store cannot be read.
    """
    import duckdb

    with duckdb.connect(":memory:", config=dict(SANDBOX)) as connection:
        _check(connection, sql)
        tables = {table: scan(store, table) for table in TABLES}
        tables |= {
            family: scan_wide(store, family) for family in store.description.wide if family in sql.lower()
        }
        for name, source in (*tables.items(), (DICTIONARY, _dictionary(store, tables["files"].schema))):
            connection.register(name, source)
        connection.execute("set lock_configuration = true")
        try:
            connection.execute(sql)
        except duckdb.Error as error:
            raise _explained(error, store) from error
        described = connection.description or []
        names, types = (tuple(str(column[index]) for column in described) for index in (0, 1))
        yield QueryResult(names, types, connection, store)


def _check(connection: "duckdb.DuckDBPyConnection", sql: str) -> None:
    """Refuse anything but exactly one reading statement."""
    import duckdb

    try:
        kinds = [statement.type.name for statement in connection.extract_statements(sql)]
    except duckdb.Error as error:
        raise InputError(f"{_summary(error)}: expected SQL, such as {EXAMPLE}") from error
    if len(kinds) != 1:
        raise InputError(f"found {len(kinds)} SQL statements, expected one, such as {EXAMPLE}")
    if kinds[0] != READ_ONLY:
        raise InputError(
            f"found a statement that does more than read ({kinds[0].lower()}), expected a select: nothing is "
            "changed or written by a query; for a file, use ser store export"
        )


def _dictionary(store: Store, schema: pa.Schema) -> pa.Table:
    """Name, type, unit and description of every column of files, a user's own too, and of wide families."""
    wide = [asdict(column) for columns in store.description.wide.values() for column in columns]
    rows = store.description.dictionary() + wide
    names = {row["name"] for row in rows}
    for field in schema:
        if field.name not in names:
            metadata = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
            rows.append({"name": field.name, "type": str(field.type), **metadata})
    keys = ("name", "type", "unit", "description")
    return pa.table({key: pa.array([row.get(key, "") for row in rows], pa.string()) for key in keys})


def _fetch(connection: "duckdb.DuckDBPyConnection", store: Store) -> list[Row]:
    import duckdb

    try:
        return connection.fetchmany(BATCH)
    except duckdb.Error as error:
        raise _explained(error, store) from error


def _shortened(row: Row, indices: Sequence[int]) -> Row:
    """Round float32 values to the shortest equal number: 0.1 instead of 0.10000000149011612."""
    values = list(row)
    for index in indices:
        if values[index] is not None:
            values[index] = float(str(np.float32(values[index])))
    return tuple(values)


def _explained(error: "duckdb.Error", store: Store) -> SerError:
    """One-line error for an error of DuckDB."""
    text = _summary(error)
    tables = f"{', '.join((*TABLES, *store.description.wide))} and {DICTIONARY}"
    if any(part in text for part in UNREADABLE):
        reason = text.partition(": ")[2]
        return StoreError(f"a table cannot be read ({reason}): run ser store verify --store {store.root}")
    if "by configuration" in text:  # files and addresses
        return InputError(f"{text}: a query can read {tables} and nothing else")
    if text.startswith("Table with name"):
        return InputError(f"{text.partition('! Did you mean')[0]}: expected {tables}")
    if text.startswith("Referenced column"):
        return InputError(
            f'{text}: columns are listed by ser store query "describe files"; text is put in single quotes'
        )
    return InputError(f"{text}: the tables are {tables}")


def _summary(error: Exception) -> str:
    """DuckDB's message without its kind, the list of functions and the excerpt of the statement."""
    text = " ".join(str(error).partition("\n\n")[0].partition("Candidate functions:")[0].split())
    _, has_kind, rest = text.partition(" Error: ")
    return (rest if has_kind else text).removesuffix(".")
