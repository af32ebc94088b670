"""Rows that contradict each other, count twice, or do not belong."""

import pyarrow as pa
import pytest

from ser_features.store.oddities import contradictory, identical, in_several_modalities, overlong


def durations(*seconds: float) -> pa.Table:
    names = [f"own/u{number}" for number in range(len(seconds))]
    return pa.table({"dataset": ["own"] * len(seconds), "file_id": names, "duration_sec": seconds})


@pytest.mark.parametrize(
    ("seconds", "line"),
    [
        ((1.0, 1.0, 29.0), None),
        ((1.0, 1.0, 31.0), "own: u2 is 31 s, the median is 1.0 s"),
        ((4.0, 4.0, 79.0), None),
        ((300.0, 310.0, 290.0), None),
        ((290.0,), None),
        (
            (*[1.5] * 9, 60.0, 61.0, 62.0, 63.0),
            "own: u12 is 63 s, u11 is 62 s, u10 is 61 s, 1 more are as long, the median is 1.5 s",
        ),
    ],
)
def test_a_long_recording_exceeds_twenty_medians_and_half_a_minute(seconds, line):
    assert [str(one) for one in overlong(durations(*seconds))] == ([line] if line else [])


def test_each_corpus_has_its_own_median():
    rows = durations(1.0, 1.0, 40.0, 40.0, 40.0)
    rows = rows.set_column(0, "dataset", pa.array(["a", "a", "a", "b", "b"]))
    assert [one.dataset for one in overlong(rows)] == ["a"]
    assert overlong(durations()) == []


def test_identical_and_contradictory_groups():
    rows = pa.table(
        {
            "file_id": ["x/d", "x/a", "x/c", "x/b", "x/e"],
            "audio_sha256": ["1", "1", "2", "2", "3"],
            "audio_channel": pa.nulls(5, pa.int32()),
            "start": pa.nulls(5, pa.float64()),
            "end": pa.nulls(5, pa.float64()),
            "emotion": ["sad", "angry", "sad", "sad", "sad"],
            "speaker": ["s", "s", None, None, "t"],
        }
    )
    assert identical(rows) == [("x/a", "x/d"), ("x/b", "x/c")]
    parts = rows.set_column(3, "start", pa.array([0.0, 1.5, 2.0, 2.0, None]))
    assert identical(parts) == [("x/b", "x/c")]
    channels = rows.set_column(2, "audio_channel", pa.array([1, 2, None, None, None], pa.int32()))
    assert identical(channels) == [("x/b", "x/c")]
    assert [str(one) for one in contradictory(rows)] == ["x/a (angry, s) = x/d (sad, s)"]


def test_takes_need_a_statement_and_two_modalities():
    keys = ("dataset", "speaker", "emotion_code", "intensity", "vocal_channel", "repetition")
    rows = {name: ["x"] * 4 for name in keys} | {
        "file_id": ["x/a", "x/b", "x/c", "x/d"],
        "statement": ["1", "1", None, None],
        "modality": ["audio-only", "audio-video", "audio-only", "audio-video"],
    }
    assert in_several_modalities(pa.table(rows)) == [("x/a", "x/b")]
    assert in_several_modalities(pa.table(rows | {"modality": ["audio-only"] * 4})) == []
