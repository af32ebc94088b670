"""Segments → the table that `ser extract` and `ser predict` read.

path, `Segmented` → `rows_of` → `write_table` → CSV with the columns `COLUMNS`
"""

import csv
import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from ser_features.files import replacing, writing
from ser_features.vad.files import Segmented

COLUMNS = ("path", "start", "end", "channel", "speaker", "speech_probability")
"""Path of the file; start and end in s; number of the channel, from 1, and the speaker on it, both empty for
a mix; mean probability of speech, 0 to 1."""


def rows_of(path: Path, segmented: Segmented, folder: Path | None = None) -> Iterator[dict[str, object]]:
    """Yield the row of each segment of a file.

    Args:
        path: of the file.
        segmented: its segments.
        folder: of the table: paths below it are relative to it, others absolute; None leaves `path` as it is.
    """
    name = path if folder is None else _relative(path, folder)
    for one in segmented.segments:
        yield {
            "path": name.as_posix(),
            "start": one.start,
            "end": one.end,
            "channel": one.channel,
            "speaker": f"{name.with_suffix('').as_posix()} channel {one.channel}" if one.channel else None,
            "speech_probability": one.probability,
        }


def write_table(table: Path, rows: Iterable[dict[str, object]]) -> None:
    """Write rows into a CSV file that appears whole or not at all.

    Raises:
        StoreError: if the disk is full or failing.
    """
    with writing("the segments", table.parent), replacing(table) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        text.flush()
        text.detach()


def is_table(path: Path) -> bool:
    """Whether a file begins as `write_table` begins it."""
    from ser_features.outputs import first_line

    return first_line(path).rstrip() == ",".join(COLUMNS)


def _relative(path: Path, folder: Path) -> Path:
    file, beside = Path(os.path.abspath(path)), Path(os.path.abspath(folder))  # noqa: PTH100  links stay
    return file.relative_to(beside) if file.is_relative_to(beside) else file
