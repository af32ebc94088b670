"""Predictions as rows and files."""

import io
import json

import audformat
import pandas as pd
import pytest

from ser_models.inference.output import FILES, columns, frame, rows, write_csv, write_file, write_json
from ser_models.inference.prediction import Prediction

LABELS = ["happy", "sad"]


def part(start, end, happy):
    emotion = "happy" if happy > 0.5 else "sad"
    return {
        "start": start,
        "end": end,
        "emotion": emotion,
        "probabilities": {"happy": happy, "sad": 1 - happy},
    }


SHORT = Prediction("a,b.wav", "sad", 0.75, {"happy": 0.25, "sad": 0.75}, seconds=2.0, distance=0.5)
NOBODY = {"start": 2.0, "end": 5.0, "emotion": None, "probabilities": {}}
LONG = Prediction(
    "long.wav",
    "happy",
    0.5,
    {"happy": 0.5, "sad": 0.5},
    warning="quiet",
    seconds=5.0,
    timeline=[part(0.0, 3.0, 1.0), NOBODY],
)
REFUSED = Prediction("bad.wav", error="0 bytes")
ALL = [SHORT, LONG, REFUSED]


def test_a_row_per_recording():
    found = [row for each in ALL for row in rows(each, LABELS)]
    assert [list(row) for row in found] == [columns(LABELS)] * 3
    assert [row["file"] for row in found] == ["a,b.wav", "long.wav", "bad.wav"]
    assert [row["emotion"] for row in found] == ["sad", "happy", None]
    assert found[0] == {
        "file": "a,b.wav",
        "emotion": "sad",
        "confidence": 0.75,
        "p_happy": 0.25,
        "p_sad": 0.75,
        "distance": 0.5,
        "warning": None,
        "error": None,
    }


def test_a_row_per_window():
    found = [row for each in ALL for row in rows(each, LABELS, timeline=True)]
    assert [(row["file"], row["start"], row["end"], row["emotion"]) for row in found] == [
        ("a,b.wav", 0, 2, "sad"),
        ("long.wav", 0, 3, "happy"),
        ("long.wav", 2, 5, None),
        ("bad.wav", 0, None, None),
    ]
    assert [row["p_happy"] for row in found] == [0.25, 1.0, None, None]
    assert [row["confidence"] for row in found] == [0.75, 1.0, None, None]


@pytest.mark.parametrize("timeline", [False, True])
def test_audformat_takes_the_index(timeline):
    table = frame(iter(ALL[:2]), LABELS, timeline=timeline, audformat=True)
    assert audformat.is_segmented_index(table)
    assert len(table) == (3 if timeline else 2)
    assert table.index[0] == ("a,b.wav", pd.Timedelta(0), pd.Timedelta(seconds=2))


def test_without_audformat_rows_are_numbered():
    table = frame(ALL, LABELS)
    assert table.index.tolist() == [0, 1, 2]
    assert list(table) == columns(LABELS)


@pytest.mark.parametrize("timeline", [False, True])
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_files_say_what_the_table_says(form, timeline, tmp_path):
    path = tmp_path / f"answers.{form}"
    write_file(path, form, iter(ALL), LABELS, timeline=timeline)
    read = pd.read_csv(path) if form == "csv" else pd.read_parquet(path)
    expected = frame(ALL, LABELS, timeline=timeline)
    pd.testing.assert_frame_equal(read.astype(object).fillna(0), expected.astype(object).fillna(0))


@pytest.mark.parametrize("form", FILES)
def test_no_answers_are_a_file_too(form, tmp_path):
    write_file(tmp_path / "none", form, iter([]), LABELS)
    assert (tmp_path / "none").stat().st_size


def test_json_is_a_list_of_what_each_prediction_says():
    text = io.StringIO()
    write_json(text, iter(ALL))
    assert json.loads(text.getvalue()) == [each.to_json() for each in ALL]
    assert "timeline" not in json.loads(text.getvalue())[0]
    assert json.loads(text.getvalue())[1]["timeline"] == LONG.timeline


def test_csv_leaves_unknown_values_empty():
    text = io.StringIO()
    write_csv(text, [REFUSED], LABELS)
    assert text.getvalue().splitlines()[1] == "bad.wav,,,,,,,0 bytes"
