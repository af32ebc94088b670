"""Families of thousands of columns: Parquet tables of their own beside files/, by file_id.

values of a shard's recordings → `encoded` → functionals/dataset=…/<frame_shard>.parquet → `read_wide`

They are written, named by their content, verified and removed in the manner of frame files: a row of files/
refers to them by its `frame_shard`, and the metadata of its table has their SHA-256. Values of a table that
were read lately stay in memory, up to `CACHE_BYTES`.

>>> content = encoded(["own/a"], np.ones((1, 1), np.float32), [Column("x__mean", "float32", "Hz", "Mean.")])
>>> pq.read_table(io.BytesIO(content)).to_pylist()
[{'file_id': 'own/a', 'x__mean': 1.0}]
"""

import io
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from pathlib import Path
from threading import Lock

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ser_features.audio import stamp
from ser_features.errors import StoreError
from ser_features.files import is_local
from ser_features.manifest import Column
from ser_features.store.description import arrow_field

KEY = "file_id"

CACHE_BYTES = 256 * 2**20
"""Memory for values of tables that were read lately."""

ROW_BYTES = 200
"""Approximate memory of one file_id and its row number in a cached table."""

Values = tuple[dict[str, int], np.ndarray]
"""Row number by file_id, and float32 values of shape (rows, columns)."""


class ValueCache:
    """Values of tables, bounded by their bytes; the least recently used are dropped first.

    Attributes:
        budget: largest number of bytes in total.
        size: number of bytes that are held.
    """

    def __init__(self, budget: int = CACHE_BYTES) -> None:
        self.budget, self.size = budget, 0
        self._tables: OrderedDict[Hashable, Values] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Values | None:
        """Values of a table; None if they are not held."""
        with self._lock:
            if key in self._tables:
                self._tables.move_to_end(key)
            return self._tables.get(key)

    def put(self, key: Hashable, values: Values) -> None:
        """Hold the values of a table, unless it alone exceeds the budget."""
        with self._lock:
            if key in self._tables or size_of(values) > self.budget:
                return
            self._tables[key] = values
            self.size += size_of(values)
            while self.size > self.budget:
                self.size -= size_of(self._tables.popitem(last=False)[1])


def size_of(values: Values) -> int:
    """Bytes of a table's values in memory."""
    rows, array = values
    return array.nbytes + ROW_BYTES * len(rows)


_cache = ValueCache()


def encoded(file_ids: Sequence[str], values: np.ndarray, columns: Sequence[Column]) -> bytes:
    """Parquet file of some recordings' values; NaN becomes null.

    Args:
        file_ids: of the recordings.
        values: (recordings, columns) float32.
        columns: their names, units and descriptions, in order.
    """
    schema = pa.schema([pa.field(KEY, pa.string()), *map(arrow_field, columns)])
    arrays = [pa.array(values[:, index], from_pandas=True) for index in range(values.shape[1])]
    table = pa.table([pa.array(file_ids, pa.string()), *arrays], schema=schema)
    file = io.BytesIO()
    # Statistics and dictionaries would take more room than the values of so few rows.
    pq.write_table(table, file, compression="zstd", use_dictionary=False, write_statistics=False)
    return file.getvalue()


def read_wide(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Read some columns, or all, and file_id.

    Raises:
        StoreError: if the file is missing or is no such table.
    """
    names = None if columns is None else [KEY, *columns]
    try:
        source = path if is_local(path) else io.BytesIO(path.read_bytes())
        with pq.ParquetFile(source) as file:
            return file.read(names, use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{path} cannot be read ({error}): run ser extract again to redo it") from error


def values_of(path: Path, columns: tuple[str, ...]) -> Values:
    """Values of a table, to be read only; NaN where null.

    A training reads the same tables for every fold, and decoding them takes longer than fitting: they are
    cached until the file changes or others need the room.

    Raises:
        StoreError: as `read_wide`.
    """
    key = (path, columns, stamp(path) if is_local(path) else None)
    values = _cache.get(key)
    if values is None:
        table = read_wide(path, columns)
        rows = {file_id: row for row, file_id in enumerate(table[KEY].to_pylist())}
        values = rows, _matrix(table, columns)
        _cache.put(key, values)
    return values


def _matrix(table: pa.Table, columns: Sequence[str]) -> np.ndarray:
    """Values of a table, (rows, columns) float32; NaN where null."""
    result = np.empty((len(table), len(columns)), np.float32)
    for index, name in enumerate(columns):
        result[:, index] = table[name].to_numpy()
    return result
