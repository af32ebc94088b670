"""Files, folders and speaker tables as named on a command line."""

import re
from pathlib import Path

import pytest

from ser_features.errors import InputError
from ser_models.inference.files import AudioFile, find_audio, speakers_of


@pytest.fixture
def folder(tmp_path):
    for name in ("b/2.wav", "b/c/1.flac", "a.MP3", "notes.txt", "._a.wav", "b/.hidden.wav"):
        path = tmp_path / "calls" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "calls"


def test_a_folder_stands_for_its_audio_files_in_sorted_order(folder):
    assert find_audio([folder]) == [AudioFile(folder / name) for name in ("a.MP3", "b/2.wav", "b/c/1.flac")]


def test_arguments_keep_their_order(folder):
    files = find_audio([folder / "b", Path("nowhere.wav"), folder / "a.MP3"])
    assert [file.path.name for file in files] == ["2.wav", "1.flac", "nowhere.wav", "a.MP3"]


def test_paths_stay_relative(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert [str(file.path) for file in find_audio([Path(), Path("b")])][-2:] == ["b/2.wav", "b/c/1.flac"]


def test_links_are_followed_and_broken_ones_are_a_problem(folder, tmp_path):
    (tmp_path / "blob").touch()
    (folder / "b" / "3.wav").symlink_to(tmp_path / "blob")
    (folder / "b" / "4.wav").symlink_to("gone")
    problems = {file.path.name: file.problem for file in find_audio([folder / "b"])}
    assert problems == {
        "1.flac": None,
        "2.wav": None,
        "3.wav": None,
        "4.wav": "link to 'gone', where no file is: restore the file",
    }


def test_other_formats_are_listed_with_the_remedy(folder):
    (folder / "memo.m4a").touch()
    (folder / "a.m4a").touch()  # a.MP3 is the same recording
    [memo] = [file for file in find_audio([folder]) if file.problem]
    assert memo.path == folder / "memo.m4a"
    assert memo.problem.startswith("M4A (AAC) is not read: expected WAV")


def test_a_folder_without_audio_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"no audio file below .*: expected \.aif, .*\.wav"):
        find_audio([tmp_path])


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
        ("file,speaker\na.wav,\n", "names no speaker of b.wav and 1 more: add a line file,speaker for each"),
        ("path,speaker\na.wav,Anna\n", "has no column file, expected file and speaker: add it to line 1"),
        ("", "has no column file, expected file and speaker: add it to line 1"),
    ],
)
def test_incomplete_speaker_tables(table, content, message):
    with pytest.raises(InputError, match=re.escape(message)):
        speakers_of(table(content), [Path("b.wav"), Path("a.wav")])


def test_unreadable_speaker_tables(tmp_path):
    (tmp_path / "noise").write_bytes(b"\xff\xfe\x00\x80" * 9)
    for path in (tmp_path / "noise", tmp_path / "missing.csv", tmp_path):
        with pytest.raises(InputError, match=r"expected a CSV file, file,speaker|has no column file"):
            speakers_of(path, [Path("a.wav")])
