"""Votes of CREMA-D's listeners → votes of each recording, and its share of agreement.

finishedResponses.csv (an answer per row) or tabulatedVotes.csv (counts of answers per clip) → `with_votes`

Both tables state what was perceived: the voice, the face, or both. Agreement and number of raters of a
recording are those of the voice alone: the share of them whose answer is the emotion that the actor was asked
for.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ser_features.errors import InputError
from ser_features.manifest import Scan, Vote

SINGLE, COUNTED = "finishedResponses.csv", "tabulatedVotes.csv"
TABLES = (SINGLE, f"processedResults/{COUNTED}", COUNTED)
"""Tables of votes, the one that names raters first."""

ANSWERS = {"A": "angry", "D": "disgust", "F": "fear", "H": "happy", "N": "neutral", "S": "sad"}
VOICE = "audio"
MODALITIES = {"1": VOICE, "2": "video", "3": "audio-video"}
"""By the value of queryType, and by the first digit of the row names of the counts."""


def with_votes(scan: Scan, table: Path) -> Scan:
    """Add the votes of a table to a corpus, and their agreement to its recordings.

    Args:
        scan: the corpus.
        table: the path of one of `TABLES`.

    Raises:
        InputError: if the table is not as published.
    """
    stems = {recording.stem: recording.file_id for recording in scan.recordings}
    read = _single if table.name == SINGLE else _counted
    try:
        with table.open(encoding="utf-8-sig", newline="") as lines:
            votes = tuple(vote for row in csv.DictReader(lines) for vote in read(row, stems))
    except (KeyError, ValueError, TypeError, OSError, csv.Error) as error:
        raise InputError(
            f"{table} cannot be read ({type(error).__name__}: {error}): expected the votes as published: "
            "restore it, or remove it to go without votes"
        ) from error
    answers_of: dict[str, list[str]] = defaultdict(list)
    for vote in votes:
        if vote.modality == VOICE:
            answers_of[vote.file_id].append(vote.value)
    recordings = tuple(
        replace(one, agreement=answers.count(one.emotion) / len(answers), raters=len(answers))
        if (answers := answers_of.get(one.file_id))
        else one
        for one in scan.recordings
    )
    note = f"cremad: {len(votes):,} votes of {len(answers_of):,} recordings from {table.name}"
    return replace(scan, recordings=recordings, votes=votes, notes=(*scan.notes, note))


def _single(row: Mapping[str, str], stems: Mapping[str, str]) -> Iterator[Vote]:
    """The answer of one rater."""
    if file_id := stems.get(row["clipName"].partition(".")[0]):
        yield Vote(file_id, row["localid"], "emotion", ANSWERS[row["respEmo"]], MODALITIES[row["queryType"]])


def _counted(row: Mapping[str, str], stems: Mapping[str, str]) -> Iterator[Vote]:
    """The answers about one clip, of raters without names."""
    if file_id := stems.get(row["fileName"]):
        modality = MODALITIES[row[""][0]]
        for letter, emotion in ANSWERS.items():
            yield from [Vote(file_id, None, "emotion", emotion, modality)] * int(row[letter])
