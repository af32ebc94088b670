"""Folders are walked, files are taken as they are."""

from pathlib import Path

import pytest

from ser_features.errors import InputError
from ser_models.inference.files import Listed, listed


@pytest.fixture
def folder(tmp_path):
    for name in ("b/2.wav", "b/c/1.flac", "a.MP3", "notes.txt", "._a.wav", "b/.hidden.wav"):
        path = tmp_path / "calls" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "calls"


def test_a_folder_is_the_audio_below_it_sorted(folder):
    assert listed([folder]) == [Listed(folder / name) for name in ("a.MP3", "b/2.wav", "b/c/1.flac")]


def test_the_order_is_that_of_the_words(folder):
    words = [folder / "b", Path("nowhere.wav"), folder / "a.MP3"]
    assert [each.path.name for each in listed(words)] == ["2.wav", "1.flac", "nowhere.wav", "a.MP3"]


def test_paths_stay_as_they_were_given(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert [str(each.path) for each in listed([Path(), Path("b")])][-2:] == ["b/2.wav", "b/c/1.flac"]


def test_a_link_that_leads_out_is_named(folder, tmp_path):
    (tmp_path / "secret.wav").touch()
    (folder / "b" / "3.wav").symlink_to(tmp_path / "secret.wav")
    found = {each.path.name: each.problem for each in listed([folder])}
    assert "link that leads out" in found["3.wav"]
    assert found["2.wav"] is None


def test_a_folder_without_audio_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"no audio file below .*: expected \.aif, .*\.wav"):
        listed([tmp_path])
