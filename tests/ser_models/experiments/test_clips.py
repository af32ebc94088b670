"""Clips are of recordings that are where they were extracted from; players of a report escape names."""

import base64
import io

import soundfile

from ser_models.experiments.clips import MAX_SECONDS, SAMPLE_RATE, clips_of
from ser_models.reporting.report.text import errors
from tests.results import make_result


def test_clips_are_of_files_with_the_same_bytes(store):
    rows = store.files()
    names = rows["file_id"].tolist()[:2]
    rows.loc[rows["file_id"] == names[1], "audio_sha256"] = "0"
    clips = clips_of(store, rows, names)
    assert list(clips) == names[:1]
    content = base64.b64decode(clips[names[0]].removeprefix("data:audio/mpeg;base64,"))
    signal, rate = soundfile.read(io.BytesIO(content))
    assert rate == SAMPLE_RATE
    assert 0 < len(signal) <= (MAX_SECONDS + 0.2) * rate


def test_a_report_has_players_only_if_clips_were_asked_for():
    result = make_result()
    first, *_ = result.errors.most_confident
    assert "Sound" not in errors(result).columns
    cells = [row[-1] for row in errors(result, {first.file_id: 'data:audio/mpeg;base64,"'}).rows]
    assert cells[0].startswith("<audio controls")
    assert "base64,&#34;" in cells[0]
    assert set(cells[1:]) <= {"–"}
