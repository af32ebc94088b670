r"""A user's own corpus: a table with one row per recording.

table → `tables.columns` (which column is what) → rows → entries: labels, files (`tables.paths`)
→ several rows of a recording merged, or refused as contradictory → stems → `Scan` with notes

Required columns: path and emotion. Optional ones: speaker, gender, age, language, text, intensity, statement,
repetition, modality, vocal_channel, in any order. Further columns are stored under the name that the table
gives them, as numbers if all cells are numbers, as text otherwise.

- The dataset is named after the file, in lower case, because some file systems are case-insensitive: in
  letters, digits, - and _; accents are removed, and other characters are replaced by _.
- The stem is the path without its extension; `a.wav` and `a.flac` in one folder keep their extensions.
- A missing speaker (an empty cell, nan, unknown, -) is None: such recordings have no part in
  speaker-independent splits.
- An optional cell that is not understood is null, which a note says.
- Rows of one recording with different emotions or speakers contradict each other: the recording is refused.

>>> import tempfile
>>> table = Path(tempfile.mkdtemp(), "mine.csv")
>>> (table.parent / "hello.wav").touch()
>>> _ = table.write_text("file;label;speaker;age\nhello.wav;joy;Ada;36\nbye.wav;sad;Ada;36\n")
>>> scan = scan_table(table)
>>> [(row.file_id, row.emotion, row.emotion_code, row.age) for row in scan.recordings]
[('mine/hello', 'happy', 'joy', 36)]
>>> [row.reason for row in scan.rejected]
["row 3: no file 'bye.wav' beside the table"]
>>> scan.notes
('mine.csv: columns: file → path, label → emotion',)
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from ser_features.errors import InputError
from ser_features.manifest import AUDIO_COLUMNS, NAME_COLUMNS, Recording, Scan
from ser_features.tables.columns import USUAL_NAMES, read_table
from ser_features.tables.merge import merge
from ser_features.tables.rows import Reading, RowParser, notes_on_speakers

REQUIRED = ("path", "emotion")
KNOWN = tuple(USUAL_NAMES)

RESERVED: frozenset[str] = frozenset(
    {"dataset", *(column.name for column in (*NAME_COLUMNS, *AUDIO_COLUMNS))} - {*KNOWN}
)
"""Columns of the store whose names a further column of a table does not get."""

NO_TEXT = re.compile(
    r"[0-9_-]+(e[0-9_-]+)?[dfl]?|0[xbo][0-9a-f_]+|inf(inity)?|nan|true|false|null|none|epoch"
)
"""Names of datasets that readers of Parquet folders take for a number, a date, a truth value or null: pandas
reads `dataset=007` as 7 and DuckDB `dataset=epoch` as a date."""


def scan_table(table: Path, reading: Reading | None = None) -> Scan:
    """Read a table of recordings.

    Args:
        table: path of the file.
        reading: how it is read.

    Returns:
        A scan whose root is the table's folder; invalid rows are in `rejected`.

    Raises:
        InputError: if the file cannot be read, its name or its columns are invalid, or no row is usable.
    """
    reading = reading or Reading()
    dataset = dataset_name(table)
    read = read_table(table, REQUIRED, lambda name: name in RESERVED or reading.is_taken(name))
    parser = RowParser(dataset, read, reading)
    merged = merge(parser.entries())
    rejected = [*parser.rejected(), *merged.rejected]
    named = [] if dataset == table.stem.lower() else [f"the corpus is called {dataset}"]
    notes = [
        *named,
        *read.notes,
        *notes_on_speakers(read, merged.recordings),
        *parser.notes(),
        *merged.notes(),
    ]
    if not merged.recordings:
        first = f", the first because of {rejected[0].reason}" if rejected else ""
        raise InputError(
            f"{table}: none of {len(read.rows)} rows is usable{first}: "
            "expected the path of a file and an emotion in each row"
        )
    return Scan(
        dataset,
        parser.folder,
        tuple(sorted(_with_stems(merged.recordings), key=lambda recording: recording.file_id)),
        tuple(sorted(rejected, key=lambda row: row.path)),
        own=parser.own,
        notes=tuple(f"{table.name}: {note}" for note in notes),
    )


def dataset_name(table: Path) -> str:
    """Name of the corpus of a table: of its file, in the letters that names of folders may have everywhere.

    >>> dataset_name(Path("Gespräche 2024 (final).csv"))
    'gesprache_2024_final'

    Raises:
        InputError: if nothing is left, or what is left reads as a number.
    """
    letters = unicodedata.normalize("NFKD", table.stem.casefold()).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9_-]+", "_", letters).strip("_-")
    if not name:
        raise InputError(
            f"{table}: its name becomes the dataset's, expected some letters a–z or digits: rename the file"
        )
    if NO_TEXT.fullmatch(name):
        raise InputError(
            f"{table}: its name becomes the dataset's, and {name!r} reads as a number, a date or a missing "
            f"value, expected a word: rename it, such as to table_{name}.csv"
        )
    return name


def _with_stems(recordings: Sequence[Recording]) -> list[Recording]:
    """Shorten each stem to one without suffix, unless another recording would share it.

    Args:
        recordings: `stem` is the path as the table gives it, `path` the unique one.
    """
    choices = {
        one.path: (str(PurePosixPath(one.stem).with_suffix("")), one.stem, one.path) for one in recordings
    }
    level = dict.fromkeys(choices, 0)
    while True:
        stems = {path: choices[path][level[path]] for path in choices}
        shared = {stem for stem, count in Counter(stems.values()).items() if count > 1}
        clashes = [path for path, stem in stems.items() if stem in shared and level[path] < 2]
        if not clashes:
            return [replace(recording, stem=stems[recording.path]) for recording in recordings]
        for path in clashes:
            level[path] += 1
