"""ShEMO: shemo.json, one entry per recording.

{"F01A01": {"speaker_id": "F01", "gender": "female", "emotion": "anger", "transcript": "…", "ipa": "…"}}
"""

import json

from ser_features.corpora.label_files.labels import Labels, Row
from ser_features.corpora.label_files.reading import below, structure, text_of
from ser_features.manifest import Scan

FILE = "shemo.json"


def read(scan: Scan) -> Labels:
    """Emotion and text by recording.

    Raises:
        InputError: if the file has another structure.
    """
    rows = {}
    for path in below(scan, FILE):
        with structure(path, "an emotion by recording"):
            for stem, entry in json.loads(text_of(path)).items():
                rows[stem] = Row(entry["emotion"].lower(), {"text": entry.get("transcript")})
    return Labels(FILE, rows)
