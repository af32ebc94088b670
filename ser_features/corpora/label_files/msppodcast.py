"""MSP-Podcast: the folder Labels, and a text file per recording in the folder Transcripts.

labels_consensus.csv (labels_concensus.csv until about release 1.10), dimensions from 1 to 7:
FileName,EmoClass,EmoAct,EmoVal,EmoDom,SpkrID,Gender,Split_Set
MSP-PODCAST_0001_0008.wav,N,4.2,4.0,4.4,127,Male,Test1

labels_detailed.json, votes by recording and worker:
{"MSP-PODCAST_0001_0008.wav": {"WORKER1": {"EmoClass_Major": "Neutral", "EmoClass_Second": "Neutral",
 "EmoAct": 4.0, "EmoVal": 4.0, "EmoDom": 5.0}}}
"""

import json
from collections.abc import Mapping
from math import isfinite
from pathlib import Path, PurePath

from ser_features.corpora.label_files.labels import EMOTION, SECONDARY, Answer, Labels, Row
from ser_features.corpora.label_files.reading import below, rows_of, structure, text_of
from ser_features.manifest import Scan
from ser_features.ratings import dimensions

EXPECTED = "Labels/labels_consensus.csv"
SCALE = "1-7"
COLUMNS = ("FileName", "EmoClass", "EmoAct", "EmoVal", "EmoDom", "SpkrID", "Gender", "Split_Set")
NO_SPEAKER = ("", "unknown")
ATTRIBUTES = {
    "EmoClass_Major": EMOTION,
    "EmoClass_Second": SECONDARY,
    "EmoAct": "arousal",
    "EmoVal": "valence",
    "EmoDom": "dominance",
}


def read(scan: Scan) -> Labels:
    """Consensus, speaker, part, text and votes by recording."""
    votes: dict[str, tuple[Answer, ...]] = {}
    for path in below(scan, "Labels/labels_detailed.json"):
        votes |= _votes(path)
    texts = {path.stem: path for path in below(scan, "Transcripts/MSP-PODCAST_*.txt")}
    rows = {}
    for path in below(scan, "Labels/labels_con[cs]ensus.csv"):
        for row in rows_of(path, COLUMNS):
            stem = PurePath(row["FileName"]).stem
            text = text_of(texts[stem]).strip() if stem in texts else None
            rows[stem] = _row(row, votes.get(stem, ()), text)
    return Labels(EXPECTED, rows)


def _row(cells: Mapping[str, str], answers: tuple[Answer, ...], text: str | None) -> Row:
    dimensional = dimensions(
        SCALE,
        arousal=_number(cells["EmoAct"]),
        valence=_number(cells["EmoVal"]),
        dominance=_number(cells["EmoDom"]),
    )
    fields = {
        "speaker": None if cells["SpkrID"].lower() in NO_SPEAKER else cells["SpkrID"],
        "gender": cells["Gender"],
        "partition": cells["Split_Set"],
        "text": text,
    }
    return Row(cells["EmoClass"] or None, {**dimensional, **fields}, answers)


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if isfinite(value) else None


def _votes(path: Path) -> dict[str, tuple[Answer, ...]]:
    """Answers by recording.

    Raises:
        InputError: if the file has another structure.
    """
    with structure(path, "answers by recording and worker"):
        return {
            PurePath(name).stem: tuple(
                Answer(worker, attribute, str(given[key]))
                for worker, given in workers.items()
                for key, attribute in ATTRIBUTES.items()
                if given.get(key) not in (None, "")
            )
            for name, workers in json.loads(text_of(path)).items()
        }
