"""One committed table of a store: read it, verify its checksum, read its metadata.

>>> read_part(Path("part-00000.parquet"))
Traceback (most recent call last):
...
ser_features.errors.DamagedError: part-00000.parquet cannot be read ...: run ser extract again to make it anew
"""

import hashlib
import io
import json
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ser_features.errors import DamagedError, StoreError
from ser_features.files import is_local, is_sealed
from ser_features.store.schema import METADATA_KEY

READERS = 4
"""Threads that open tables; each table is read by one thread, as most are small."""


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table with its metadata and checksum.

    Attributes:
        table: its rows; None if there is no such file.
        metadata: JSON of `schema.METADATA_KEY`.
        version: SHA-256 of the file; None if there is none.
    """

    table: pa.Table | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    version: str | None = None


def read_table(part: Path, columns: Sequence[str] | None = None) -> StoredTable:
    """Read a table, which need not exist, and verify its checksum.

    Args:
        part: its file.
        columns: columns to read, where the file has them; all by default.

    Raises:
        DamagedError: if it fails its checksum or cannot be parsed.
        StoreError: if the disk or the connection fails.
    """
    try:
        content = part.read_bytes()
    except FileNotFoundError:
        return StoredTable()
    except OSError as error:
        raise StoreError(
            f"{part} cannot be read ({error}): check the disk or the connection, and run the same again"
        ) from error
    if not is_sealed(content):
        raise damaged(part, "it is not as it was written")
    try:
        file = pq.ParquetFile(io.BytesIO(content))
        table = file.read(_select(file, columns, ()), use_threads=False)
        metadata = json.loads((file.schema_arrow.metadata or {}).get(METADATA_KEY, b"{}"))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise damaged(part, error) from error
    return StoredTable(table, dict(metadata), hashlib.sha256(content).hexdigest())


def read_if_whole(part: Path, columns: Sequence[str] | None = None) -> StoredTable | None:
    """As `read_table`, but None for a damaged table."""
    try:
        return read_table(part, columns)
    except DamagedError:
        return None


def version(part: Path) -> str | None:
    """SHA-256 of a table's file; None if there is none."""
    try:
        return hashlib.sha256(part.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None


def read_part(part: Path, columns: Sequence[str] | None = None, *, without: Collection[str] = ()) -> pa.Table:
    """Read some columns of one committed table without verifying its checksum.

    Args:
        part: its file.
        columns: columns to read, where the file has them; all by default.
        without: columns to leave out.

    Raises:
        DamagedError: if it cannot be read.
    """
    try:
        with _open(part) as file:
            return file.read(_select(file, columns, without), use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise damaged(part, error) from error


def read_schema(part: Path) -> pa.Schema:
    """Read the columns of one committed table, without the table's own metadata.

    Raises:
        DamagedError: if it cannot be read.
    """
    try:
        with _open(part) as file:
            return file.schema_arrow.remove_metadata()
    except (OSError, pa.ArrowException) as error:
        raise damaged(part, error) from error


def read_parts(parts: Sequence[Path], columns: Sequence[str] | None = None) -> list[pa.Table]:
    """Read several tables in order, some in parallel; arguments and errors as `read_part`."""
    with ThreadPoolExecutor(READERS) as pool:
        return list(pool.map(lambda part: read_part(part, columns), parts))


def damaged(part: Path, reason: object) -> DamagedError:
    """Error for a damaged table."""
    return DamagedError(f"{part} cannot be read ({reason}): run ser extract again to make it anew")


def duplicated_ids(file_ids: Mapping[str, pa.ChunkedArray]) -> dict[str, list[str]]:
    """Find rows that are in two tables.

    Args:
        file_ids: column of each table, by name.

    Returns:
        By table, the file_ids that an earlier table has as well.
    """
    whole = pa.chunked_array([chunk for column in file_ids.values() for chunk in column.chunks], pa.string())
    if pc.count_distinct(whole).as_py() == len(whole):
        return {}
    seen: set[str] = set()
    duplicated = {}
    for name, column in file_ids.items():
        values = column.to_pylist()
        if again := [file_id for file_id in values if file_id in seen]:
            duplicated[name] = again
        seen.update(values)
    return duplicated


def _open(part: Path) -> pq.ParquetFile:
    return pq.ParquetFile(part if is_local(part) else io.BytesIO(part.read_bytes()))


def _select(file: pq.ParquetFile, columns: Sequence[str] | None, without: Collection[str]) -> list[str]:
    names = file.schema_arrow.names
    chosen = names if columns is None else [name for name in columns if name in names]
    return [name for name in chosen if name not in without]
