"""Tables of who speaks in which file."""

import re
from pathlib import Path

import pytest

from ser_features.errors import InputError
from ser_models.inference.speaker_table import speakers_of


@pytest.fixture
def table(tmp_path):
    def make(content):
        path = tmp_path / "who.csv"
        path.write_text(content, encoding="utf-8")
        return path

    return make


def test_names_are_from_the_folder_of_the_table_or_whole(table, tmp_path):
    path = table(f"\ufefffile,speaker,room\na/1.wav,Anna,x\n{tmp_path / 'b.wav'},Ben,y\n")
    assert speakers_of(path, [tmp_path / "b.wav", tmp_path / "a" / "1.wav"]) == ["Ben", "Anna"]


def test_names_are_as_they_are_asked_for(table, tmp_path, monkeypatch):
    path = table("calls/1.wav,Anna\n".join(["file,speaker\n", ""]))
    other = tmp_path / "elsewhere"
    other.mkdir()
    monkeypatch.chdir(other)
    assert speakers_of(path, [Path("calls/1.wav")]) == ["Anna"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("file,speaker\na.wav,\n", "names no speaker of b.wav and 1 more: add a line file,speaker for each"),
        ("path,speaker\na.wav,Anna\n", "has no column file, expected file and speaker: add it to line 1"),
        ("", "has no column file, expected file and speaker: add it to line 1"),
    ],
)
def test_what_is_missing_is_named(table, content, says):
    path = table(content)
    with pytest.raises(InputError, match=re.escape(says)):
        speakers_of(path, [Path("b.wav"), Path("a.wav")])


def test_a_table_that_is_none(tmp_path):
    (tmp_path / "noise").write_bytes(b"\xff\xfe\x00\x80" * 9)
    for path in (tmp_path / "noise", tmp_path / "nobody.csv", tmp_path):
        with pytest.raises(InputError, match=r"expected a CSV file, file,speaker|has no column file"):
            speakers_of(path, [Path("a.wav")])
