"""A store's rows in the formats of other houses: one file per format, a registry of all.

`Store` → `Rows` (a batch at a time) → `FORMATS[name]` → one file or folder, whole or not there at all

    exported = export(open_store(root), "arff", Path("speech.arff"))
    exported.recordings, exported.columns

Where the frames of a row lie is left out: it means nothing outside of the store.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ser_features.errors import InputError
from ser_features.store.export.arff import Arff
from ser_features.store.export.audformat import Audformat
from ser_features.store.export.base import Format, Rows
from ser_features.store.export.csv import Csv
from ser_features.store.read import Store

__all__ = ["FORMATS", "Exported", "Format", "export"]

FORMATS: dict[str, Format] = {each.name: each for each in (Csv(), Arff(), Audformat())}
"""By the word of `--format`."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes:
        recordings: how many.
        datasets: of which corpora.
        columns: of each recording.
        following: what to do with it next, as a command or in words.
    """

    recordings: int
    datasets: tuple[str, ...]
    columns: int
    following: str


def export(
    store: Store,
    format: str,
    out: Path,
    datasets: Sequence[str] | None = None,
    watch: Callable[[int], None] = lambda rows: None,
) -> Exported:
    """Write a store's rows in another format.

    Args:
        store: the store.
        format: a name in `FORMATS`.
        out: the file or folder to write; an earlier export in the same format is replaced in one step.
        datasets: corpora to write; all by default.
        watch: told how many rows were read, some at a time; a format may read them twice.

    Raises:
        InputError: if the format or a corpus is unknown, there are no rows, or something else is in the way.
        MissingExtraError: if the format needs a package that is not installed.
        StoreError: if a table cannot be read, or `out` cannot be written.
    """
    if format not in FORMATS:
        raise InputError(f"unknown format {format!r}: expected one of {', '.join(FORMATS)}")
    writer = FORMATS[format]
    if out.exists() and not writer.owns(out):
        raise InputError(
            f"{out} is no earlier export as {format} and is not replaced: pass another --out, or remove it"
        )
    rows = Rows.of(store, datasets, watch)
    if not (recordings := rows.count()):
        raise InputError(f"{store.root} has no recordings to export: run ser extract --store {store.root}")
    writer.write(rows, out)
    return Exported(recordings, rows.datasets, len(rows.schema), writer.following(out))
