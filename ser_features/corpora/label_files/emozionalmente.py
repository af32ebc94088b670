"""Emozionalmente: three tables in the folder metadata.

samples.csv      file_name,actor,emotion_expressed,sentence
users.csv        username,gender,age,mother_tongue
evaluations.csv  file_name,emotion_recognized        five rows per recording
"""

from collections import defaultdict
from pathlib import PurePath

from ser_features.corpora.label_files.labels import EMOTION, Answer, Labels, Row
from ser_features.corpora.label_files.reading import below, rows_of, whole_number
from ser_features.manifest import Scan

EXPECTED = "metadata/samples.csv"


def read(scan: Scan) -> Labels:
    """Actor, intended emotion, sentence and votes by recording."""
    people = {
        row["username"]: row
        for path in below(scan, "metadata/users.csv")
        for row in rows_of(path, ("username", "gender", "age"))
    }
    votes: defaultdict[str, list[str]] = defaultdict(list)
    for path in below(scan, "metadata/evaluations.csv"):
        for row in rows_of(path, ("file_name", "emotion_recognized")):
            votes[PurePath(row["file_name"]).stem].append(row["emotion_recognized"])
    rows = {}
    for path in below(scan, EXPECTED):
        for row in rows_of(path, ("file_name", "actor", "emotion_expressed", "sentence")):
            stem = PurePath(row["file_name"]).stem
            rows[stem] = _row(row, people.get(row["actor"], {}), votes[stem])
    return Labels(EXPECTED, rows)


def _row(sample: dict[str, str], person: dict[str, str], votes: list[str]) -> Row:
    return Row(
        sample["emotion_expressed"],
        {
            "speaker": sample["actor"] or None,
            "gender": person.get("gender"),
            "age": whole_number(person.get("age", "")),
            "statement": sample["sentence"] or None,
        },
        tuple(Answer(None, EMOTION, vote) for vote in votes),
    )
