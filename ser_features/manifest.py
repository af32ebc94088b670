"""The manifest: one `Recording` per file of a corpus, with the attributes that its name or manifest gives.

corpus folder → `Corpus.scan` → `Scan` (recordings, rejected names, duplicates) → engine → store.

>>> recording = Recording(
...     dataset="tess", stem="OAF_back_angry", path="tess/OAF_back_angry.wav",
...     speaker="OAF", emotion="angry", emotion_code="angry")
>>> recording.file_id
'tess/OAF_back_angry'
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the store: its name, Arrow type, unit and meaning.

    Attributes:
        name: column name in Parquet.
        type: an Arrow type name: "string", "int32", "int64", "float32", "float64".
        unit: physical unit, "1" for a pure number, "" for text.
        description: one sentence for the column dictionary.
    """

    name: str
    type: str
    unit: str
    description: str


NAME_COLUMNS: tuple[Column, ...] = (
    Column("file_id", "string", "", "Key of the recording: dataset/stem."),
    Column("path", "string", "", "Path below the data root or the table's folder, or absolute."),
    Column("speaker", "string", "", "Speaker within the dataset, as the corpus writes it; null if unknown."),
    Column("gender", "string", "", "female, male or null when unknown."),
    Column("age", "int32", "years", "Age of the speaker; null when unknown."),
    Column("language", "string", "", "ISO 639-1 code of the spoken language."),
    Column("emotion", "string", "", "Label (ser_features.labels); unknown, other, no agreement: no emotion."),
    Column("emotion_code", "string", "", "The emotion as the file name or table writes it."),
    Column(
        "intensity", "string", "", "Acted intensity: normal, strong, low, medium, high; null if unspecified."
    ),
    Column("statement", "string", "", "Code of the sentence or word that was spoken."),
    Column("repetition", "string", "", "Repetition or take of the same statement."),
    Column("text", "string", "", "The words that were spoken, where known."),
    Column("modality", "string", "", "What the medium holds: audio-only, audio-video, synthetic."),
    Column("vocal_channel", "string", "", "speech or song."),
    Column(
        "audio_channel",
        "int32",
        "1",
        "The channel of the file that this row is of, from 1, or 0 for the mix; null: that of the profile.",
    ),
    Column(
        "start",
        "float64",
        "s",
        "Where the row's part of the file begins, 0 or more; null for a whole file.",
    ),
    Column(
        "end",
        "float64",
        "s",
        "Where the row's part of the file ends, up to its duration; null for the end of the file.",
    ),
    Column("session", "string", "", "Session or recording date within the dataset; null if unknown."),
    Column(
        "partition",
        "string",
        "",
        "Side of the published split: train, dev, test, or the corpus's own word; null without one.",
    ),
    Column("arousal", "float64", "1", "Arousal from 0 to 1, scaled from arousal_published by scale."),
    Column("valence", "float64", "1", "Valence from 0 to 1, scaled from valence_published by scale."),
    Column("dominance", "float64", "1", "Dominance from 0 to 1, scaled from dominance_published by scale."),
    Column("arousal_published", "float64", "1", "Arousal as the corpus or table gives it."),
    Column("valence_published", "float64", "1", "Valence as the corpus or table gives it."),
    Column("dominance_published", "float64", "1", "Dominance as the corpus or table gives it."),
    Column("scale", "string", "", "Lowest and highest published value, such as 1-5; null if unknown."),
    Column("agreement", "float64", "1", "Share of raters who gave the emotion, from 0 to 1."),
    Column("raters", "int32", "1", "Number of raters, from 0."),
)
"""Manifest columns known before a file is opened: fields of `Recording` (`dataset` is the partition)."""

AUDIO_COLUMNS: tuple[Column, ...] = (
    Column("source_sample_rate", "int32", "Hz", "Sample rate of the file itself."),
    Column("channels", "int32", "1", "Number of channels of the file itself."),
    Column(
        "audio_notes",
        "string",
        "",
        "What is unusual about the file itself, separated by semicolons; null if nothing is.",
    ),
    Column("audio_sha256", "string", "", "SHA-256 of the file's bytes."),
    Column("source_size", "int64", "bytes", "Length of the file itself."),
    Column("source_mtime", "int64", "ns", "When the file itself was last changed, since 1970 (UTC)."),
)
"""Manifest columns known after reading the file; the last two identify unchanged files without reading."""


NOTE_SEPARATOR = "; "
"""Separates the notes on a file in the column `audio_notes`."""

OWN = "Column of the user's own table."
"""Description of a further column."""

VOTE_COLUMNS: tuple[Column, ...] = (
    Column("file_id", "string", "", "Key of the recording: dataset/stem."),
    Column("rater", "string", "", "Rater within the dataset; null if it is not published."),
    Column("attribute", "string", "", "What was asked: emotion, arousal, valence, dominance, or another."),
    Column("value", "string", "", "The answer: a label as in emotion, or a number as published."),
    Column("modality", "string", "", "What was perceived: audio, video, audio-video; null if unknown."),
)
"""All columns of labels/, in order: fields of `Vote`."""

VARIANT_MARK = "#"
"""Separates the file_id of a recording from the name of its augmentation."""

Value = str | int | float | None
"""A cell of a further column of a user's own table."""

NO_EXTRA: Mapping[str, Value] = {}
"""Shared by all recordings without further columns, because a corpus may have a million."""


@dataclass(slots=True)
class Recording:
    """One audio file, or a part of one, and the attributes that its corpus gives it.

    Attributes are the `NAME_COLUMNS`; `extra` keeps the further columns of a user's own table (`Scan.own`).
    A part has a `start`, and its `stem` ends with `part_key`.
    `path` is relative to `Scan.root`, with forward slashes, or absolute; `alternatives` are the paths of
    other files of the same recording, which are tried in this order if it is refused.

    It is not meant to be changed; frozen dataclasses take four times as long to make.
    """

    dataset: str
    stem: str
    path: str
    speaker: str | None
    emotion: str
    emotion_code: str
    gender: str | None = None
    age: int | None = None
    language: str | None = None
    intensity: str | None = None
    statement: str | None = None
    repetition: str | None = None
    text: str | None = None
    modality: str | None = None
    vocal_channel: str | None = "speech"
    audio_channel: int | None = None
    start: float | None = None
    end: float | None = None
    session: str | None = None
    partition: str | None = None
    arousal: float | None = None
    valence: float | None = None
    dominance: float | None = None
    arousal_published: float | None = None
    valence_published: float | None = None
    dominance_published: float | None = None
    scale: str | None = None
    agreement: float | None = None
    raters: int | None = None
    extra: Mapping[str, Value] = field(default_factory=lambda: NO_EXTRA)
    alternatives: tuple[str, ...] = ()

    @property
    def file_id(self) -> str:
        """Key of the recording in every table: `dataset/stem`."""
        return f"{self.dataset}/{self.stem}"

    @property
    def is_part(self) -> bool:
        """Whether it is a part of its file in time."""
        return self.start is not None

    @property
    def reading_order(self) -> tuple[str, float, str]:
        """Sorts parts of one file by time, so that it is decoded once."""
        return self.path if self.is_part else self.stem, self.start or 0.0, self.stem


def part_key(start: float | None, end: float | None, channel: int | None) -> str:
    """What the key of a part or channel of a file has in addition to that of the file; empty for the whole.

    >>> part_key(12.34, 15.12, None), part_key(0.0, None, 2), part_key(None, None, 0)
    ('@12.340-15.120', '@0.000-end@2', '@mix')
    """
    span = "" if start is None else f"@{_time(start)}-{'end' if end is None else _time(end)}"
    return span + ("" if channel is None else f"@{channel or 'mix'}")


def batches(items: Sequence[T], size: int, decoded: Callable[[T], str | None]) -> Iterator[Sequence[T]]:
    """Cut recordings into batches; parts of a file that is decoded from its beginning share one.

    Args:
        items: recordings; parts of a file follow each other.
        size: of a batch, at least 1; larger where it would divide such parts.
        decoded: path of the file that is decoded from its beginning for an item; None for others.
    """
    start = 0
    while start < len(items):
        end = min(start + size, len(items))
        while end < len(items) and (file := decoded(items[end - 1])) and file == decoded(items[end]):
            end += 1
        yield items[start:end]
        start = end


def _time(seconds: float) -> str:
    """Milliseconds, or microseconds where they are needed to tell two parts from each other."""
    return f"{seconds:.3f}" if round(seconds, 3) == seconds else f"{seconds:.6f}"


@dataclass(frozen=True, slots=True)
class Rejected:
    """An audio file of the corpus that cannot be used, and the reason, as text and as an error's class."""

    dataset: str
    path: str
    reason: str
    error_class: str = "FileNameError"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The same recording in a second folder (equal stem): `kept` is used, `dropped` is not."""

    kept: str
    dropped: str


@dataclass(frozen=True, slots=True)
class Vote:
    """One answer of one rater: a row of labels/.

    Attributes:
        file_id: of the recording.
        rater: their name in the corpus; None if it is not published.
        attribute: what was asked: emotion, or arousal, valence, dominance and others of the corpus.
        value: the answer: a label as in the column `emotion`, or a number as text, as published.
        modality: what the rater perceived: audio, video, audio-video; None if the corpus does not say.
    """

    file_id: str
    rater: str | None
    attribute: str
    value: str
    modality: str | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """The content of a corpus folder.

    Attributes:
        dataset: name of the corpus.
        root: absolute folder that every `Recording.path` is relative to.
        table: absolute path of a user's manifest; None for a built-in corpus.
        recordings: sorted by `file_id`, each `file_id` once.
        rejected: files whose names do not parse, sorted by path.
        duplicates: recordings left out because another folder has them too, sorted by path.
        own: the further columns of a user's own table; every `Recording.extra` has a value for each.
        notes: one line per property of the corpus that the user should know.
        votes: the answers of single raters, of recordings of this scan.
    """

    dataset: str
    root: Path
    recordings: Sequence[Recording]
    rejected: tuple[Rejected, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    own: tuple[Column, ...] = ()
    notes: tuple[str, ...] = ()
    table: Path | None = None
    votes: tuple[Vote, ...] = ()
