"""One committed table: read it, check it, say what it says of itself.

>>> read_part(Path("part-00000.parquet"))
Traceback (most recent call last):
...
ser_features.errors.DamagedError: part-00000.parquet cannot be read ...: run ser extract again to make it anew
"""

import hashlib
import io
import json
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ser_features.errors import DamagedError, StoreError
from ser_features.files import is_local
from ser_features.store import seal
from ser_features.store.schema import METADATA_KEY

READERS = 4
"""Threads that open tables; a table itself is read by one, as most are small."""


@dataclass(frozen=True, slots=True)
class Held:
    """A table as it was found.

    Attributes:
        table: its rows; None if there is no such file.
        metadata: what it says of itself; see `schema.METADATA_KEY`.
        version: SHA-256 of the file; None if there is none.
    """

    table: pa.Table | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    version: str | None = None


def read_held(part: Path, columns: Sequence[str] | None = None) -> Held:
    """Read a table that may not be there, with its checksum.

    Args:
        part: its file.
        columns: which to read, as far as the file has them; all by default.

    Raises:
        DamagedError: if a byte of it is not as it was written.
        StoreError: if the disk or the connection fails.
    """
    try:
        content = part.read_bytes()
    except FileNotFoundError:
        return Held()
    except OSError as error:
        raise StoreError(
            f"{part} cannot be read ({error}): check the disk or the connection, and run the same again"
        ) from error
    if not seal.is_whole(content):
        raise damaged(part, "it is not as it was written")
    try:
        file = pq.ParquetFile(io.BytesIO(content))
        table = file.read(_some(file, columns, ()), use_threads=False)
        metadata = _metadata(file.schema_arrow)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise damaged(part, error) from error
    return Held(table, metadata, hashlib.sha256(content).hexdigest())


def read_whole(part: Path, columns: Sequence[str] | None = None) -> Held | None:
    """As `read_held`, but None of a table that is damaged."""
    try:
        return read_held(part, columns)
    except DamagedError:
        return None


def version(part: Path) -> str | None:
    """SHA-256 of a table's file; None if there is none."""
    try:
        return hashlib.sha256(part.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None


def read_part(part: Path, columns: Sequence[str] | None = None, *, without: Collection[str] = ()) -> pa.Table:
    """Read some columns of one committed table; its checksum is not looked at.

    Args:
        part: its file.
        columns: which to read, as far as the file has them; all by default.
        without: columns that are not read.

    Raises:
        DamagedError: if it cannot be read.
    """
    try:
        with _open(part) as file:
            return file.read(_some(file, columns, without), use_threads=False)
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
    """Read several tables, in order, some at a time; arguments and errors as `read_part`."""
    with ThreadPoolExecutor(READERS) as pool:
        return list(pool.map(lambda part: read_part(part, columns), parts))


def damaged(part: Path, reason: object) -> DamagedError:
    """The error that names a damaged table and says what to do."""
    return DamagedError(f"{part} cannot be read ({reason}): run ser extract again to make it anew")


def _open(part: Path) -> pq.ParquetFile:
    return pq.ParquetFile(part if is_local(part) else io.BytesIO(part.read_bytes()))


def _some(file: pq.ParquetFile, columns: Sequence[str] | None, without: Collection[str]) -> list[str]:
    names = file.schema_arrow.names
    wanted = names if columns is None else [name for name in columns if name in names]
    return [name for name in wanted if name not in without]


def _metadata(schema: pa.Schema) -> dict[str, Any]:
    return dict(json.loads((schema.metadata or {}).get(METADATA_KEY, b"{}")))
