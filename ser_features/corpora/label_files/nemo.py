r"""nEMO: data.tsv, one row per recording.

file_id\temotion\traw_text\tnormalized_text\tspeaker_id\tgender\tage
EB0_neutral_13.wav\tneutral\tInteresuje mnie historia Polski.\t…\t        EB0\tfemale\t27
"""

from pathlib import PurePath

from ser_features.corpora.label_files.labels import Labels, Row
from ser_features.corpora.label_files.reading import below, rows_of, whole_number
from ser_features.manifest import Scan

FILE = "data.tsv"
COLUMNS = ("file_id", "emotion", "raw_text", "age")


def read(scan: Scan) -> Labels:
    """Text and age of the speaker by recording."""
    rows = {}
    for path in below(scan, FILE):
        for row in rows_of(path, COLUMNS, "\t"):
            fields = {"text": row["raw_text"], "age": whole_number(row["age"])}
            rows[PurePath(row["file_id"]).stem] = Row(row["emotion"], fields)
    return Labels(FILE, rows)
