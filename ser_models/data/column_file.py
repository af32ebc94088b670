"""Columns of a large store on disk, for models that are fitted batch by batch.

tables of a store → `read_columns` → rows without these columns + `ColumnFile`, float32, row after row
rows → `ColumnFile.read` → `StoredColumns`, read where they are accessed

The file is temporary and memory-mapped: the system drops its pages when memory is needed, and removes it with
the process.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
import pyarrow as pa

from ser_features.files import writing
from ser_features.store.description import completed
from ser_features.store.scan import scan
from ser_models.data.stored_columns import StoredColumns

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow.dataset as ds

    from ser_features.store import Store

AHEAD = 1
"""Tables that are read ahead of the one that is written."""

PLACE = "row_on_disk"
"""Column of the rows: their place in the file."""

ALSO_IN_ROWS = frozenset(("duration_sec",))
"""Columns that reports and audits read too."""

ALWAYS = frozenset(
    (
        "path",
        "speaker",
        "gender",
        "emotion",
        "emotion_code",
        "vocal_channel",
        "session",
        "source_sample_rate",
        "channels",
        "audio_sha256",
        "audio_channel",
        "start",
        "end",
    )
)
"""Columns that the rows have even if they are null in every row."""


@dataclass(frozen=True)
class ColumnFile:
    """Columns of stored rows.

    Attributes:
        names: of the columns.
        values: (rows, columns) float32, memory-mapped; NaN where missing.
    """

    names: tuple[str, ...]
    values: np.ndarray

    @classmethod
    def of(cls, stored: "ds.Dataset", names: Sequence[str]) -> Self:
        """Write columns of a store's rows to a file, batch by batch.

        Args:
            stored: from `ser_features.store.scan`.
            names: columns of numbers.

        Raises:
            StoreError: if the disk is full.
        """
        file = tempfile.TemporaryFile()  # noqa: SIM115  open as long as it is mapped
        count = 0
        with writing("the columns of the training", Path(tempfile.gettempdir())):
            for batch in stored.to_batches(columns=list(names), fragment_readahead=AHEAD):
                matrix = np.column_stack([column.to_numpy(zero_copy_only=False) for column in batch.columns])
                file.write(np.ascontiguousarray(matrix, np.float32).data)
                count += len(matrix)
            file.flush()
        return cls(tuple(names), np.memmap(file, np.float32, "r", shape=(count, len(names))))

    def read(self, rows: "pd.DataFrame", names: Sequence[str]) -> "StoredColumns":
        """Return columns of rows, which are read where they are accessed.

        Args:
            rows: with the column `PLACE`.
            names: all of them are in the file.
        """
        columns = np.array([self.names.index(name) for name in names])
        return StoredColumns(self.values, rows[PLACE].to_numpy(), columns)


def read_columns(
    store: "Store", datasets: Sequence[str], names: Sequence[str]
) -> "tuple[pd.DataFrame, ColumnFile]":
    """Read the rows of a store table by table, and write some of their columns to a file.

    Args:
        store: an open feature store.
        datasets: corpora, by their names in it.
        names: columns of numbers, all of which it has.

    Returns:
        Rows as of `Store.files`, but in the order of the tables, with `PLACE` instead of the columns, and
        without most columns that are null in every row; and the columns.

    Raises:
        StoreError: if the disk is full.
    """
    stored = scan(store, "files", datasets)
    columns = ColumnFile.of(stored, names)
    apart = {*names} - ALSO_IN_ROWS
    kept = stored.to_table(columns=[name for name in stored.schema.names if name not in apart])
    kept = completed(kept.set_column(0, "dataset", kept["dataset"].cast(pa.string())))
    empty = [name for name in kept.column_names if kept[name].null_count == len(kept)]
    # Batches of strings take twice their size; one chunk of each column does not.
    kept = kept.drop_columns([name for name in empty if name not in ALWAYS]).combine_chunks()
    rows = kept.to_pandas()
    del kept
    pa.default_memory_pool().release_unused()  # the allocator would keep more than the rows take
    return rows.assign(**{PLACE: np.arange(len(rows), dtype=np.int32)}), columns
