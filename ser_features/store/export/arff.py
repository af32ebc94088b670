r"""One ARFF file, the format of Weka and openSMILE: typed attributes, the emotion last, as the class.

`Rows` → attributes (values of nominal ones are collected first) → one line per recording, batch by batch

>>> print(quoted(pa.array(["plain", "it's 5 %", "", None])).to_pylist())
['plain', "'it\\'s 5 \\%'", "''", '?']
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from ser_features.files import replacing, writing
from ser_features.outputs import first_line
from ser_features.store.export.base import Format, Rows

START = "% Written by ser store export"
CLASS = "emotion"
"""The attribute that classifiers predict by default: the last one."""

NOMINAL = ("dataset", "speaker", "gender", "language", "intensity", "modality", "vocal_channel", CLASS)
"""Text columns with few values, which are declared; other text is of type string."""

DATE, PATTERN = "source_mtime", "yyyy-MM-dd'T'HH:mm:ss"
"""The column of timestamps, in ns since 1970, and its ARFF date format (UTC)."""

ESCAPES = (
    ("\\", "\\\\"),
    ("'", "\\'"),
    ('"', '\\"'),
    ("%", "\\%"),
    ("\t", "\\t"),
    ("\n", "\\n"),
    ("\r", "\\r"),
)
"""Escapes inside quotes, as Weka writes them."""

PLAIN = r"^[A-Za-z0-9_.+-][A-Za-z0-9_.+/:-]*$"
"""Text that needs no quotes."""


class Arff(Format):
    """Attribute-Relation File Format, for Weka and compatible tools."""

    name: ClassVar[str] = "arff"

    def owns(self, path: Path) -> bool:
        """Whether a file begins with our comment."""
        return first_line(path).startswith(START)

    def write(self, rows: Rows, path: Path) -> None:
        """Write one file, batch by batch; the rows are read twice, first for the nominal values."""
        names = [name for name in rows.schema.names if name != CLASS] + [CLASS]
        words = rows.words(NOMINAL)
        with writing("the export", path), replacing(path) as file:
            for line in _header(rows, names, words):
                file.write(f"{line}\n".encode())
            for batch in rows.batches(names):
                lines = pc.binary_join_element_wise(*map(_values, names, batch.columns), ",")
                file.write("".join(f"{line}\n" for line in lines.to_pylist()).encode())

    def next_step(self, path: Path) -> str:
        """How to use the file in Weka."""
        return (
            f"open {path} in Weka; remove the attributes before duration_sec, which say what a recording "
            "is, before you train"
        )


def quoted(texts: pa.Array) -> pa.Array:
    """Format text as values of an ARFF file: quoted where needed, ? for null."""
    plain = pc.match_substring_regex(texts, PLAIN)
    escaped: pa.Array = texts
    for raw, safe in ESCAPES:
        escaped = pc.replace_substring(escaped, pattern=raw, replacement=safe)
    within = pc.binary_join_element_wise("'", escaped, "'", "")
    return pc.fill_null(pc.if_else(plain, texts, within), "?")


def _header(rows: Rows, names: Sequence[str], words: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Everything before the rows: source, description, unit and type of each attribute."""
    store = rows.store
    yield f"{START}: {', '.join(rows.datasets)}, profile {store.profile.name} ({store.digest})"
    yield "@relation ser"
    yield ""
    for name in names:
        field = rows.schema.field(name)
        metadata = {
            key.decode(): " ".join(text.decode().split()) for key, text in (field.metadata or {}).items()
        }
        unit = f" [{metadata['unit']}]" if metadata.get("unit") else ""
        yield f"% {metadata.get('description', '')}{unit}"
        yield f"@attribute {_word(name)} {_type(field, words)}"
    yield ""
    yield "@data"


def _type(field: pa.Field, words: Mapping[str, Sequence[str]]) -> str:
    if field.name == DATE:
        return f'date "{PATTERN}"'
    if field.name in words:
        return "{" + ",".join(map(_word, words[field.name])) + "}"
    return "string" if pa.types.is_string(field.type) else "numeric"


def _word(text: str) -> str:
    return str(quoted(pa.array([text]))[0].as_py())


def _values(name: str, column: pa.Array) -> pa.Array:
    """A column as text, to be joined into lines."""
    if name == DATE:
        moments = pc.cast(pc.divide(column, 10**9), pa.timestamp("s"))
        return pc.fill_null(pc.strftime(moments, '"%Y-%m-%dT%H:%M:%S"'), "?")
    if pa.types.is_string(column.type):
        return quoted(column)
    return pc.fill_null(pc.cast(column, pa.string()), "?")
