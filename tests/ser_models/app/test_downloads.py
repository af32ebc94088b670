"""Files to download, as part of the page."""

import base64
import io
import json
import zipfile

import pandas as pd

from ser_models.app.downloads import downloads
from ser_models.inference.prediction import Prediction

LABELS = ["happy", "sad"]
ONE = Prediction("talk.wav", "sad", 0.9, {"happy": 0.1, "sad": 0.9}, seconds=2.0, verdict="emotion")
REFUSED = Prediction("bad.wav", error="0 bytes")


def contents(predictions) -> dict[str, bytes]:
    return {
        file.name: base64.b64decode(file.address.partition("base64,")[2])
        for file in downloads(predictions, LABELS)
    }


def test_one_recording_has_every_format():
    files = contents([ONE])
    assert list(files) == [
        "predictions.csv",
        "predictions.json",
        "db.emotion.predictions.csv",
        "talk.TextGrid",
        "talk.eaf",
    ]
    assert json.loads(files["predictions.json"])[0]["emotion"] == "sad"
    table = pd.read_csv(io.BytesIO(files["db.emotion.predictions.csv"]))
    assert list(table)[:4] == ["file", "start", "end", "emotion"]


def test_several_recordings_are_archives_with_safe_names():
    files = contents([ONE, Prediction(**{**vars(ONE), "file": "../../x/talk.wav"}), REFUSED])
    assert len(pd.read_csv(io.BytesIO(files["predictions.csv"]))) == 3
    with zipfile.ZipFile(io.BytesIO(files["predictions.TextGrid.zip"])) as archive:
        assert archive.namelist() == ["01_talk.TextGrid", "02_talk.TextGrid"]


def test_refused_recordings_have_no_annotations():
    assert list(contents([REFUSED])) == ["predictions.csv", "predictions.json"]
