"""Calls of ten minutes and more: containers of telephones, segments of speech, a channel per speaker."""

import csv

import numpy as np
import pytest

from benchmarks.robustness.media_files import WRITTEN, media_file
from ser_features.audio import decode
from ser_models.app.clips import examples
from tests.cases.sounds import save, voice
from tests.speech import by_level


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.long
def test_a_call_of_eleven_minutes(ser, model, tmp_path, monkeypatch):
    """A recording over the limit of ten minutes, whose segments are recognised (emotion-recognition#6)."""
    by_level(monkeypatch)
    part = np.concatenate([voice(1, "angry", 0, 1.5, 8000), np.zeros(8000, np.float32)])
    save(tmp_path / "call.wav", np.resize(part, 660 * 8000), 8000, subtype="ULAW")
    out = tmp_path / "answers.csv"
    answer = ser("predict", model, tmp_path / "call.wav", "--segments", "vad", "--out", out)
    assert answer.code == 0
    rows = rows_of(out)
    assert len(rows) == 264
    assert all(1.4 < float(row["end"]) - float(row["start"]) < 2 for row in rows)
    assert float(rows[-1]["end"]) > 655


@pytest.mark.long
def test_a_call_on_two_channels_in_m4a(ser, model, tmp_path):
    """Ten minutes of the demo's voices, a speaker per channel, from a telephone to a row per sentence."""
    kind = next(kind for kind in WRITTEN if kind.name == "ipod-aac")
    voices = [decode(one.content, min_seconds=0.1, max_seconds=60).signal for one in examples()[:2]]
    pause = np.zeros((kind.rate, 2), np.float32)
    turns = []
    for number, signal in enumerate(voices):
        turn = np.zeros((len(signal), 2), np.float32)
        turn[:, number] = signal
        turns += [turn, pause]
    round_of_both = np.concatenate(turns)
    rounds = round(600 * kind.rate / len(round_of_both))
    (tmp_path / "call.m4a").write_bytes(media_file(kind, np.tile(round_of_both, (rounds, 1))))
    table = tmp_path / "segments.csv"
    assert ser("segment", tmp_path / "call.m4a", "--channel", "each", "--out", table).code == 0
    segments = rows_of(table)
    for channel in "12":
        starts = [float(row["start"]) for row in segments if row["channel"] == channel]
        assert len(starts) == rounds
        assert np.diff(starts) == pytest.approx(len(round_of_both) / kind.rate, abs=0.3)
    answer = ser(
        "predict", model, tmp_path / "call.m4a", "--segments", "vad", "--channel", "each", "--format", "csv"
    )
    assert answer.code == 0
    rows = list(csv.DictReader(answer.out.splitlines()))
    assert [(row["start"], row["channel"]) for row in rows] == [
        (str(float(row["start"])), row["channel"]) for row in segments
    ]
    assert all(row["emotion"] for row in rows)
