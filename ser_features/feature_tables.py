"""Tables of `feature_rows.frame` on stdout or in a file, CSV or Parquet.

path, format → `check_output` → format; table → `write_table` → stdout, or a file that appears complete
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from ser_features.errors import InputError
from ser_features.files import replacing, writing
from ser_features.outputs import first_line, refuse_to_replace

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("csv", "parquet")
FIRST, LAST = "file", "error"
"""Names of the first and the last column."""


def check_output(out: Path | None, form: str | None, *, force: bool = False) -> str:
    """Return the format of an output before any work is done.

    Args:
        out: file; None for stdout.
        form: one of `FORMATS`; None for the suffix of the file, or CSV.
        force: whether a file is replaced that is no such table.

    Raises:
        InputError: if the format is unknown, stdout cannot show it, or another file is there.
    """
    chosen = form or (out.suffix.lstrip(".").lower() if out is not None else "csv")
    if chosen not in FORMATS:
        raise InputError(f"--out {out} as {chosen or 'nothing'}: expected --format {', '.join(FORMATS)}")
    if out is None:
        if chosen == "parquet":
            raise InputError(
                "--format parquet without --out: a screen cannot show it: pass --out FILE.parquet"
            )
        return chosen
    refuse_to_replace(out, force=force, is_ours=_is_ours)
    return chosen


def write_table(table: "pd.DataFrame", form: str, out: Path | None) -> None:
    """Write a table.

    Raises:
        StoreError: if the file cannot be written.
    """
    if out is None:
        table.to_csv(sys.stdout, index=False)
        return
    with writing("the features", out), replacing(out) as file:
        if form == "parquet":
            table.to_parquet(file, index=False, compression="zstd")
        else:
            file.write(table.to_csv(index=False).encode())


def _is_ours(path: Path) -> bool:
    """Whether a file has the first and the last column of such a table."""
    try:
        names = pq.read_schema(path).names
    except (OSError, pa.ArrowException):
        names = first_line(path).strip().split(",")
    return bool(names) and (names[0], names[-1]) == (FIRST, LAST)
