"""Cells of a table → values: missing words, genders, ages, and columns of numbers.

cell → `text_or_none` | `gender` | `age` → value, or `UnreadableError`
cells of a further column → `values` → type of the column and its values

>>> text_or_none("N/A"), gender("F"), age("36.0")
(None, 'female', 36)
>>> values(["4", "5", "NA"], decimal_comma=False), values(["007", "8"], decimal_comma=False)
(('float64', [4.0, 5.0, None]), ('string', ['007', '8']))
"""

import re
from collections.abc import Sequence

from ser_features.manifest import Value

MISSING = frozenset(
    {"", "-", "--", "?", ".", "na", "n/a", "n.a.", "<na>", "nan", "nat", "none", "null", "nil", "unknown"}
    | {"unk", "#n/a", "not available"}
)
"""Lower-case words for a missing value, as spreadsheets, pandas, R and corpora write it."""

GENDERS = {
    **dict.fromkeys(("f", "fem", "female", "woman", "w"), "female"),
    **dict.fromkeys(("m", "male", "man"), "male"),
}

MAX_AGE = 120

WHOLE_NUMBER = re.compile(r"([0-9]{1,3})(?:[.,]0+)?")
DECIMAL = re.compile(r"[+-]?(?:(?:0|[1-9][0-9]{0,14})(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-][0-9]{1,3})?")
"""A number without leading zeros, which make it a code; an exponent has a sign, as programs write it."""


class UnreadableError(ValueError):
    """A cell that is neither a value of its column nor a word for a missing one."""


def is_missing(cell: str) -> bool:
    """Whether a cell is empty or a word for a missing value."""
    return cell.lower() in MISSING


def text_or_none(cell: str) -> str | None:
    """The cell, or None if it is missing."""
    return None if is_missing(cell) else cell


def gender(cell: str) -> str | None:
    """female, male, or another word in lower case.

    Raises:
        UnreadableError: if the cell is a number or a code.
    """
    if is_missing(cell):
        return None
    word = cell.lower()
    if word in GENDERS:
        return GENDERS[word]
    if len(word) < 3 or not word[0].isalpha():
        raise UnreadableError
    return word


def age(cell: str) -> int | None:
    """Whole years.

    Raises:
        UnreadableError: if the cell is not a whole number from 0 to `MAX_AGE`.
    """
    if is_missing(cell):
        return None
    match = WHOLE_NUMBER.fullmatch(cell)
    if match is None or int(match[1]) > MAX_AGE:
        raise UnreadableError
    return int(match[1])


def values(cells: Sequence[str], *, decimal_comma: bool) -> tuple[str, list[Value]]:
    """Values of a further column: numbers if all cells that are not missing are, text otherwise.

    All numbers have one type, so that the tables of several corpora can be read as one.

    Args:
        cells: of all rows.
        decimal_comma: whether 4,5 is a number, as in tables with semicolons.

    Returns:
        (Arrow type name, values); missing numbers and empty text are None.
    """
    present = {cell for cell in cells if not is_missing(cell)}
    if decimal_comma and not any("." in cell for cell in present):
        plain = {cell: cell.replace(",", ".") for cell in present}
    else:
        plain = {cell: cell for cell in present}
    if not present or not all(map(DECIMAL.fullmatch, plain.values())):
        return "string", [cell or None for cell in cells]
    floats = {cell: float(number) for cell, number in plain.items()}
    return "float64", [floats.get(cell) for cell in cells]
