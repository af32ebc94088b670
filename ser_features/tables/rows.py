"""Rows of a table → one entry per row: label, file, metadata. What users should know is counted for notes.

`Table` → `RowParser.entries` → `Entry`s; rows without a file → `rejected`; counts → `notes`
"""

import os
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ser_features.errors import InputError, counted, listed
from ser_features.labels import resolve
from ser_features.manifest import OWN, Column, Recording, Rejected, Value
from ser_features.tables import cells
from ser_features.tables.cells import Row
from ser_features.tables.columns import Table
from ser_features.tables.names import RATINGS, SPANS
from ser_features.tables.paths import Located, Locator

TEXTS = ("language", "text", "intensity", "statement", "repetition", "modality", "session")
"""Optional columns that are stored as they are; a missing value is null."""

if TYPE_CHECKING:
    from ser_features.tables.ratings import RatingParser

T = TypeVar("T")

LISTED = 3
"""Number of examples in a note."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a table of recordings is read.

    Attributes:
        data: data root, where relative paths are looked up that are not below the table's folder.
        emotions: word that replaces a word of the table.
        synonyms: label by word; None for the usual ones (`labels.resolve`).
        is_taken: whether the store has a column of a lower-case name.
        root: folder that relative paths are below; None for the table's own.
        labelled: whether the table must have a column of emotions.
    """

    data: Path | None = None
    emotions: Mapping[str, str] = field(default_factory=dict)
    synonyms: Mapping[str, str] | None = None
    is_taken: Callable[[str], bool] = lambda name: False
    root: Path | None = None
    labelled: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """A row whose file exists.

    Attributes:
        row: its number.
        file: that it names.
        label: of its emotion, or the word that cannot be one.
        problem: why the word cannot be a label; None if it can.
        recording: its metadata; `emotion` is `label`.
        rater: whose answer the row is; None if the table has no column rater.
    """

    row: int
    file: Located
    label: str
    problem: str | None
    recording: Recording
    rater: str | None = None


class RowParser:
    """Parses the rows of one table.

    Attributes:
        own: the further columns, with their types.
    """

    def __init__(self, dataset: str, table: Table, reading: Reading) -> None:
        folder = Path(os.path.abspath(table.folder))  # noqa: PTH100  links are not resolved
        data = Path(os.path.abspath(reading.data)) if reading.data else None  # noqa: PTH100
        self._dataset, self._table = dataset, table
        self._locator = Locator(
            folder, data if data != folder and data and data.is_dir() else None, table.where
        )
        self._speakers = _whole(table.cells(table.index["speaker"])) if "speaker" in table.index else {}
        self._emotions = {word.strip().casefold(): emotion for word, emotion in reading.emotions.items()}
        self.own, self._extra = _further(table)
        self._refused: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._unreadable: dict[str, list[str]] = defaultdict(list)
        self._words = Counter(table.cell(row, "emotion") for row in table.rows)
        counts: Counter[str] = Counter()
        for word, number in self._words.items():
            counts[self._renamed(word)] += number
        self._resolved = resolve(counts, reading.synonyms)
        self._ratings = _ratings_of(table)

    @property
    def folder(self) -> Path:
        """Absolute folder that relative paths are below."""
        return self._locator.folder

    def entries(self) -> Iterator[Entry]:
        """Yield every row whose file exists, in order."""
        for row, extra in zip(self._table.rows, self._extra, strict=True):
            written = self._table.cell(row, "path")
            try:
                if any(row.cells[self._table.width :]):
                    raise InputError(
                        f"{len(row.cells)} cells, expected {self._table.width}: quote text with delimiters"
                    )
                yield self._entry(row, self._locator.locate(written), extra)
            except InputError as error:
                self._refused[written, str(error)].append(row.number)

    def rejected(self) -> list[Rejected]:
        """The rows without a file; those that are wrong in the same way are one."""
        return [
            Rejected(self._dataset, path, f"{row_numbers(rows)}: {reason}")
            for (path, reason), rows in self._refused.items()
        ]

    def notes(self) -> list[str]:
        """What users should know about the cells."""
        lines = [
            f"{column}: {counted(len(wrong), 'cell')} not understood, such as {wrong[0]!r}: stored as null"
            for column, wrong in self._unreadable.items()
        ]
        lines += self._resolved.notes
        written = {word.casefold() for word in self._words}
        if unused := sorted(word for word in self._emotions if word not in written):
            lines.append(f"no row has the emotion {listed(unused, LISTED)} of --emotions")
        return lines + (self._ratings.notes() if self._ratings else []) + self._locator.notes()

    def _entry(self, row: Row, file: Located, extra: Mapping[str, Value]) -> Entry:
        word, speaker = self._table.cell(row, "emotion"), self._table.cell(row, "speaker")
        label, problem = self._label(word)
        texts: dict[str, Any] = {name: cells.text_or_none(self._table.cell(row, name)) for name in TEXTS}
        recording = Recording(
            dataset=self._dataset,
            stem=file.name,
            path=file.path,
            speaker=cells.text_or_none(self._speakers.get(speaker, speaker)),
            emotion=label,
            emotion_code=word,
            gender=self._read(row, "gender", cells.gender),
            age=self._read(row, "age", cells.age),
            vocal_channel=cells.text_or_none(self._table.cell(row, "vocal_channel")) or "speech",
            partition=cells.partition(self._table.cell(row, "partition")),
            extra=extra,
            **texts,
        )
        if self._ratings:
            recording = replace(recording, **self._ratings.parse(partial(self._read, row)))
        if not self._table.index.keys().isdisjoint(SPANS):
            from ser_features.tables.spans import span_of

            recording = replace(recording, **span_of(self._table, row))
        rater = self._table.cell(row, "rater") if "rater" in self._table.index else None
        return Entry(row.number, file, label, problem, recording, rater)

    def _renamed(self, word: str) -> str:
        """The word of a cell as `--emotions` replaces it; empty for a word for a missing value."""
        mapped = self._emotions.get(word.casefold())
        return mapped if mapped is not None else (cells.text_or_none(word) or "")

    def _label(self, word: str) -> tuple[str, str | None]:
        """Return the label of a word; or the word, and why it cannot be one."""
        renamed = self._renamed(word)
        if (problem := self._resolved.problems.get(renamed)) is None:
            return self._resolved.labels[renamed], None
        return word, f"{problem}: map it with --emotions {word}=EMOTION"

    def _read(self, row: Row, column: str, parse: Callable[[str], T | None]) -> T | None:
        cell = self._table.cell(row, column)
        try:
            return parse(cell)
        except cells.UnreadableError:
            self._unreadable[column].append(cell)
            return None


def _ratings_of(table: Table) -> "RatingParser | None":
    """Parser of the columns of ratings; None if there are none."""
    if table.index.keys().isdisjoint(RATINGS):
        return None
    from ser_features.tables.ratings import RatingParser

    return RatingParser(table)


def _further(table: Table) -> tuple[tuple[Column, ...], list[Mapping[str, Value]]]:
    """The further columns, and their values by row."""
    columns, values = [], []
    for name, position in table.further.items():
        kind, column = cells.values(table.cells(position), decimal_comma=table.delimiter == ";")
        columns.append(Column(name, kind, "", OWN))
        values.append(column)
    if not columns:
        nothing: Mapping[str, Value] = {}
        return (), [nothing] * len(table.rows)
    names = [*table.further]
    return tuple(columns), [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def _whole(names: Sequence[str]) -> dict[str, str]:
    """Speakers that pandas wrote as decimal numbers, because some are missing: 7.0 is 7.

    >>> _whole(["7.0", "12.0", ""]), _whole(["7.0", "ada"])
    ({'7.0': '7', '12.0': '12'}, {})
    """
    present = {name for name in names if not cells.is_missing(name)}
    if not all(re.fullmatch(r"[1-9][0-9]*\.0", name) for name in present):
        return {}
    return {name: name.removesuffix(".0") for name in sorted(present, key=len)}


def notes_on_parts(table: Table, recordings: Sequence[Recording]) -> list[str]:
    """Number of recordings that are parts of files, if there are any."""
    if table.index.keys().isdisjoint(SPANS):
        return []
    paths = [recording.path for recording in recordings if recording.is_part]
    if not paths:
        return []
    of = counted(len(set(paths)), "file")
    return [f"{len(paths)} of {counted(len(recordings), 'recording')} are parts of {of}"]


def notes_on_speakers(table: Table, recordings: Sequence[Recording]) -> list[str]:
    """Speakers that are unknown, and names that may be one person's."""
    if "speaker" not in table.index:
        return ["no column speaker: speakers are unknown"]
    names = {recording.speaker for recording in recordings if recording.speaker is not None}
    unknown = sum(recording.speaker is None for recording in recordings)
    lines = [f"speaker unknown in {unknown} of {len(recordings)} recordings"] if unknown else []
    if alike := similar_names(names):
        groups = listed([" and ".join(map(repr, group)) for group in alike], LISTED)
        lines.append(f"speakers that differ in case, blanks or zeros only: {groups}: one person has one name")
    return lines


def similar_names(names: Iterable[str]) -> list[list[str]]:
    """Groups of names that differ in case, blanks, leading zeros or a final .0 only.

    >>> similar_names(["Ada", "s1", "ada", "s01", "s10", "7", "7.0"])
    [['7', '7.0'], ['Ada', 'ada'], ['s01', 's1']]
    """
    groups: dict[str, list[str]] = {}
    for name in sorted(names):
        plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", name).casefold())
        plain = re.sub(r"(?<!\d)0+(?=\d)", "", re.sub(r"\.0+$", "", plain))
        groups.setdefault(plain, []).append(name)
    return [group for group in groups.values() if len(group) > 1]


def row_numbers(rows: Sequence[int]) -> str:
    """Rows as a message names them.

    >>> row_numbers([2]), row_numbers([2, 4]), row_numbers([2, 3, 4, 5, 6])
    ('row 2', 'rows 2 and 4', 'rows 2, 3, 4 and 2 more')
    """
    if len(rows) == 1:
        return f"row {rows[0]}"
    if len(rows) <= LISTED:
        return f"rows {', '.join(map(str, rows[:-1]))} and {rows[-1]}"
    return f"rows {listed([str(row) for row in rows], LISTED)}"
