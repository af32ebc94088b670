r"""A user's own corpus: a CSV manifest with one row per recording.

manifest → header (delimiter, columns) → rows, each a `Recording` or a `Rejected` → stems → `Scan`

The file is UTF-8, separated by commas, semicolons or tabs. Required columns: path, emotion;
optional columns: speaker, gender, age, language, text, intensity, statement, repetition, modality,
vocal_channel, in any order and case. Further columns are stored as text, under the name that the manifest
gives them.

- The dataset is named after the file, in lower case, because some file systems are case-insensitive:
  letters, digits, - and _ only; other names are rejected, and those that read as a number (007, 2024).
- Paths are relative to the manifest's folder and stay inside it; backslashes are read as slashes.
- The stem is the path without its extension; `a.wav` and `a.flac` in one folder keep their extensions.
- A missing speaker (an empty cell, nan, unknown, -) is None: such recordings have no part in
  speaker-independent splits.
- Rows are counted as a spreadsheet does: the header is row 1.

>>> import tempfile
>>> table = Path(tempfile.mkdtemp(), "mine.csv")
>>> (table.parent / "hello.wav").touch()
>>> _ = table.write_text("path;emotion;speaker;age\nhello.wav;joy;Ada;36\nbye.wav;sad;Ada;36\n")
>>> scan = scan_table(table)
>>> [(row.file_id, row.emotion, row.emotion_code, row.age) for row in scan.recordings]
[('mine/hello', 'happy', 'joy', 36)]
>>> [row.reason for row in scan.rejected]
["row 3: no file 'bye.wav' beside the table"]
"""

import csv
import io
import os
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from ser_features.corpora.walk import is_file, is_inside
from ser_features.errors import InputError
from ser_features.labels import canonical
from ser_features.manifest import AUDIO_COLUMNS, NAME_COLUMNS, OWN, Column, Recording, Rejected, Scan

REQUIRED = ("path", "emotion")
TEXTS = ("language", "text", "intensity", "statement", "repetition", "modality")
"""Optional columns that are stored as they are; an empty cell is null."""
KNOWN = (*REQUIRED, "speaker", *TEXTS, "gender", "age", "vocal_channel")
RESERVED: frozenset[str] = frozenset(
    {"dataset", *(column.name for column in (*NAME_COLUMNS, *AUDIO_COLUMNS))} - {*KNOWN}
)
"""Columns of the store that a manifest may not have."""

DELIMITERS = ",;\t"
DATASET = re.compile(r"[a-z0-9][a-z0-9_-]*")
MISSING = frozenset(
    {"", "-", "--", "?", ".", "na", "n/a", "n.a.", "nan", "none", "null", "nil", "unknown", "unk", "#n/a"}
)
"""Lower-case words for a missing value, as spreadsheets, pandas, R and corpora write it."""
NO_TEXT = re.compile(
    r"[0-9_-]+(e[0-9_-]+)?[dfl]?|0[xbo][0-9a-f_]+|inf(inity)?|nan|true|false|null|none|epoch"
)
"""Names of datasets that readers of Parquet folders take for a number, a date, a truth value or null: pandas
reads `dataset=007` as 7 and DuckDB `dataset=epoch` as a date."""
WHOLE_NUMBER = re.compile(r"([0-9]{1,3})(?:\.0+)?")
GENDERS = {"f": "female", "m": "male"}


def scan_table(table: Path, *, is_reserved: Callable[[str], bool] = lambda name: False) -> Scan:
    """Read a manifest.

    Args:
        table: path of the .csv file.
        is_reserved: whether a further column may not have a lower-case name, besides those of `RESERVED`.

    Returns:
        A scan whose root is the manifest's folder; invalid rows are in `rejected`.

    Raises:
        InputError: if the file cannot be read, its name or its columns are invalid, or no row is usable.
    """
    dataset = _dataset_name(table)
    header, rows = _read(table)
    _check_columns(table, header, is_reserved)
    root = Path(os.path.abspath(table.parent))  # noqa: PTH100
    recordings, rejected = _parse_rows(dataset, root, header, rows)
    if not recordings:
        first = f", the first because of {rejected[0].reason}" if rejected else ""
        raise InputError(
            f"{table}: none of {len(rejected)} rows is usable{first}: "
            "expected a path beside the table and an emotion in each row"
        )
    own = tuple(Column(name, "string", "", OWN) for name in recordings[0].extra)
    in_order = sorted(_with_stems(recordings), key=lambda recording: recording.file_id)
    return Scan(dataset, root, tuple(in_order), tuple(sorted(rejected, key=lambda row: row.path)), own=own)


def _dataset_name(table: Path) -> str:
    name = table.stem.lower()
    if DATASET.fullmatch(name) is None:
        raise InputError(
            f"{table}: its name becomes the dataset's, {name!r}, expected only letters a–z, digits, - and _: "
            "rename the file"
        )
    if NO_TEXT.fullmatch(name):
        raise InputError(
            f"{table}: its name becomes the dataset's, and {name!r} reads as a number, a date or a missing "
            f"value, expected a word: rename it, such as to table_{name}.csv"
        )
    return name


def _read(table: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header and the non-empty rows, each with its row number."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            text = file.read()
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except OSError as error:
        raise InputError(
            f"{table} cannot be read ({error.strerror}): expected a table with the columns "
            f"{', '.join(REQUIRED)}: check the path"
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{table} is no table ({error}): expected CSV in UTF-8: export it so") from error
    stripped = [[cell.strip() for cell in line] for line in lines]
    rows = [(number, line) for number, line in enumerate(stripped[1:], start=2) if any(line)]
    return (stripped[0] if stripped else []), rows


def _delimiter(text: str) -> str:
    """Return the delimiter that gives the header most of the required columns, a comma when in doubt."""

    def required_columns(delimiter: str) -> int:
        header = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        return len({cell.strip().lower() for cell in header} & {*REQUIRED})

    return max(DELIMITERS, key=required_columns)


def _check_columns(table: Path, header: list[str], is_reserved: Callable[[str], bool]) -> None:
    columns = [name.lower() for name in header if name]
    if missing := [name for name in REQUIRED if name not in columns]:
        raise InputError(
            f"{table}: no column {', '.join(missing)}: found {', '.join(columns) or 'none'}, "
            f"expected {', '.join(REQUIRED)}: add or rename columns in its first row"
        )
    if twice := [name for name, count in Counter(columns).items() if count > 1]:
        raise InputError(f"{table}: column {', '.join(twice)} occurs twice, expected once: rename one")
    further = (name for name in columns if name not in KNOWN)
    if clashing := [name for name in further if name in RESERVED or is_reserved(name)]:
        raise InputError(
            f"{table}: column {', '.join(clashing)} has the name of a column of the store, "
            "expected another name: rename it"
        )


def _parse_rows(
    dataset: str, root: Path, header: list[str], rows: Iterable[tuple[int, list[str]]]
) -> tuple[list[Recording], list[Rejected]]:
    row_of_path: dict[str, int] = {}
    recordings: list[Recording] = []
    rejected: list[Rejected] = []
    base = os.path.realpath(root)
    for number, cells in rows:
        row = _by_column(header, cells)
        try:
            if any(cells[len(header) :]):
                raise InputError(f"{len(cells)} cells, expected {len(header)}: quote text with delimiters")
            recording = _recording(dataset, row, _checked_path(row["path"], root, base))
            if (first := row_of_path.setdefault(recording.path, number)) != number:
                raise InputError(f"path {recording.path!r} is the same as in row {first}")
        except InputError as error:
            rejected.append(Rejected(dataset, row["path"], f"row {number}: {error}"))
        else:
            recordings.append(recording)
    return recordings, rejected


def _by_column(header: list[str], cells: list[str]) -> dict[str, str]:
    """Return the cells by column, known columns in lower case; missing cells are empty."""
    padded = cells + [""] * (len(header) - len(cells))
    keys = (name.lower() if name.lower() in KNOWN else name for name in header)
    return {key: cell for key, cell in zip(keys, padded, strict=False) if key}


def _checked_path(written: str, root: Path, base: str) -> str:
    """Return the normalised path of an existing file inside the manifest's folder."""
    path = posixpath.normpath(written.replace("\\", "/"))
    if not written:
        raise InputError("path is empty, expected a file beside the table")
    if PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute():
        raise InputError(f"path {written!r} is absolute, expected one relative to the table's folder")
    if path.split("/")[0] == ".." or (is_file(root / path) and not is_inside(root / path, base)):
        raise InputError(f"path {written!r} leads out of the table's folder: copy the file into it")
    if not is_file(root / path):
        raise InputError(f"no file {written!r} beside the table")
    return path


def _recording(dataset: str, row: dict[str, str], path: str) -> Recording:
    gender = row.get("gender", "").lower()
    return Recording(
        dataset=dataset,
        stem=path,
        path=path,
        speaker=_or_none(row.get("speaker", "")),
        emotion=canonical(row["emotion"]),
        emotion_code=row["emotion"],
        gender=GENDERS.get(gender, gender) or None,
        age=_age(row.get("age", "")),
        vocal_channel=row.get("vocal_channel") or "speech",
        extra={name: cell or None for name, cell in row.items() if name not in KNOWN},
        alternatives=(),
        **{name: row.get(name) or None for name in TEXTS},
    )


def _or_none(cell: str) -> str | None:
    return None if cell.lower() in MISSING else cell


def _age(written: str) -> int | None:
    if not written:
        return None
    match = WHOLE_NUMBER.fullmatch(written)
    if match is None:
        raise InputError(f"age is {written!r}, expected a whole number of years from 0 to 999, or nothing")
    return int(match[1])


def _with_stems(recordings: list[Recording]) -> list[Recording]:
    """Set each stem to the path without extension, or with it where two recordings would share the stem."""
    stems = {recording.path: str(PurePosixPath(recording.path).with_suffix("")) for recording in recordings}
    while True:
        shared = {stem for stem, count in Counter(stems.values()).items() if count > 1}
        clashes = [path for path, stem in stems.items() if stem in shared and stem != path]
        if not clashes:
            return [replace(recording, stem=stems[recording.path]) for recording in recordings]
        stems.update((path, path) for path in clashes)
