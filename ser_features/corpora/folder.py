r"""A user's own corpus: a table with one row per recording, as text or in another format (`tables.forms`).

table → `tables.columns` (which column is what) → rows → entries: labels, files (`tables.paths`)
→ `merge`: several rows of a recording, such as one per rater, become one, or are refused
→ stems → `Scan` with notes

Required columns: path, and emotion unless the reading needs no labels. Optional ones: speaker, gender, age,
language, text, intensity, statement, repetition, modality, vocal_channel, in any order. Further columns are
stored under the name that the table gives them, as numbers if all cells are numbers, as text otherwise.

- The dataset is named after the file, in lower case, because some file systems are case-insensitive: in
  letters, digits, - and _; accents are removed, and other characters are replaced by _.
- The stem is the path without its extension; `a.wav` and `a.flac` in one folder keep their extensions.
- A row with a start or an end in s, or with a channel, is a part of its file and a recording of its own.
- A missing speaker (an empty cell, nan, unknown, -) is None: such recordings have no part in
  speaker-independent splits.
- An optional cell that is not understood is null, which a note says.
- Rows of one recording with different emotions or speakers contradict each other: the recording is refused.
  Where they differ in other columns only, these are null. With a column rater, rows are votes: the emotion is
  the most frequent answer (`votes`).

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
('mine.csv: columns: file → path, label → emotion', 'mine.csv: joy → happy: 1 row')
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path, PurePosixPath
from typing import Any

from ser_features.errors import InputError, listed
from ser_features.labels import UNKNOWN
from ser_features.manifest import (
    AUDIO_COLUMNS,
    NAME_COLUMNS,
    Recording,
    Rejected,
    Scan,
    Value,
    Vote,
    part_key,
)
from ser_features.ratings import DIMENSIONS
from ser_features.tables.cells import TABLE_SUFFIXES
from ser_features.tables.columns import read_table
from ser_features.tables.names import USUAL_NAMES
from ser_features.tables.rows import (
    LISTED,
    Entry,
    Reading,
    RowParser,
    notes_on_parts,
    notes_on_speakers,
    row_numbers,
)

Key = tuple[str, float | None, float | None, int | None]
"""File, start, end and channel of a recording."""

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


DECISIVE = frozenset(("dataset", "stem", "path", "emotion", "emotion_code", "extra", "alternatives"))
"""Attributes that are equal in merged rows, or taken from the first one."""

RATED = (*DIMENSIONS, *(f"{name}_published" for name in DIMENSIONS), "agreement", "raters", "modality")
"""Attributes that differ from rater to rater."""


def scan_table(table: Path, reading: Reading | None = None) -> Scan:
    """Read a table of recordings.

    Args:
        table: path of the file, or of a folder of `tables.forms`.
        reading: how it is read.

    Returns:
        A scan whose root is the folder that the table's paths are below; invalid rows are in `rejected`.

    Raises:
        InputError: if the file cannot be read, its name or its columns are invalid, or no row is usable.
    """
    reading = reading or Reading()
    dataset = dataset_name(table)
    required = REQUIRED if reading.labelled else ("path",)
    read = read_table(table, required, lambda name: name in RESERVED or reading.is_taken(name), reading.root)
    parser = RowParser(dataset, read, reading)
    merged = merge(parser.entries())
    rejected = [*parser.rejected(), *merged.rejected]
    named = [] if dataset == table_name(table).lower() else [f"the corpus is called {dataset}"]
    notes = [
        *named,
        *read.notes,
        *notes_on_parts(read, merged.recordings),
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
    recordings = sorted(_with_stems(merged.recordings), key=lambda recording: recording.file_id)
    return Scan(
        dataset,
        parser.folder,
        tuple(recordings),
        tuple(sorted(rejected, key=lambda row: row.path)),
        own=parser.own,
        notes=tuple(f"{table.name}: {note}" for note in notes),
        votes=tuple(
            replace(vote, file_id=one.file_id)
            for one in recordings
            for vote in merged.votes.get(_key(one), ())
        ),
    )


def dataset_name(table: Path) -> str:
    """Name of the corpus of a table: of its file, in the letters that names of folders may have everywhere.

    >>> dataset_name(Path("Gespräche 2024 (final).csv"))
    'gesprache_2024_final'

    Raises:
        InputError: if nothing is left, or what is left reads as a number.
    """
    letters = unicodedata.normalize("NFKD", table_name(table).casefold()).encode("ascii", "ignore").decode()
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


def table_name(table: Path) -> str:
    """Name of a table, of its file without the suffix or of its folder."""
    if table.suffix.lower() not in TABLE_SUFFIXES:
        from ser_features.tables.forms import source_of

        if source := source_of(table):
            return source.name
    return table.stem


def _with_stems(recordings: Sequence[Recording]) -> list[Recording]:
    """Shorten each stem to one without suffix, unless another file would share it; parts add `part_key`.

    Args:
        recordings: `stem` is the path as the table gives it, `path` the unique one of the file.
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
            return [replace(one, stem=stems[one.path] + _key_of_part(one)) for one in recordings]
        for path in clashes:
            level[path] += 1


def _key(recording: Recording) -> Key:
    return recording.path, recording.start, recording.end, recording.audio_channel


def _key_of_part(recording: Recording) -> str:
    return part_key(recording.start, recording.end, recording.audio_channel)


@dataclass(slots=True)
class Merged:
    """Result of `merge`.

    Attributes:
        recordings: one per file or part of a file.
        rejected: files whose label is unknown or contradicted.
        repeated: rows that say the same as an earlier one.
        differing: number of recordings by column in which their rows differ.
        votes: answers of raters by recording, as of `_key`; they lack the `file_id`.
    """

    recordings: list[Recording] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    differing: Counter[str] = field(default_factory=Counter)
    votes: dict[Key, list[Vote]] = field(default_factory=dict)

    def notes(self) -> list[str]:
        """What users should know about rows of the same recording."""
        lines = []
        if self.repeated:
            lines.append(f"{row_numbers(self.repeated)}: same as an earlier row, read once")
        if self.differing:
            columns = listed([f"{name} ({number})" for name, number in self.differing.most_common()], LISTED)
            lines.append(f"recordings whose rows differ, by column: {columns}: stored as null")
        if self.votes:
            from ser_features.corpora.votes import notes_on_votes

            lines += notes_on_votes(self.recordings, self.votes.values())
        return lines


def merge(entries: Iterable[Entry]) -> Merged:
    """Join the rows of each file, or of each part of one."""
    groups: dict[Key, list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.file.file, *_key(entry.recording)[1:]), []).append(entry)
    result = Merged()
    for group in groups.values():
        first = group[0].recording
        if problem := _problem(group):
            result.rejected.append(Rejected(first.dataset, first.path, problem))
        elif _is_voted(group):
            result.recordings.append(_voted(group, result))
        else:
            result.recordings.append(first if len(group) == 1 else _joined(group, result))
    return result


def _is_voted(group: Sequence[Entry]) -> bool:
    """Whether rows are answers of raters."""
    return group[0].rater is not None


def _voted(group: Sequence[Entry], result: Merged) -> Recording:
    """One recording of the answers of raters; they are added to the votes."""
    from ser_features.corpora.votes import joined, votes_of

    kept: list[Entry] = []
    for entry in group:
        if any((entry.rater, entry.recording) == (one.rater, one.recording) for one in kept):
            result.repeated.append(entry.row)
        else:
            kept.append(entry)
    recording = joined(_joined(kept, result), kept)
    result.votes[_key(recording)] = list(votes_of(kept))
    return recording


def _problem(group: Sequence[Entry]) -> str | None:
    """Why the rows of one file cannot be used, or None."""
    labels: dict[str, list[int]] = {}
    speakers: dict[str, list[int]] = {}
    for entry in group:
        labels.setdefault(entry.label, []).append(entry.row)
        if entry.recording.speaker is not None:
            speakers.setdefault(entry.recording.speaker, []).append(entry.row)
    if len(labels) > 1:
        labels.pop(UNKNOWN, None)  # a rater without an answer contradicts nothing
    if _is_voted(group):
        labels = {}
    for what, values in (("emotion", labels), ("speaker", speakers)):
        if len(values) > 1:
            also = ", or name its rater in a column rater" if what == "emotion" else ""
            return f"{_disagreement(what, values)}, expected one {what} per recording: keep one row{also}"
    unusable = [entry for entry in group if entry.problem]
    if unusable:
        return f"{row_numbers([entry.row for entry in unusable])}: {unusable[0].problem}"
    return None


def _disagreement(what: str, values: dict[str, list[int]]) -> str:
    parts = [
        f"{row_numbers(rows)} {'says' if len(rows) == 1 else 'say'} {value!r}"
        for value, rows in values.items()
    ]
    return f"{what}: {listed(parts, LISTED)}"


def _joined(group: Sequence[Entry], result: Merged) -> Recording:
    """One recording of several rows; values in which they differ are None."""
    first = next((entry.recording for entry in group if entry.label != UNKNOWN), group[0].recording)
    apart = {*DECISIVE, *RATED} if _is_voted(group) else DECISIVE
    names = [one.name for one in fields(Recording) if one.name not in apart]
    values: dict[str, Any] = {
        name: _common(name, [getattr(entry.recording, name) for entry in group], result) for name in names
    }
    extra: dict[str, Value] = {
        name: _common(name, [entry.recording.extra[name] for entry in group], result) for name in first.extra
    }
    same = [] if _is_voted(group) else [entry.recording for entry in group]
    result.repeated += [entry.row for index, entry in enumerate(group) if entry.recording in same[:index]]
    return replace(first, **values, extra=extra)


def _common(column: str, values: Sequence[Value], result: Merged) -> Value:
    """The only value besides None; None if there are several."""
    present = {value for value in values if value is not None}
    if len(present) > 1:
        result.differing[column] += 1
        return None
    return present.pop() if present else None
