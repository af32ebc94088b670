"""Label files on disk → their text or rows.

`below(scan, pattern)` → paths → `text_of` or `rows_of`; other text is parsed within `structure`
"""

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ser_features.corpora.walk import folders_of
from ser_features.errors import InputError
from ser_features.manifest import Scan

REMEDY = "restore it, or remove it to go without its labels"


def below(scan: Scan, *patterns: str) -> list[Path]:
    """Files at a place relative to the folder of a recording, or to a folder above it in the corpus.

    Args:
        scan: the recordings.
        patterns: of `Path.glob`, such as dialog/EmoEvaluation/*.txt.
    """
    folders = folders_of(recording.path for recording in scan.recordings)
    matches = ((scan.root / folder).glob(pattern) for folder in folders for pattern in patterns)
    return sorted({path for paths in matches for path in paths if not path.name.startswith(".")})


def text_of(path: Path, encodings: Sequence[str] = ("utf-8-sig", "cp1252")) -> str:
    """Text of a file in the first encoding that fits; a byte order mark of UTF-16 counts first.

    Raises:
        InputError: if it cannot be read, or fits none.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): {REMEDY}") from error
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else encodings:
        try:
            return content.decode(encoding)
        except UnicodeError:
            continue
    raise InputError(f"{path} is in none of {', '.join(encodings)}: expected the published file: {REMEDY}")


@contextmanager
def structure(path: Path, expected: str) -> Iterator[None]:
    """Refuse a file whose parsing fails.

    Args:
        path: of the file.
        expected: what it should hold.

    Raises:
        InputError: in the place of an error of the parser.
    """
    try:
        yield
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise InputError(
            f"{path} cannot be read ({type(error).__name__}: {error}), expected {expected}: {REMEDY}"
        ) from error


def rows_of(path: Path, columns: Collection[str], delimiter: str = ",") -> list[dict[str, str]]:
    """Rows of a table with a header; blanks around cells are removed, cells that a row lacks are empty.

    Args:
        path: of the file.
        columns: those that it must have.
        delimiter: between the cells.

    Raises:
        InputError: if it cannot be read, or lacks a column.
    """
    reader = csv.DictReader(io.StringIO(text_of(path), newline=""), delimiter=delimiter, restval="")
    try:
        header = [name.strip() for name in reader.fieldnames or ()]
        reader.fieldnames = header
        rows = [{name: cell.strip() for name, cell in row.items() if isinstance(cell, str)} for row in reader]
    except csv.Error as error:
        raise InputError(f"{path} is no table ({error}): {REMEDY}") from error
    if missing := [name for name in columns if name not in header]:
        raise InputError(
            f"{path} has the columns {', '.join(header) or 'none'}, expected {', '.join(missing)}: {REMEDY}"
        )
    return rows


def whole_number(cell: str) -> int | None:
    """The number of a cell; None if it holds something else."""
    return int(cell) if cell.isascii() and cell.isdigit() else None
