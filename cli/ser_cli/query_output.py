"""Results of `ser store query` on stdout: a table to read, CSV or JSON for programs.

`QueryResult` → `WRITERS[format]` → stdout; the number of rows that a table omits goes to stderr
"""

import csv
import json
import math
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any

from ser_cli.streams import ABSENT
from ser_cli.tables import print_table
from ser_features.store.query import QueryResult

SHOWN = 200
"""Maximum number of rows of a table."""


def write_table(result: QueryResult) -> None:
    """Print the first rows as a table; numbers are right-aligned, with six significant digits."""
    rows: list[list[str]] = []
    omitted = 0
    for batch in result.batches():
        rows += [[_cell(value) for value in row] for row in batch[: SHOWN - len(rows)]]
        omitted += len(batch)
    omitted -= len(rows)
    left = [column for column, numeric in enumerate(result.numeric) if not numeric]
    print_table(result.columns, rows, left=left)
    if omitted:
        print(
            f"and {omitted:,} more rows: add order by and limit, or use --format csv for all rows",
            file=sys.stderr,
        )


def write_csv(result: QueryResult) -> None:
    """Print all rows as CSV; null is an empty field."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(result.columns)
    for batch in result.batches():
        writer.writerows(batch)


def write_json(result: QueryResult) -> None:
    """Print all rows as a JSON list of objects, one per line; NaN and infinity become null."""
    lines = (_object(result.columns, row) for row in chain.from_iterable(result.batches()))
    print("[", end="")
    for index, line in enumerate(lines):
        print(",\n " if index else "\n ", line, sep="", end="")
    print("\n]")


WRITERS: dict[str, Callable[[QueryResult], None]] = {
    "table": write_table,
    "csv": write_csv,
    "json": write_json,
}
"""Writer of each value of `--format`."""


def _cell(value: Any) -> str:
    if value is None:
        return ABSENT
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _object(names: Sequence[str], row: Sequence[Any]) -> str:
    values = (None if isinstance(value, float) and not math.isfinite(value) else value for value in row)
    return json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    """Convert types that JSON does not have: decimals to numbers, dates and others to text."""
    return float(value) if isinstance(value, Decimal) else str(value)
