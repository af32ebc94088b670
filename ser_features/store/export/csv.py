"""One CSV file: text in quotes, numbers as they are, nothing where nothing is known.

`Rows` → pyarrow's writer → UTF-8, one header line
"""

from pathlib import Path
from typing import ClassVar

from pyarrow import csv

from ser_features.files import replacing, writing
from ser_features.store.export.base import Format, Rows, first_line

START = '"dataset","file_id",'
"""How the header of every export begins."""


class Csv(Format):
    """Comma-separated values, for everything that reads tables."""

    name: ClassVar[str] = "csv"

    def owns(self, path: Path) -> bool:
        """Whether a file begins with the columns that ours begin with."""
        return first_line(path).startswith(START)

    def write(self, rows: Rows, path: Path) -> None:
        """Write one file, batch by batch."""
        options = csv.WriteOptions(quoting_style="needed")  # text always, so that "" is not null
        with (
            writing("the export", path),
            replacing(path) as file,
            csv.CSVWriter(file, rows.schema, write_options=options) as writer,
        ):
            for batch in rows.batches():
                writer.write_batch(batch)

    def following(self, path: Path) -> str:
        """Name the file's usual reader."""
        return f"python -c 'import pandas as pd; print(pd.read_csv(\"{path}\"))'"
