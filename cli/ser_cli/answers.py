"""Answers to `ser store query` on stdout: a table to read, CSV or JSON for programs.

`Answer` → `WRITERS[format]` → stdout; how many rows a table leaves out is told on stderr
"""

import csv
import json
import math
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any

from ser_cli.tables import print_table
from ser_features.store.query import Answer

SHOWN = 200
"""Longer tables are cut short on screen."""

NOTHING = "–"
"""Stands where there is no value, in a table."""


def write_table(answer: Answer) -> None:
    """Print the first rows as a table, numbers to the right with six digits."""
    rows: list[list[str]] = []
    left_out = 0
    for batch in answer.batches():
        rows += [[_cell(value) for value in row] for row in batch[: SHOWN - len(rows)]]
        left_out += len(batch)
    left_out -= len(rows)
    columns = zip(answer.columns, *rows, strict=True)
    aligned = [_aligned(texts, right) for texts, right in zip(columns, answer.numeric, strict=True)]
    header, *lines = zip(*aligned, strict=True)
    print_table(header, lines)
    if left_out:
        print(
            f"and {left_out:,} rows more: add an order by and a limit, or --format csv for all of them",
            file=sys.stderr,
        )


def write_csv(answer: Answer) -> None:
    """Print all rows as CSV; nothing stands for null."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(answer.columns)
    for batch in answer.batches():
        writer.writerows(batch)


def write_json(answer: Answer) -> None:
    """Print all rows as a JSON list of objects, one per line; what is no number is null."""
    lines = (_object(answer.columns, row) for row in chain.from_iterable(answer.batches()))
    print("[", end="")
    for place, line in enumerate(lines):
        print(",\n " if place else "\n ", line, sep="", end="")
    print("\n]")


WRITERS: dict[str, Callable[[Answer], None]] = {
    "table": write_table,
    "csv": write_csv,
    "json": write_json,
}
"""By the word of `--format`."""


def _cell(value: Any) -> str:
    if value is None:
        return NOTHING
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _aligned(texts: Sequence[str], right: bool) -> list[str]:
    """Give all texts of a column one width."""
    width = max(len(text) for text in texts)
    return [text.rjust(width) if right else text.ljust(width) for text in texts]


def _object(names: Sequence[str], row: Sequence[Any]) -> str:
    values = (None if isinstance(value, float) and not math.isfinite(value) else value for value in row)
    return json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    """Write what JSON does not have: decimals as numbers, moments and the rest as text."""
    return float(value) if isinstance(value, Decimal) else str(value)
