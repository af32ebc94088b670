"""Several rows of one recording."""

import pytest

from ser_features.manifest import Recording
from ser_features.tables.merge import merge
from ser_features.tables.paths import Located
from ser_features.tables.rows import Entry


def entry(row, label, speaker="ada", file="a.wav", problem=None, **columns):
    recording = Recording("mine", file, file, speaker, label, label, **columns)
    return Entry(row, Located(f"/own/{file}", file, file), label, problem, recording)


def test_rows_that_agree_are_one_recording():
    merged = merge([entry(2, "sad", None), entry(3, "sad", age=36), entry(4, "sad", age=36)])
    (recording,) = merged.recordings
    assert (recording.speaker, recording.age) == ("ada", 36)
    assert merged.notes() == ["row 4: same as an earlier row, read once"]


def test_values_in_which_rows_differ_are_null():
    merged = merge([entry(2, "sad", age=36, extra={"v": 1}), entry(3, "sad", age=37, extra={"v": 2})])
    assert (merged.recordings[0].age, merged.recordings[0].extra) == (None, {"v": None})
    assert merged.notes() == ["recordings whose rows differ, by column: age (1), v (1): stored as null"]


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        (
            [entry(2, "sad"), entry(3, "angry"), entry(4, "sad")],
            "emotion: rows 2 and 4 say 'sad', row 3 says 'angry', "
            "expected one emotion per recording: keep one row",
        ),
        (
            [entry(2, "sad"), entry(3, "sad", "ben")],
            "speaker: row 2 says 'ada', row 3 says 'ben', expected one speaker per recording: keep one row",
        ),
        ([entry(2, "", problem="emotion is missing")], "row 2: emotion is missing"),
        (
            [entry(2, "other", problem="unknown"), entry(9, "other", problem="unknown")],
            "rows 2 and 9: unknown",
        ),
    ],
)
def test_rows_that_contradict_each_other_are_refused(entries, reason):
    merged = merge([*entries, entry(20, "sad", file="b.wav")])
    assert [one.path for one in merged.recordings] == ["b.wav"]
    assert [(one.path, one.reason) for one in merged.rejected] == [("a.wav", reason)]


def test_a_row_without_a_label_contradicts_nothing():
    merged = merge([entry(2, "", problem="emotion is missing"), entry(3, "sad")])
    assert [one.emotion for one in merged.recordings] == ["sad"]
