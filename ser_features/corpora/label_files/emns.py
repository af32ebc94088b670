"""EMNS: metadata.csv with bars between the cells, one row per recording.

id|utterance|description|emotion|date_created|status|gender|age|level|audio_recording|user_id
1|He sat down.|…|Happy|…|Complete|Female|20s|7|wavs/recorded_audio_02jmPGL.wav|3
"""

from pathlib import PurePosixPath

from ser_features.corpora.label_files.labels import Labels, Row
from ser_features.corpora.label_files.reading import below, rows_of
from ser_features.manifest import Scan

FILE = "metadata.csv"
COLUMNS = ("utterance", "emotion", "level", "audio_recording")


def read(scan: Scan) -> Labels:
    """Emotion, text and level of expressiveness by recording."""
    rows = {
        PurePosixPath(row["audio_recording"]).stem: Row(
            row["emotion"], {"text": row["utterance"], "intensity": row["level"] or None}
        )
        for path in below(scan, FILE)
        for row in rows_of(path, COLUMNS, "|")
    }
    return Labels(FILE, rows)
