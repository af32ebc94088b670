r"""JSON lines, or a list of objects → cells. Columns of lists or objects are not read, which a note says.

>>> rows = parse('{"path": "a.wav", "label": "joy", "age": 36}\n{"path": "b.wav", "words": [1, 2]}\n')
>>> sheet_of(rows)
Sheet(header=('path', 'label', 'age'), rows=(Row(number=1, cells=('a.wav', 'joy', '36')),
Row(number=2, cells=('b.wav', '', ''))), delimiter=',', guessed=None,
notes=('column words holds lists or objects and is not read',))
"""

import json
from collections.abc import Mapping
from typing import Any

from ser_features.errors import InputError, shown
from ser_features.tables.cells import Row, Sheet, decode
from ser_features.tables.forms import TableSource, cell, notes_on_nested


def read(source: TableSource) -> Sheet:
    """Read a file of one object per line, or of a list of objects."""
    try:
        text, _ = decode(source.path.read_bytes())
        return sheet_of(parse(text.removeprefix("\ufeff")))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"{source.path} cannot be read ({error}): expected one JSON object per line, or a list of objects"
        ) from error


def parse(text: str) -> list[tuple[int, Mapping[str, Any]]]:
    """Objects with their numbers, from 1: of lines, or in the list.

    Raises:
        ValueError: if it is not JSON, or something else than objects.
    """
    numbered = values(text)
    for number, value in numbered:
        if not isinstance(value, dict):
            raise ValueError(f"row {number} is {shown(value)}")
    return numbered


def values(text: str) -> list[tuple[int, Any]]:
    """Values with their numbers, as `parse`, of any kind.

    Raises:
        ValueError: if it is not JSON.
    """
    if text.lstrip().startswith("["):
        return list(enumerate(json.loads(text), start=1))
    lines = enumerate(text.splitlines(), start=1)
    return [(number, _line(number, line)) for number, line in lines if line.strip()]


def _line(number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise ValueError(f"line {number}: {error}") from error


def sheet_of(rows: list[tuple[int, Mapping[str, Any]]]) -> Sheet:
    """The cells of objects, whose names are the columns in the order in which they first occur."""
    names = list(dict.fromkeys(name for _, values in rows for name in values))
    nested = {name for _, values in rows for name, value in values.items() if isinstance(value, list | dict)}
    header = tuple(name for name in names if name not in nested)
    return Sheet(
        tuple(name.strip() for name in header),
        tuple(Row(number, tuple(cell(values.get(name)) for name in header)) for number, values in rows),
        notes=notes_on_nested(name for name in names if name in nested),
    )
