"""ShEMO: shemo.json, one entry per recording.

{"F01A01": {"speaker_id": "F01", "gender": "female", "emotion": "anger", "transcript": "…", "ipa": "…"}}
"""

import json

from ser_features.corpora.label_files.labels import Labels, Row
from ser_features.corpora.label_files.reading import REMEDY, below, text_of
from ser_features.errors import InputError
from ser_features.manifest import Scan

FILE = "shemo.json"


def read(scan: Scan) -> Labels:
    """Emotion and text by recording.

    Raises:
        InputError: if the file has another structure.
    """
    rows = {}
    for path in below(scan, FILE):
        try:
            for stem, entry in json.loads(text_of(path)).items():
                rows[stem] = Row(entry["emotion"].lower(), {"text": entry.get("transcript")})
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise InputError(
                f"{path} cannot be read ({type(error).__name__}: {error}), expected an emotion by recording: "
                f"{REMEDY}"
            ) from error
    return Labels(FILE, rows)
