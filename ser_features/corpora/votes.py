"""Rows of a table that are answers of raters → one recording per file, and its votes.

rows of one file → `joined` → recording with emotion, agreement and raters; `Vote`s

The emotion is the answer that most raters gave (`ratings.plurality`), no agreement if several are equally
frequent. A row without an emotion is no answer. Arousal, valence and dominance are means over the raters.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from statistics import fmean

from ser_features.errors import counted
from ser_features.labels import NO_AGREEMENT, UNKNOWN
from ser_features.manifest import Recording, Vote
from ser_features.ratings import DIMENSIONS, dimensions, plurality
from ser_features.tables.cells import text_or_none
from ser_features.tables.rows import Entry


def joined(recording: Recording, group: Sequence[Entry]) -> Recording:
    """The recording with what its raters said.

    Args:
        recording: with the other attributes that its rows have in common.
        group: its rows, each the answer of a rater.
    """
    answers = [entry.label for entry in group if entry.label != UNKNOWN]
    label, agreement, _ = plurality(answers) if answers else (UNKNOWN, None, 0)
    words = [entry.recording.emotion_code for entry in group if entry.label == label]
    means = {
        name: _mean([getattr(entry.recording, f"{name}_published") for entry in group]) for name in DIMENSIONS
    }
    return replace(
        recording,
        emotion=label,
        emotion_code=words[0] if words else label,
        agreement=agreement,
        raters=len({entry.rater for entry in group}),
        **dimensions(recording.scale, **means),
    )


def votes_of(group: Iterable[Entry]) -> Iterator[Vote]:
    """The answers of the raters of one recording, still without its `file_id`."""
    for entry in group:
        one = entry.recording
        values = {"emotion": None if entry.label == UNKNOWN else entry.label}
        for name in DIMENSIONS:
            published = getattr(one, f"{name}_published")
            values[name] = None if published is None else f"{published:g}"
        for attribute, value in values.items():
            if value is not None:
                yield Vote("", text_or_none(entry.rater or ""), attribute, value, one.modality)


def notes_on_votes(recordings: Iterable[Recording], votes: Iterable[Sequence[Vote]]) -> list[str]:
    """How emotions follow from votes."""
    emotions = [recording.emotion for recording in recordings if recording.agreement is not None]
    number = sum(vote.attribute == "emotion" for several in votes for vote in several)
    tied = f", {emotions.count(NO_AGREEMENT)} with equally frequent ones" if NO_AGREEMENT in emotions else ""
    return [
        f"{counted(number, 'vote')} on the emotion of {counted(len(emotions), 'recording')}: "
        f"the most frequent answer is the emotion{tied}"
    ]


def _mean(values: Sequence[float | None]) -> float | None:
    present = [value for value in values if value is not None]
    return fmean(present) if present else None
