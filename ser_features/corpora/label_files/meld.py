"""MELD: train_sent_emo.csv, dev_sent_emo.csv and test_sent_emo.csv, one row per utterance.

Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,StartTime,EndTime
1,"Oh my God, he’s lost it.",Phoebe,sadness,negative,0,0,4,7,"00:20:57,256","00:21:00,049"
"""

from ser_features.corpora.label_files.labels import Labels, Row
from ser_features.corpora.label_files.reading import below, rows_of
from ser_features.manifest import Scan

FOLDERS = {
    "train": "train_splits",
    "dev": "dev_splits_complete",
    "test": "output_repeated_splits_test",
}
"""Folder of the recordings by part."""

COLUMNS = ("Utterance", "Speaker", "Emotion", "Dialogue_ID", "Utterance_ID", "Season", "Episode")


def read(scan: Scan) -> Labels:
    """Emotion, speaker, text and episode by utterance."""
    rows = {}
    for part, folder in FOLDERS.items():
        for path in below(scan, f"{part}_sent_emo.csv"):
            for row in rows_of(path, COLUMNS):
                stem = f"{folder}/dia{row['Dialogue_ID']}_utt{row['Utterance_ID']}"
                session = f"s{row['Season']:0>2}e{row['Episode']:0>2}"
                fields = {"speaker": row["Speaker"] or None, "text": row["Utterance"], "session": session}
                rows[stem] = Row(row["Emotion"], fields)
    return Labels("train_, dev_ and test_sent_emo.csv", rows)
