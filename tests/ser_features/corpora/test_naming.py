"""File names of recordings → the manifest of a user's own corpus."""

import csv

import pytest

from ser_features import corpora
from ser_features.corpora.naming import read_names, write_table
from ser_features.errors import InputError


@pytest.fixture
def folder(tmp_path):
    for name in (
        "ada/joy_01.wav",
        "ada/anger_02.wav",
        "ben/joy_01.flac",
        "ben/W_3.wav",
        "ben/notes.txt",
        "x.wav",
    ):
        path = tmp_path / "calls" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "calls"


def test_a_row_per_recording_whose_name_matches(folder):
    named = read_names(folder, "{speaker}/{emotion}_{}")
    assert named.columns == ("path", "speaker", "emotion")
    assert [tuple(row.values()) for row in named.rows] == [
        ("ada/anger_02.wav", "ada", "anger"),
        ("ada/joy_01.wav", "ada", "joy"),
        ("ben/joy_01.flac", "ben", "joy"),
    ]
    assert [path for path, _ in named.others] == ["ben/W_3.wav", "x.wav"]
    assert named.others[0][1].startswith("unknown emotion 'W': map it with --emotions W=EMOTION")
    assert named.others[1][1] == "it does not match {speaker}/{emotion}_{}"


def test_codes_are_mapped_to_emotions(folder):
    named = read_names(folder, "{speaker}/{emotion}_{}", {"W": "anger"})
    assert named.rows[2] == {"path": "ben/W_3.wav", "speaker": "ben", "emotion": "anger"}


def test_the_written_manifest_is_a_corpus(folder):
    named = read_names(folder, "{speaker}/{emotion}_{repetition}.wav")
    write_table(folder / "calls.csv", named)
    scan = corpora.scan(str(folder / "calls.csv"), folder)
    assert [
        (recording.speaker, recording.emotion, recording.repetition) for recording in scan.recordings
    ] == [
        ("ada", "angry", "02"),
        ("ada", "happy", "01"),
    ]
    assert not scan.rejected
    with (folder / "calls.csv").open() as file:
        assert next(csv.reader(file)) == ["path", "speaker", "emotion", "repetition"]


def test_a_pattern_that_matches_nothing_shows_a_name(folder):
    with pytest.raises(InputError, match=r"none of 5 audio files below .* matches .*, such as ada/ang"):
        read_names(folder, "{speaker}-{emotion}")
    with pytest.raises(InputError, match=r", such as ada/anger_02\.wav: .*: change the pattern$"):
        read_names(folder, "{speaker}-{}")


def test_an_existing_manifest_is_not_overwritten(folder):
    (folder / "calls.csv").write_text("mine")
    with pytest.raises(
        InputError, match=r"calls\.csv exists already and may have been edited: remove it, or"
    ):
        write_table(folder / "calls.csv", read_names(folder, "{speaker}/{emotion}_{}"))
    assert (folder / "calls.csv").read_text() == "mine"
