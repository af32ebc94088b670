"""Export of a store's rows to other formats: one module per format, and a registry.

`Store` → `Rows` (batch by batch) → `FORMATS[name]` → one file or folder, complete or absent

    exported = export(open_store(root), "arff", Path("speech.arff"))
    exported.recordings, exported.columns

The position of a row's frames is left out, as it has no meaning outside of the store.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ser_features.errors import InputError
from ser_features.outputs import refuse_to_replace
from ser_features.store.export.arff import Arff
from ser_features.store.export.audformat import Audformat
from ser_features.store.export.base import Format, Rows
from ser_features.store.export.csv import Csv
from ser_features.store.export.parquet import Parquet
from ser_features.store.read import Store

__all__ = ["FORMATS", "Exported", "Format", "export"]

FORMATS: dict[str, Format] = {one.name: one for one in (Csv(), Parquet(), Arff(), Audformat())}
"""By the value of `--format`."""


@dataclass(frozen=True, slots=True)
class Exported:
    """Result of an export.

    Attributes:
        recordings: number of recordings.
        datasets: their corpora.
        columns: number of columns.
        next_step: how to use the file, as a command or a sentence.
    """

    recordings: int
    datasets: tuple[str, ...]
    columns: int
    next_step: str


def export(
    store: Store,
    format: str,
    out: Path,
    datasets: Sequence[str] | None = None,
    on_rows: Callable[[int], None] = lambda count: None,
    *,
    features: Sequence[str] = (),
    force: bool = False,
) -> Exported:
    """Write a store's rows in another format.

    Args:
        store: the store.
        format: a name in `FORMATS`.
        out: path of the file or folder; an earlier export in the same format is replaced in one step.
        datasets: corpora to write; all by default.
        on_rows: called with the number of rows of each batch that was read; a format may read them twice.
        features: wide families whose columns follow those of the rows, such as "functionals".
        force: whether a file at `out` is replaced that is no export in this format.

    Raises:
        InputError: if the format, a corpus or a family is unknown, there are no rows, or `out` is another
            file.
        MissingExtraError: if the format needs a package that is not installed.
        StoreError: if a table cannot be read, or `out` cannot be written.
    """
    if format not in FORMATS:
        raise InputError(f"unknown format {format!r}: expected one of {', '.join(FORMATS)}")
    writer = FORMATS[format]
    refuse_to_replace(out, force=force, is_ours=writer.owns)
    rows = Rows.of(store, datasets, on_rows, features)
    if not (recordings := rows.count()):
        raise InputError(f"{store.root} has no recordings to export: run ser extract --store {store.root}")
    writer.write(rows, out)
    return Exported(recordings, rows.datasets, len(rows.schema), writer.next_step(out))
