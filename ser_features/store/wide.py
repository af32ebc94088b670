"""Families of thousands of columns: Parquet tables of their own beside files/, by file_id.

values of a shard's recordings → `encoded` → functionals/dataset=…/<frame_shard>.parquet → `read_wide`

They are written, named by their content, checked and removed as files of frames are: a row of files/ refers
to them by its `frame_shard`, and its table knows their SHA-256: they are never met by other rows than theirs.

>>> content = encoded(["own/a"], np.ones((1, 1), np.float32), [Column("x__mean", "float32", "Hz", "Mean.")])
>>> pq.read_table(io.BytesIO(content)).to_pylist()
[{'file_id': 'own/a', 'x__mean': 1.0}]
"""

import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ser_features.audio import stamp
from ser_features.errors import StoreError
from ser_features.files import is_local
from ser_features.manifest import Column

KEY = "file_id"

MOST_KEPT = 256
"""Tables whose values stay in memory: of some hundred recordings each, about a megabyte."""


def encoded(file_ids: Sequence[str], values: np.ndarray, columns: Sequence[Column]) -> bytes:
    """Parquet file of some recordings' values; NaN becomes null.

    Args:
        file_ids: of the recordings.
        values: (recordings, columns) float32.
        columns: their names, units and meanings, in order.
    """
    from ser_features.store.schema import field

    schema = pa.schema([pa.field(KEY, pa.string()), *map(field, columns)])
    arrays = [pa.array(values[:, place], from_pandas=True) for place in range(values.shape[1])]
    table = pa.table([pa.array(file_ids, pa.string()), *arrays], schema=schema)
    file = io.BytesIO()
    # Without statistics and dictionaries, which would take more room than the values of so few rows.
    pq.write_table(table, file, compression="zstd", use_dictionary=False, write_statistics=False)
    return file.getvalue()


def read_wide(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Read some columns, or all, and file_id.

    Raises:
        StoreError: if the file is missing or is no such table.
    """
    wanted = None if columns is None else [KEY, *columns]
    try:
        source = path if is_local(path) else io.BytesIO(path.read_bytes())
        with pq.ParquetFile(source) as file:
            return file.read(wanted, use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{path} cannot be read ({error}): run ser extract again to redo it") from error


def values_of(path: Path, columns: tuple[str, ...]) -> tuple[dict[str, int], np.ndarray]:
    """Rows of a table by file_id, and their values, (rows, columns) float32; NaN where null.

    A training reads the same tables for every fold and side, and decoding them takes longer than fitting:
    what was read lately is kept as long as the file stays what it was. It is not to be written into.

    Raises:
        StoreError: as `read_wide`.
    """
    return _values_of(path, columns, stamp(path) if is_local(path) else None)


@lru_cache(maxsize=MOST_KEPT)
def _values_of(
    path: Path, columns: tuple[str, ...], stamped: tuple[int, int] | None
) -> tuple[dict[str, int], np.ndarray]:
    table = read_wide(path, columns)
    rows = {file_id: row for row, file_id in enumerate(table[KEY].to_pylist())}
    return rows, matrix(table, columns)


def matrix(table: pa.Table, columns: Sequence[str]) -> np.ndarray:
    """Values of a table, (rows, columns) float32; NaN where null."""
    found = np.empty((len(table), len(columns)), np.float32)
    for place, name in enumerate(columns):
        found[:, place] = table[name].to_numpy()
    return found
