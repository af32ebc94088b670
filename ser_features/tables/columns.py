"""The header of a table → which column is what: usual names, columns of the user's own, parts of recordings.

table → `cells.read_sheet` → header → `USUAL_NAMES` → `Table`: cells by column, and notes

Case, blanks, hyphens and underscores of names do not matter. The exact name of a column goes before the usual
ones; two usual names for the same column are refused. Further columns keep their names.

>>> recognised("File Name"), recognised("SPEAKER-ID"), recognised("room")
('path', 'speaker', None)
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ser_features.arguments import plain
from ser_features.errors import InputError
from ser_features.tables.cells import Row, Sheet, read_sheet

USUAL_NAMES: Mapping[str, tuple[str, ...]] = {
    "path": (
        *("file", "filename", "file_path", "audio", "audio_file", "audio_path"),
        "audio_filepath",
        *("wav", "wav_file", "wav_path", "recording"),
    ),
    "emotion": (
        *("label", "labels", "emotions", "emotion_label", "emotion_class", "emotion_name"),
        *("emo", "emo_class", "class", "class_name"),
    ),
    "speaker": (
        *("speaker_id", "speaker_name", "spk", "spk_id", "spkr", "spkr_id", "actor", "actor_id"),
        *("subject", "subject_id", "participant", "participant_id", "talker", "client_id"),
    ),
    "language": ("lang",),
    "text": ("transcript", "transcription"),
    "intensity": ("emotion_intensity", "emotional_intensity"),
    "statement": ("text_id", "sentence", "sentence_id"),
    "repetition": (),
    "modality": (),
    "session": ("session_id",),
    "gender": ("sex",),
    "age": (),
    "vocal_channel": (),
    "partition": ("split", "split_set", "subset"),
    "arousal": ("activation", "emo_act", "arousal_mean"),
    "valence": ("emo_val", "valence_mean"),
    "dominance": ("emo_dom", "dominance_mean"),
    "scale": (),
    "agreement": (),
    "raters": ("n_raters", "num_raters", "annotators", "n_annotators", "num_annotators", "num_responses"),
}
"""Column of the store → other names that tables give it, most of them seen in published corpora."""

RATINGS = ("arousal", "valence", "dominance", "scale", "agreement", "raters")
"""Columns of what raters said about a recording (`tables.ratings`)."""

STARTS = ("start", "start_time", "start_sec", "begin", "begin_time", "onset", "offset")
ENDS = ("end", "end_time", "end_sec", "stop", "stop_time", "offset")
DURATIONS = ("duration", "dur")
"""Names of the columns that make a row a part of a recording."""

ZEROS = frozenset({"", "0", "0.0", "0.00", "0.000", "0 days", "0 days 00:00:00", "00:00:00"})
"""A start that is that of the recording, as audformat and others write it."""

NO_TIMES = frozenset({"", "nat", "nan", "na", "none", "null"})

INDEX_PREFIX = "unnamed"
"""Name that pandas gives a column without one, which is usually the index of a table."""

LISTED = 12
"""Number of names of columns in a message."""

OF_TABLE = "_of_table"
"""Appended to a further column whose name the store uses for something else."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose columns are known.

    Attributes:
        path: of the file.
        rows: below the header.
        width: number of columns.
        delimiter: between the cells.
        index: position of each column of `USUAL_NAMES` that the table has.
        further: position of each further column, by the name under which it is stored.
        notes: what was understood, one line per property.
    """

    path: Path
    rows: tuple[Row, ...]
    width: int
    delimiter: str
    index: Mapping[str, int]
    further: Mapping[str, int]
    notes: tuple[str, ...]

    def cell(self, row: Row, column: str) -> str:
        """The cell of a column of `USUAL_NAMES`; empty if the row or the table lacks it."""
        position = self.index.get(column, len(row.cells))
        return row.cells[position] if position < len(row.cells) else ""

    def cells(self, position: int) -> list[str]:
        """The cells of one column, empty where rows are too short."""
        return [row.cells[position] if position < len(row.cells) else "" for row in self.rows]


@dataclass(slots=True)
class _Header:
    """What the cells of a header mean."""

    index: dict[str, int] = field(default_factory=dict)
    further: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_table(
    path: Path, required: Collection[str], is_taken: Callable[[str], bool] = lambda name: False
) -> Table:
    """Read a table and recognise its columns.

    Args:
        path: of the table.
        required: columns that it must have.
        is_taken: whether the store has a column of a lower-case name that is not in `USUAL_NAMES`.

    Raises:
        InputError: if the file is no table, lacks a column, or leaves open which of two is meant.
    """
    sheet = read_sheet(path, lambda names: len({recognised(name) for name in names} - {None}))
    header = _Header()
    try:
        _recognise(sheet.header, header)
        _check(sheet.header, header, required)
        _add_further(sheet, header, is_taken)
        _refuse_segments(sheet, header)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    if sheet.guessed:
        header.notes.append(
            f"read as Windows-1252, as it is not UTF-8: check {sheet.guessed!r}; save it as UTF-8 if wrong"
        )
    return Table(
        path,
        sheet.rows,
        len(sheet.header),
        sheet.delimiter,
        header.index,
        header.further,
        tuple(header.notes),
    )


_COLUMN_OF = {plain(name): column for column, names in USUAL_NAMES.items() for name in (column, *names)}


def recognised(name: str) -> str | None:
    """The column of `USUAL_NAMES` that a name stands for; None if it is a further column."""
    return _COLUMN_OF.get(plain(name))


def _recognise(names: Sequence[str], header: _Header) -> None:
    """Find the columns of `USUAL_NAMES`."""
    candidates: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        if column := recognised(name):
            candidates.setdefault(column, []).append(position)
    renamed = []
    for column, positions in candidates.items():
        exact = [position for position in positions if plain(names[position]) == plain(column)]
        chosen = exact or positions
        if len(chosen) > 1:
            both = " and ".join(names[position] for position in chosen)
            raise InputError(f"columns {both} may both be the {column}, expected one: rename the other")
        header.index[column] = chosen[0]
        if not exact:
            renamed.append(f"{names[chosen[0]]} → {column}")
        for other in positions:
            if other != chosen[0]:
                header.notes.append(f"{column} is read, {names[other]} is stored as a further column")
    if renamed:
        header.notes.insert(0, f"columns: {', '.join(renamed)}")


def _check(names: Sequence[str], header: _Header, required: Collection[str]) -> None:
    if missing := [column for column in required if column not in header.index]:
        others = ", ".join(USUAL_NAMES[missing[0]][:4])
        present = ", ".join([name for name in names if name][:LISTED])
        raise InputError(
            f"no column {', '.join(missing)}: found {present or 'none'}, expected {', '.join(required)}: "
            f"add or rename columns in its first row ({missing[0]} may also be {others} …)"
        )


def _add_further(sheet: Sheet, header: _Header, is_taken: Callable[[str], bool]) -> None:
    """Add the columns that are not in `USUAL_NAMES`, under names that the store does not use."""
    used = {*header.index.values()}
    spellings: dict[str, str] = {}
    for position, name in enumerate(sheet.header):
        if position in used:
            continue
        if not name or name.lower().startswith(INDEX_PREFIX):
            _note_unnamed(sheet, position, header)
            continue
        stored = name
        if is_taken(name.lower()):
            stored = f"{name}{OF_TABLE}"
            header.notes.append(
                f"column {name} is stored as {stored}, as the store has a column {name.lower()}"
            )
        if before := spellings.get(stored.lower()):
            raise InputError(f"columns {before} and {name} have the same name, expected two: rename one")
        spellings[stored.lower()] = name
        header.further[stored] = position


def _note_unnamed(sheet: Sheet, position: int, header: _Header) -> None:
    """Note a column without a name, unless it is empty or numbers the rows."""
    cells = [row.cells[position] for row in sheet.rows if position < len(row.cells)]
    if any(cell and not cell.isdecimal() for cell in cells):
        header.notes.append(f"column {position + 1} has no name and is not read")


def _refuse_segments(sheet: Sheet, header: _Header) -> None:
    """Refuse rows that are parts of recordings.

    Raises:
        InputError: if the table has a start and an end, or a start and a duration, and a row may be a part.
    """

    def of(names: Sequence[str]) -> list[str]:
        keys = [plain(name) for name in names]
        return sorted(
            (name for name in header.further if plain(name) in keys), key=lambda name: keys.index(plain(name))
        )

    starts = of(STARTS)
    ends = [name for name in of(ENDS) if name not in starts[:1]]
    durations = of(DURATIONS)
    if not starts or not (ends or durations):
        return
    begins = _all_in(sheet, header.further[starts[0]], ZEROS | NO_TIMES)
    if begins and (not ends or _all_in(sheet, header.further[ends[0]], NO_TIMES)):
        return
    raise InputError(
        f"columns {starts[0]} and {(ends or durations)[0]} describe parts of recordings, which are not read "
        "yet, expected one recording per row: cut the parts into files (ffmpeg -i call.wav -ss START -to END "
        "part.wav), or remove both columns if the rows are whole recordings"
    )


def _all_in(sheet: Sheet, position: int, words: Collection[str]) -> bool:
    return all(position >= len(row.cells) or row.cells[position].lower() in words for row in sheet.rows)
