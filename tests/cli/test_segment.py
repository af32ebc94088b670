"""`ser segment`, and `ser predict --segments vad`: tables, channels, files without speech, refused files."""

import csv
import io
import json

import numpy as np
import pytest

from ser_features.errors import InputError
from ser_models.inference.loading import load
from tests.cases.sounds import RATE, save
from tests.speech import by_level, save_call


@pytest.fixture(autouse=True)
def _level(monkeypatch):
    by_level(monkeypatch)


@pytest.fixture
def calls(tmp_path):
    save_call(tmp_path / "calls" / "one.wav", "12")
    save_call(tmp_path / "calls" / "deep" / "two.wav", "1")
    return tmp_path / "calls"


@pytest.fixture(scope="module")
def artifact(artifact_of):
    return artifact_of("logistic")


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_table_that_predict_reads(ser, calls, artifact):
    table = calls / "segments.csv"
    answer = ser("segment", calls, "--channel", "each", "--out", table)
    assert (answer.code, f"3 segments: {table}" in answer.out) == (0, True)
    rows = rows_of(table)
    assert list(rows[0]) == ["path", "start", "end", "channel", "speaker", "speech_probability"]
    assert [(row["path"], row["channel"], row["speaker"]) for row in rows] == [
        ("deep/two.wav", "1", "deep/two channel 1"),
        ("one.wav", "1", "one channel 1"),
        ("one.wav", "2", "one channel 2"),
    ]
    assert float(rows[1]["start"]) == pytest.approx(0.9, abs=0.07)
    assert float(rows[1]["end"]) == pytest.approx(2.6, abs=0.07)
    of_table = ser("predict", artifact, table, "--format", "csv")
    direct = ser("predict", artifact, calls, "--segments", "vad", "--channel", "each", "--format", "csv")
    assert (of_table.code, direct.code) == (0, 0)
    assert of_table.out == direct.out
    assert of_table.out.splitlines()[0].startswith("file,channel,start,end,emotion,confidence,")
    assert len(of_table.out.splitlines()) == 4


def test_screen_and_json(ser, calls):
    answer = ser("segment", calls)
    assert answer.out.splitlines()[0].split() == ["file", "channel", "start", "end", "speech"]
    assert len(answer.out.splitlines()) == 4
    content = json.loads(ser("segment", calls, "--json").out)
    assert [one["channel"] for one in content["segments"]] == [None] * 3
    assert content["files"][1] == {
        "path": str(calls / "one.wav"),
        "seconds": 6.0,
        "speech": pytest.approx(3.4, abs=0.2),
        "notes": [],
    }
    assert content["failures"] == []


def test_no_speech_is_a_note_and_a_refused_file_an_exit_code(ser, calls, artifact):
    silent = save(calls / "silent.wav", np.full(2 * RATE, 1e-4))
    (calls / "broken.wav").write_bytes(b"RIFF")
    table = calls / "segments.csv"
    answer = ser("segment", calls, "--out", table)
    assert answer.code == 1
    assert f"note {silent}: no speech found" in answer.err
    assert f"failed {calls / 'broken.wav'}: " in answer.err
    assert len(rows_of(table)) == 3
    predicted = ser("predict", artifact, calls, "--segments", "vad", "--format", "csv")
    assert predicted.code == 1
    assert f"note {silent}: no speech found" in predicted.err
    assert f"failed {calls / 'broken.wav'}: " in predicted.err
    assert "silent.wav" not in predicted.out


def test_a_file_of_another_kind_is_not_replaced(ser, calls, tmp_path):
    table = tmp_path / "own.csv"
    table.write_text("path,emotion\n")
    answer = ser("segment", calls, "--out", table)
    assert (answer.code, "exists and was not written by ser" in answer.err) == (2, True)
    assert ser("segment", calls, "--out", table, "--force").code == 0
    assert ser("segment", calls, "--out", table).code == 0  # its own table


def test_options_are_checked(ser, calls):
    answer = ser("segment", calls, "--max-speech", 900)
    assert (answer.code, "max_speech is 900 s, expected 1 to 600 s" in answer.err) == (2, True)


def test_long_calls_and_their_resumption(ser, calls, artifact, tmp_path):
    out = tmp_path / "answers.csv"
    words = ("predict", artifact, calls, "--segments", "vad", "--out", out)
    assert ser(*words).code == 0
    assert len(rows_of(out)) == 3
    assert [row["file"].endswith("two.wav") for row in rows_of(out)] == [True, False, False]


def test_in_python(calls, artifact):
    predictor = load(artifact)
    several = predictor.predict(calls / "one.wav", segments="vad", channel="each")
    assert [one.channel for one in several] == [1, 2]
    assert several[0].start == pytest.approx(0.9, abs=0.07)
    table = predictor.table([calls / "one.wav"], segments="vad", names=["a call"])
    assert list(table["file"]) == ["a call"] * 2
    assert {"start", "end"} <= set(table.columns)
    with pytest.raises(InputError, match="segments are found in files, expected a path"):
        predictor.predict((np.zeros(RATE, np.float32), RATE), segments="vad")
    with pytest.raises(InputError, match=r"segments is 'words' \(str\), expected none, vad"):
        predictor.predict(calls / "one.wav", segments="words")


def test_channels_that_a_table_names(ser, calls, artifact):
    table = calls / "rows.csv"
    table.write_text("path,channel,speaker\none.wav,2,ada\none.wav,mix,\none.wav,3,\n")
    answer = ser("predict", artifact, table, "--segments", "vad", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(answer.out)))
    assert [row["channel"] for row in rows] == ["2", "", "", "3"]
    assert [row["error"] for row in rows[:3]] == [""] * 3
    assert rows[3]["error"].startswith("channel 3 is chosen and the file has 2: expected a channel that")


def test_parts_are_not_divided_again(ser, calls, artifact):
    table = calls / "parts.csv"
    table.write_text("path,start,end\none.wav,0,2\n")
    for words in (("predict", artifact, table, "--segments", "vad"), ("segment", table)):
        answer = ser(*words)
        assert (answer.code, "is named with a part already" in answer.err) == (2, True)


def test_a_channel_that_a_table_names_is_the_only_one(ser, calls):
    table = calls / "channels.csv"
    table.write_text("path,channel\none.wav,2\n")
    assert [one["channel"] for one in json.loads(ser("segment", table, "--json").out)["segments"]] == [2]
