"""Predictions as rows and files."""

import io
import json

import audformat
import pandas as pd
import pytest

from ser_models.inference.output import WRITERS, columns, frame, rows, write_csv, write_file, write_json
from ser_models.inference.prediction import Prediction
from ser_models.inference.timeline import TimelineSpan, WindowPrediction

LABELS = ["happy", "sad"]
SHORT = Prediction(
    "a,b.wav", "sad", 0.75, {"happy": 0.25, "sad": 0.75}, seconds=2.0, ood_score=0.5, verdict="emotion"
)
LONG = Prediction(
    "long.wav",
    "happy",
    0.5,
    {"happy": 0.5, "sad": 0.5},
    warning="quiet",
    seconds=5.0,
    timeline=[TimelineSpan(0.0, 2.5, "happy", 1.0), TimelineSpan(2.5, 5.0, None, None)],
    verdict="mixed",
    windows=[
        WindowPrediction(0.0, 3.0, "happy", {"happy": 1.0, "sad": 0.0}),
        WindowPrediction(2.0, 5.0, None, {}),
    ],
)
REFUSED = Prediction("bad.wav", error="0 bytes")
ALL = [SHORT, LONG, REFUSED]


def test_a_row_per_recording():
    table = [row for prediction in ALL for row in rows(prediction, LABELS)]
    assert [list(row) for row in table] == [columns(LABELS)] * 3
    assert [row["emotion"] for row in table] == ["sad", "happy", None]
    assert table[0] == {
        "file": "a,b.wav",
        "emotion": "sad",
        "confidence": 0.75,
        "p_happy": 0.25,
        "p_sad": 0.75,
        "ood_score": 0.5,
        "verdict": "emotion",
        "warning": None,
        "notes": None,
        "error": None,
    }


def test_a_row_per_window():
    table = [row for prediction in ALL for row in rows(prediction, LABELS, windows=True)]
    names = ("file", "start", "end", "emotion", "p_happy", "confidence")
    assert [tuple(row[name] for name in names) for row in table] == [
        ("a,b.wav", 0, 2, "sad", 0.25, 0.75),
        ("long.wav", 0, 3, "happy", 1.0, 1.0),
        ("long.wav", 2, 5, None, None, None),
        ("bad.wav", 0, None, None, None, None),
    ]


@pytest.mark.parametrize("windows", [False, True])
def test_audformat_index(windows):
    table = frame(iter(ALL[:2]), LABELS, windows=windows, audformat=True)
    assert audformat.is_segmented_index(table)
    assert len(table) == (3 if windows else 2)
    assert table.index[0] == ("a,b.wav", pd.Timedelta(0), pd.Timedelta(seconds=2))


def test_rows_are_numbered_without_audformat():
    table = frame(ALL, LABELS)
    assert table.index.tolist() == [0, 1, 2]
    assert list(table) == columns(LABELS)


@pytest.mark.parametrize("windows", [False, True])
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_files_equal_the_table(form, windows, tmp_path):
    path = tmp_path / f"predictions.{form}"
    write_file(path, form, iter(ALL), LABELS, windows=windows)
    read = pd.read_csv(path) if form == "csv" else pd.read_parquet(path)
    expected = frame(ALL, LABELS, windows=windows)
    pd.testing.assert_frame_equal(read.astype(object).fillna(0), expected.astype(object).fillna(0))


@pytest.mark.parametrize("form", WRITERS)
def test_no_predictions_give_a_file_too(form, tmp_path):
    write_file(tmp_path / "none", form, iter([]), LABELS)
    assert (tmp_path / "none").stat().st_size


def test_json_round_trip():
    text = io.StringIO()
    write_json(text, iter(ALL))
    values = json.loads(text.getvalue())
    assert [Prediction.from_json(value) for value in values] == ALL
    assert {"windows", "timeline"}.isdisjoint(values[0])
    assert values[1]["windows"][1] == {"start": 2.0, "end": 5.0, "emotion": None, "probabilities": {}}


def test_csv_leaves_missing_values_empty():
    text = io.StringIO()
    write_csv(text, [REFUSED], LABELS)
    assert text.getvalue().splitlines()[1] == "bad.wav,,,,,,,,,0 bytes"
