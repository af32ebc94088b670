"""The table of speakers: names of columns, places of files, speakers that are missing or contradict."""

import re
from pathlib import Path

import pytest

from ser_features.errors import InputError
from ser_models.inference.speakers import speakers_of


@pytest.fixture
def table(tmp_path):
    def write(content):
        path = tmp_path / "speakers.csv"
        path.write_text(content, encoding="utf-8")
        return path

    return write


def test_speaker_table_names_are_relative_to_the_table_or_absolute(table, tmp_path):
    path = table(f"\ufefffile,speaker,room\na/1.wav,Anna,x\n{tmp_path / 'b.wav'},Ben,y\n")
    assert speakers_of(path, [tmp_path / "b.wav", tmp_path / "a" / "1.wav"]) == ["Ben", "Anna"]


def test_speaker_table_names_may_be_relative_to_the_working_directory(table, tmp_path, monkeypatch):
    path = table("file,speaker\ncalls/1.wav,Anna\n")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert speakers_of(path, [Path("calls/1.wav")]) == ["Anna"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("file,speaker\na.wav,\n", "names no speaker of b.wav and 1 more: add a row with path and speaker"),
        ("file,speaker\na.wav,nan\nb.wav,Ben\n", "names no speaker of a.wav: add a row with path and"),
        ("path,voice\na.wav,Anna\n", "no column speaker: found path, voice, expected path, speaker"),
        ("", "no column path, speaker: found none"),
        (
            "path,speaker\nb.wav,x\na.wav,Ben\na.wav,Anna\n",
            "gives a.wav the speakers 'Anna' and 'Ben'",
        ),
    ],
)
def test_incomplete_speaker_tables(table, content, message):
    with pytest.raises(InputError, match=re.escape(message)):
        speakers_of(table(content), [Path("b.wav"), Path("a.wav")])


def test_unreadable_speaker_tables(tmp_path):
    (tmp_path / "noise").write_bytes(b"\xff\xfe\x00\x80" * 9)
    for path in (tmp_path / "noise", tmp_path / "missing.csv", tmp_path):
        with pytest.raises(InputError, match=r"expected a table as CSV|no column path|is no table \("):
            speakers_of(path, [Path("a.wav")])


@pytest.mark.parametrize(
    "content",
    [
        "file;speaker\na.wav;Anna",
        "sep=;\nfilename;spk_id\na.wav;Anna",
        "Path\tActor\nA.WAV\tAnna",
        "path,speaker\na.wav,Anna\na.wav,Anna",
    ],
)
def test_it_is_read_as_the_table_of_a_corpus(table, tmp_path, content):
    assert speakers_of(table(content), [tmp_path / "a.wav"]) == ["Anna"]


def test_the_normal_form_of_a_name_does_not_matter(table, tmp_path):
    path = table("file,speaker\nmu\u0308de.wav,Anna\n")
    assert speakers_of(path, [tmp_path / "m\u00fcde.wav"]) == ["Anna"]


def test_json_lines_and_the_root_of_their_paths(tmp_path):
    table = tmp_path / "who.jsonl"
    table.write_text('{"file": "a.wav", "speaker": "ada"}\n')
    assert speakers_of(table, [tmp_path / "calls" / "a.wav"], tmp_path / "calls") == ["ada"]
    with pytest.raises(InputError, match="names no speaker of"):
        speakers_of(table, [tmp_path / "calls" / "a.wav"])
