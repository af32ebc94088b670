r"""Text of a square matrix → its numbers, and the names of its rows and columns.

text → cells → row of names, column of names, numbers → `Grid`

Names are recognised by the number of rows and columns. They may be numbers if rows and columns have them.

>>> read_grid("angry;sad\n8;2\n1;9\n").labels
('angry', 'sad')
>>> read_grid("anger 80% 20%\nsadness 10% 90%").values.tolist()
[[80.0, 20.0], [10.0, 90.0]]
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ser_features.errors import InputError
from ser_features.labels import spelled
from ser_features.tables.cells import parse

MOST_CLASSES = 100
NUMBER = re.compile(r"([0-9]+(?:[.,][0-9]+)?|[.,][0-9]+)\s*%?")


@dataclass(frozen=True, slots=True)
class Grid:
    """A square matrix.

    Attributes:
        values: (classes, classes), 0 or more.
        labels: names of the classes, in their order; numbers from 1 if the text has none.
        notes: how names were understood.
    """

    values: np.ndarray
    labels: tuple[str, ...]
    notes: tuple[str, ...] = ()


def read_grid(text: str) -> Grid:
    """Read a matrix.

    Raises:
        InputError: if it is not square, has other cells than numbers, or two names of one class.
    """
    rows = _cells(text)
    has_header, has_names = _named_sides(rows)
    header = tuple(rows.pop(0)) if has_header else ()
    names = tuple(row.pop(0) for row in rows) if has_names else ()
    if len(rows) > MOST_CLASSES or any(len(row) != len(rows) for row in rows):
        raise _not_square(rows)
    values = np.array([[_number(cell) for cell in row] for row in rows])
    return _named(values, *(tuple(map(spelled, several)) for several in (names, header[-len(rows) :])))


def _named_sides(rows: Sequence[Sequence[str]]) -> tuple[bool, bool]:
    """Whether there is a row and whether there is a column of names, by the number of rows and columns.

    Raises:
        InputError: if the numbers are none of a square matrix.
    """
    height, width = len(rows), len(rows[-1]) if rows else 0
    if height and height == width:
        corner = rows[0][0] if len(rows[0]) == width else ""
        are_names = not any(map(str.isdigit, corner))
        return are_names, are_names
    names = rows[0] if height > width else [row[0] for row in rows]
    if abs(height - width) != 1 or any(map(NUMBER.fullmatch, names)):  # numbers are totals rather than names
        raise _not_square(rows)
    return height > width, width > height


def _not_square(rows: Sequence[Sequence[str]]) -> InputError:
    lengths = ", ".join(str(number) for number in sorted({len(row) for row in rows})) or "no"
    return InputError(
        f"{len(rows)} rows of {lengths} numbers, expected a square matrix: leave out totals and figures of "
        "other kinds"
    )


def _cells(text: str) -> list[list[str]]:
    """The cells of each row that is not empty; blanks separate them if nothing else does.

    Raises:
        InputError: if a quotation mark is left open.
    """
    try:
        sheet = parse(text.removeprefix("\ufeff"), lambda names: 0)
    except csv.Error as error:
        raise InputError(f"no matrix ({error}): expected rows of numbers") from error
    if len(sheet.header) > 1:
        return [[*sheet.header], *([*row.cells] for row in sheet.rows)]
    return [line.split() for line in text.splitlines() if line.strip()]


def _number(cell: str) -> float:
    """Value of a cell.

    Raises:
        InputError: if it is no number of 0 or more.
    """
    if (match := NUMBER.fullmatch(cell)) is None:
        raise InputError(f"found {cell!r}, expected a count or a percentage: correct it")
    return float(match[1].replace(",", "."))


def _named(values: np.ndarray, rows: tuple[str, ...], columns: tuple[str, ...]) -> Grid:
    """The matrix with its columns in the order of its rows.

    Raises:
        InputError: if two classes have one name.
    """
    labels = rows or columns or tuple(str(number) for number in range(1, len(values) + 1))
    if len({*labels}) < len(labels):
        raise InputError(f"classes {', '.join(labels)}, expected different names: rename one")
    if not (rows and columns) or rows == columns:
        return Grid(values, labels)
    if {*rows} == {*columns}:
        order = [columns.index(label) for label in rows]
        return Grid(
            values[:, order], rows, ("columns are in another order than rows: matched by their names",)
        )
    return Grid(values, rows, (f"columns {', '.join(columns)} are read as {', '.join(rows)}",))
