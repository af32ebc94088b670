r"""A table as a program saved it → its cells → values.

bytes → encoding → text → `sep=` line, delimiter → header and numbered rows of stripped cells: `Sheet`
cell → `text_or_none` | `gender` | `age` | `partition` → value, or `UnreadableError`
cells of a further column → `values` → type of the column and its values

- Encodings: UTF-8, UTF-16 and UTF-32. Text that is none of them is Windows-1252 if it has only letters and
  punctuation of Western European languages, which a note says; any other text is refused.
- Delimiters: comma, semicolon, tab, bar. The one that gives the header most usual names is used, unless the
  first line is `sep=` and a delimiter, as Excel writes it.
- Rows are counted as a spreadsheet does: the first row after a `sep=` line is row 1.

>>> parsed = parse("sep=;\nFile;label\n\na.wav;joy\n", lambda names: 0)
>>> parsed.header, parsed.rows, parsed.delimiter
(('File', 'label'), (Row(number=3, cells=('a.wav', 'joy')),), ';')
>>> decode("Müller".encode("utf-16")), decode("Müller;J\xf6rg".encode("cp1252"))
(('Müller', None), ('Müller;Jörg', 'Müller'))
>>> text_or_none("N/A"), gender("F"), age("36.0")
(None, 'female', 36)
>>> values(["4", "5", "NA"], decimal_comma=False), values(["007", "8"], decimal_comma=False)
(('float64', [4.0, 5.0, None]), ('string', ['007', '8']))
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ser_features.errors import InputError
from ser_features.manifest import Value

TABLE_SUFFIXES = (".csv", ".tsv", ".txt")
"""Of the names of tables that are delimited text."""

DELIMITERS = ",;\t|"

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins with the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

OTHER_FORMATS = (
    (b"PK\x03\x04", "a workbook of Excel or LibreOffice, or a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "a workbook of an old Excel"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a database of SQLite"),
    (b"\x1f\x8b", "a file compressed by gzip"),
    (b"%PDF", "a PDF document"),
    (b"version https://git-lfs", "a pointer of git-lfs (fetch the file: git lfs pull)"),
    (b"<", "an HTML or XML page"),
    (b"{", "JSON"),
)
"""First bytes of files that are saved under the name of a table."""

WESTERN = re.compile("[\x01-\x7f\xa0-\xbfÀ-ÖØ-öø-ÿ€‚„…‘’“”–—]*")
"""Text of Windows-1252 that is likely to be what its author wrote."""

UNLIKELY = re.compile(r"[^\W\d_][€„…“”–—\xa1-\xb3\xb5-\xbf][^\W\d_]")
"""Punctuation within a word: an accented letter of another encoding, such as that of old Macs."""

WORD = re.compile(r"[^\W\d_]+")
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\r?\n?', re.IGNORECASE)


MISSING = frozenset(
    {"", "-", "--", "?", ".", "na", "n/a", "n.a.", "<na>", "nan", "nat", "none", "null", "nil", "unknown"}
    | {"unk", "#n/a", "not available"}
)
"""Lower-case words for a missing value, as spreadsheets, pandas, R and corpora write it."""

GENDERS = {
    **dict.fromkeys(("f", "fem", "female", "woman", "w"), "female"),
    **dict.fromkeys(("m", "male", "man"), "male"),
}

PARTITIONS = {
    **dict.fromkeys(("train", "training", "trn"), "train"),
    **dict.fromkeys(("dev", "devel", "development", "val", "valid", "validation"), "dev"),
    **dict.fromkeys(("test", "testing", "tst"), "test"),
}
"""Side of a split by the words of published corpora."""

MAX_AGE = 120

WHOLE_NUMBER = re.compile(r"([0-9]{1,3})(?:[.,]0+)?")
DECIMAL = re.compile(r"[+-]?(?:(?:0|[1-9][0-9]{0,14})(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-][0-9]{1,3})?")
"""A number without leading zeros, which make it a code; an exponent has a sign, as programs write it."""


class Row(NamedTuple):
    """A row that is not empty.

    Attributes:
        number: in a spreadsheet.
        cells: stripped; there may be fewer or more than columns.
    """

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of a table.

    Attributes:
        header: the cells of the first row that is not empty.
        rows: the rows below it that are not empty.
        delimiter: between the cells.
        guessed: a word of the text, if its encoding is only likely (Windows-1252); None if it is certain.
        notes: what was left out or added.
    """

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    delimiter: str = ","
    guessed: str | None = None
    notes: tuple[str, ...] = ()


def read_sheet(table: Path, usual_names: Callable[[Sequence[str]], int]) -> Sheet:
    """Read a table.

    Args:
        table: path of the file.
        usual_names: how many cells of a header are usual names of columns.

    Raises:
        InputError: if the file cannot be read, or is no table.
    """
    try:
        content = table.read_bytes()
    except OSError as error:
        raise InputError(
            f"{table} cannot be read ({error.strerror}): expected a table as CSV: check the path"
        ) from error
    for start, name in OTHER_FORMATS:
        if content.startswith(start):
            raise InputError(f"{table} is {name}, expected a table as CSV: save or export it as CSV in UTF-8")
    try:
        text, guessed = decode(content)
        sheet = parse(text, usual_names)
    except (UnicodeError, csv.Error) as error:
        raise InputError(f"{table} is no table ({error}): expected CSV in UTF-8: export it so") from error
    return Sheet(sheet.header, sheet.rows, sheet.delimiter, guessed)


def decode(content: bytes) -> tuple[str, str | None]:
    """Return the text, and a word by which a reader sees whether an uncertain encoding is right.

    Raises:
        UnicodeError: if the encoding is unknown.
    """
    for mark, encoding in (*BYTE_ORDER_MARKS, *_without_mark(content)):
        if content.startswith(mark):
            return content.decode(encoding), None
    try:
        return _without_controls(content.decode("utf-8")), None
    except UnicodeDecodeError as error:
        text = content.decode("cp1252", "replace")
        words = [word for word in WORD.findall(text) if not word.isascii()]
        if WESTERN.fullmatch(text) and not UNLIKELY.search(text) and not any(map(_is_foreign, words)):
            return text, words[0] if words else next(letter for letter in text if not letter.isascii())
        line = content.count(b"\n", 0, error.start) + 1
        raise UnicodeError(f"line {line} is neither UTF-8 nor Windows-1252") from error


def _without_mark(content: bytes) -> tuple[tuple[bytes, str], ...]:
    """Encoding of UTF-16 without its mark: every second byte of its first letters is zero."""
    if content[1:8:2] == bytes(4):
        return ((b"", "utf-16-le"),)
    return ((b"", "utf-16-be"),) if content[:8:2] == bytes(4) else ()


def _without_controls(text: str) -> str:
    if "\0" in text:
        raise UnicodeError("it holds binary data")
    return text


def _is_foreign(word: str) -> bool:
    """Whether letters are not those of a Western word: a Cyrillic one has accents on all of them."""
    return len(word) > 2 and all(not letter.isascii() for letter in word)


def parse(text: str, usual_names: Callable[[Sequence[str]], int]) -> Sheet:
    """Split text into cells.

    Raises:
        csv.Error: if a quotation mark is left open, which would swallow the rows behind it.
    """
    declared = SEPARATOR_LINE.match(text)
    if declared:
        text = text[declared.end() :]
    delimiter = declared[1] if declared else _delimiter(text, usual_names)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[tuple[str, ...]] = []
    start = 0
    try:
        for line in reader:
            lines.append(tuple(cell.strip() for cell in line))
            start = reader.line_num
    except csv.Error as error:
        raise csv.Error(
            f"line {start + 1 + bool(declared)}: a quotation mark is not closed, or not doubled inside a cell"
        ) from error
    rows = [Row(number, line) for number, line in enumerate(lines, start=1) if any(line)]
    return Sheet(rows[0].cells if rows else (), tuple(rows[1:]), delimiter)


def _delimiter(text: str, usual_names: Callable[[Sequence[str]], int]) -> str:
    """Return the delimiter that gives the header most usual names, then most cells; a comma in doubt."""
    start = text.lstrip("\r\n\t ;,|")

    def score(delimiter: str) -> tuple[int, int]:
        header = next(csv.reader(io.StringIO(start, newline=""), delimiter=delimiter), [])
        return usual_names([cell.strip() for cell in header]), len(header)

    return max(DELIMITERS, key=score)


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


def partition(cell: str) -> str | None:
    """train, dev, test, or another word in lower case, such as test2."""
    return None if is_missing(cell) else PARTITIONS.get(cell.lower(), cell.lower())


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
