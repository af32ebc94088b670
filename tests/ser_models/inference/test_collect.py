"""Files and folders as named on a command line."""

from pathlib import Path

import pytest

from ser_features.errors import InputError
from ser_models.inference.collect import AudioFile, find_audio


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


def memos(folder):
    (folder / "memo.m4a").touch()
    (folder / "a.m4a").touch()  # a.MP3 is the same recording
    return [file for file in find_audio([folder]) if file.path.suffix == ".m4a"]


def test_other_formats_that_pyav_reads_are_recordings(folder):
    assert [(file.path.name, file.problem) for file in memos(folder)] == [("memo.m4a", None)]


def test_other_formats_are_listed_with_the_remedy(folder, without_media):
    [memo] = memos(folder)
    assert memo.path == folder / "memo.m4a"
    assert memo.problem.startswith("M4A (AAC) is not read: expected WAV")


def test_a_folder_without_audio_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"no audio file below .*: expected \.aif, .*\.wav"):
        find_audio([tmp_path])


def test_tables_of_other_formats_and_the_root_of_their_paths(folder, tmp_path):
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "one.jsonl").write_text('{"path": "b/2.wav", "speaker": "ada"}\n')
    (lists / "wav.scp").write_text("u1 a.MP3\nu2 cat a.MP3 |\n")
    first, second, command = find_audio([lists / "one.jsonl", lists], folder)
    assert (first, second) == (AudioFile(folder / "b" / "2.wav", speaker="ada"), AudioFile(folder / "a.MP3"))
    assert command.problem.endswith("is a command, which is not run: expected a file: save its output")
    (folder / "wav.scp").write_text("u1 a.MP3\n")
    assert len(find_audio([folder])) == 3, "a folder with audio files is no table"
    assert find_audio([folder / "wav.scp"]) == [AudioFile(folder / "a.MP3")]
