"""One Parquet file: columns with their types, units and descriptions; emotion and gender in their order.

`Rows` → `with_types` → pyarrow's writer → one file, whose metadata names it as an export
"""

from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.parquet as pq

from ser_features.files import replacing, writing
from ser_features.store.export.base import Format, Rows
from ser_features.store.typed import CATEGORIES, field_with_type, with_types

WRITTEN_BY = b"ser store export"
"""Key of the metadata by which an earlier export is recognised."""


class Parquet(Format):
    """Parquet, for pandas, polars, DuckDB, R and others."""

    name: ClassVar[str] = "parquet"

    def owns(self, path: Path) -> bool:
        """Whether the metadata of a file says that it is an export."""
        try:
            return path.is_file() and WRITTEN_BY in (pq.read_metadata(path).metadata or {})
        except (OSError, pa.ArrowException):
            return False

    def write(self, rows: Rows, path: Path) -> None:
        """Write one file, batch by batch; the rows are read twice, first for the categories."""
        words = rows.words(CATEGORIES)
        fields = [field_with_type(field) for field in rows.schema]
        schema = pa.schema(fields, metadata={WRITTEN_BY: rows.store.digest})
        with (
            writing("the export", path),
            replacing(path) as file,
            pq.ParquetWriter(file, schema, compression="zstd") as writer,
        ):
            for batch in rows.batches():
                table = pa.Table.from_batches([batch])
                writer.write_table(with_types(table, words).cast(schema))

    def next_step(self, path: Path) -> str:
        """Command that reads the file with pandas."""
        return f"python -c 'import pandas as pd; print(pd.read_parquet(\"{path}\"))'"
