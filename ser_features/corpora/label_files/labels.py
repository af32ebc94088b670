"""What label files say about recordings, and how it is joined with what the names state.

reader → `Labels` → `joined` → `Scan`

A name's own emotion is never replaced by that of a label file: where they differ, a note says so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ser_features.errors import counted, listed
from ser_features.labels import NO_AGREEMENT, UNKNOWN
from ser_features.manifest import Recording, Scan, Vote

LISTED = 20
"""Longer lists of recordings are abbreviated in notes."""

EMOTION, SECONDARY = "emotion", "secondary emotion"
"""Attributes of answers."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of one rater.

    Attributes:
        rater: their name; None if it is not published.
        attribute: emotion, arousal, valence, dominance, or another word of the corpus.
        value: as published.
    """

    rater: str | None
    attribute: str
    value: str


@dataclass(frozen=True, slots=True)
class Row:
    """What label files say about one recording.

    Attributes:
        emotion: as the corpus writes it; None if the file has none.
        fields: of `Recording`; None where unknown.
        answers: of single raters.
    """

    emotion: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Labels:
    """The content of the label files of a corpus.

    Attributes:
        expected: the files, for the note if none is there.
        rows: by stem of the recording.
        parts: by stem of a file with several utterances: key and row of each; the file itself is none.
        notes: what its users should know about the files.
    """

    expected: str
    rows: Mapping[str, Row] = field(default_factory=dict)
    parts: Mapping[str, Sequence[tuple[str, Row]]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def joined(scan: Scan, labels: Labels, codes: Mapping[str, Mapping[str, str]]) -> Scan:
    """Return a scan whose recordings have what the label files say."""
    if not (labels.rows or labels.parts):
        notes = (*labels.notes, f"{labels.expected}: no such file beside the recordings of {scan.dataset}")
        return replace(scan, notes=(*scan.notes, *_of(scan, notes)))
    recordings: list[Recording] = []
    votes: list[Vote] = []
    for recording, row in _rows(scan.recordings, labels):
        recordings.append(_with(recording, row, codes))
        votes += _votes(recordings[-1].file_id, row, codes)
    notes = (*labels.notes, *_differences(scan.recordings, labels, codes))
    return replace(
        scan,
        recordings=tuple(sorted(recordings, key=lambda one: one.file_id)),
        votes=tuple(votes),
        notes=(*scan.notes, *_of(scan, notes)),
    )


def _of(scan: Scan, notes: Iterable[str]) -> Iterator[str]:
    return (f"{scan.dataset}: {note}" for note in notes)


def _rows(recordings: Iterable[Recording], labels: Labels) -> Iterator[tuple[Recording, Row]]:
    for recording in recordings:
        if recording.stem in labels.parts:
            for stem, row in labels.parts[recording.stem]:
                yield replace(recording, stem=stem), row
        else:
            yield recording, labels.rows.get(recording.stem, Row())


def _with(recording: Recording, row: Row, codes: Mapping[str, Mapping[str, str]]) -> Recording:
    """The recording with the row's fields that its name does not state."""
    values: dict[str, Any] = {
        name: codes[name].get(value) if name in codes else value
        for name, value in row.fields.items()
        if value is not None and getattr(recording, name) is None
    }
    if row.emotion is not None and recording.emotion == UNKNOWN:
        values |= {EMOTION: meaning(codes, row.emotion), "emotion_code": row.emotion}
    recording = replace(recording, **values)
    return replace(recording, **_agreement(recording.emotion, row.answers, codes))


def _agreement(
    emotion: str, answers: Iterable[Answer], codes: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """Number of raters, and the share that gave the emotion; raters without a name are different people."""
    given: dict[str | int, set[str]] = {}
    for number, answer in enumerate(answers):
        if answer.attribute == EMOTION:
            given.setdefault(answer.rater or number, set()).add(meaning(codes, answer.value))
    if not given:
        return {}
    same = sum(emotion in meanings for meanings in given.values())
    return {"raters": len(given), "agreement": None if emotion == NO_AGREEMENT else same / len(given)}


def meaning(codes: Mapping[str, Mapping[str, str]], emotion: str) -> str:
    """The emotion that a corpus's own word stands for; the word itself if that is unknown."""
    return codes[EMOTION].get(emotion, emotion)


def _votes(file_id: str, row: Row, codes: Mapping[str, Mapping[str, str]]) -> Iterator[Vote]:
    for answer in row.answers:
        value = meaning(codes, answer.value) if answer.attribute == EMOTION else answer.value
        yield Vote(file_id, answer.rater, answer.attribute, value)


def _differences(
    recordings: Iterable[Recording], labels: Labels, codes: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """Notes on recordings without a row, rows without a recording, and emotions that differ."""
    by_stem = {recording.stem: recording for recording in recordings}
    rows = labels.rows
    without = [stem for stem in by_stem if stem not in rows and stem not in labels.parts]
    if without:
        yield f"{counted(len(without), 'recording')} not in {labels.expected}: {listed(without, LISTED)}"
    if lost := [stem for stem in rows if stem not in by_stem]:
        yield f"{counted(len(lost), 'row')} of {labels.expected} without recording: {listed(lost, LISTED)}"
    differing = [
        f"{stem} ({recording.emotion}, {meaning(codes, emotion)})"
        for stem, recording in by_stem.items()
        if stem in rows
        and (emotion := rows[stem].emotion) is not None
        and recording.emotion not in (UNKNOWN, meaning(codes, emotion))
    ]
    if differing:
        yield (
            f"{counted(len(differing), 'recording')} with another emotion in {labels.expected} than in the "
            f"name, which counts: {listed(differing, LISTED)}"
        )
