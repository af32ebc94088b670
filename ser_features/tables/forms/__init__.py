"""Tables that are no delimited text → header and rows of cells, as `tables.cells` has them.

path of a file or folder, or `FOLDER#table` → `source_of` → `TableSource` → `read` → `Sheet`

Cells are text: times in s, missing values empty. The readers rename no columns but the path.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from ser_features.tables.cells import Sheet


@dataclass(frozen=True, slots=True)
class Form:
    """A format of tables.

    Attributes:
        module: of this package, whose `read` takes a `TableSource`.
        suffixes: of the names of its files.
        patterns: of files by which a folder of it is recognised.
        has_tables: whether a folder has several tables, of which `FOLDER#table` names one.
    """

    module: str
    suffixes: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    has_tables: bool = False


JSON = Form("json_lines", suffixes=(".jsonl", ".ndjson", ".json"))

FORMS = (
    Form("audformat", patterns=("db.yaml",), has_tables=True),
    Form("kaldi", patterns=("wav.scp",)),
    JSON,
    Form("parquet", suffixes=(".parquet",), patterns=("*.parquet", "data/*.parquet")),
)
"""In this order: a folder is of the first format that recognises it."""

TABLE = "#"
"""Separates the path of a folder from the name of one of its tables."""


@dataclass(frozen=True, slots=True)
class TableSource:
    """Where a table is.

    Attributes:
        form: its format.
        path: of the file or folder.
        folder: that relative paths are below.
        table: name of the table in the folder; None if none is named.
    """

    form: Form
    path: Path
    folder: Path
    table: str | None = None

    @property
    def name(self) -> str:
        """Of the file without its suffix or of the folder, and of the table in it."""
        is_file = self.path != self.folder and self.path.name not in self.form.patterns
        name = self.path.stem if is_file else Path(os.path.abspath(self.folder)).name  # noqa: PTH100
        return name if self.table is None else f"{name}_{self.table}"


def source_of(path: Path) -> TableSource | None:
    """The table that a path names; None if it is in none of `FORMS`.

    Args:
        path: of a file, of a folder, or of a folder and `#` and one of its tables.
    """
    table = None
    if TABLE in path.name and not os.path.lexists(path):
        name, _, table = path.name.rpartition(TABLE)
        path = path.with_name(name) if name else path.parent
    for form in FORMS:
        folder = _folder(form, path)
        if folder is not None and (table is None or form.has_tables):
            return TableSource(form, path, folder, table)
    return None


def read(source: TableSource) -> Sheet:
    """Read a table.

    Raises:
        InputError: if it is damaged or lacks what its format requires.
        MissingExtraError: if a package is needed that is not installed.
    """
    sheet: Sheet = import_module(f"{__name__}.{source.form.module}").read(source)
    return sheet


def cell(value: Any) -> str:
    """Cell of a value: empty for a missing one, true or false for a truth value.

    >>> cell(True), cell(None), cell(" joy "), cell(1.5)
    ('true', '', 'joy', '1.5')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value).strip()


def notes_on_nested(columns: Iterable[str]) -> tuple[str, ...]:
    """A line for each column whose values are no cells."""
    return tuple(f"column {name} holds lists or objects and is not read" for name in columns)


def _folder(form: Form, path: Path) -> Path | None:
    """Folder that the paths of a table are below; None if the path is none of this format."""
    if os.path.isdir(path):  # noqa: PTH112  a path may be anything that was typed
        return path if any(next(path.glob(pattern), None) for pattern in form.patterns) else None
    is_file = path.suffix.lower() in form.suffixes or path.name in form.patterns
    return path.parent if is_file and os.path.isfile(path) else None  # noqa: PTH113
