"""One CSV file: text in quotes, numbers without, null as an empty field.

`Rows` → pyarrow's writer → UTF-8, one header line
"""

from pathlib import Path
from typing import ClassVar

from pyarrow import csv

from ser_features.files import replacing, writing
from ser_features.outputs import first_line
from ser_features.store.export.base import Format, Rows

START = '"dataset","file_id",'
"""Beginning of the header of every export."""


class Csv(Format):
    """Comma-separated values."""

    name: ClassVar[str] = "csv"

    def owns(self, path: Path) -> bool:
        """Whether the header of a file begins as that of our exports."""
        return first_line(path).startswith(START)

    def write(self, rows: Rows, path: Path) -> None:
        """Write one file, batch by batch."""
        options = csv.WriteOptions(quoting_style="needed")  # all text, so that "" differs from null
        with (
            writing("the export", path),
            replacing(path) as file,
            csv.CSVWriter(file, rows.schema, write_options=options) as writer,
        ):
            for batch in rows.batches():
                writer.write_batch(batch)

    def next_step(self, path: Path) -> str:
        """Command that reads the file with pandas."""
        return f"python -c 'import pandas as pd; print(pd.read_csv(\"{path}\"))'"
