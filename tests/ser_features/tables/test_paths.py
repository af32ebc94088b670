"""Written paths → files."""

import pytest

from ser_features.errors import InputError
from ser_features.tables.paths import Locator


@pytest.fixture
def folder(tmp_path):
    for name in ("own/a.wav", "own/Sub/b.WAV", "share/c.wav", "data/own/d.wav", "data/a.wav"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("written", "path", "name"),
    [
        ("a.wav", "a.wav", "a.wav"),
        ("./x/../a.wav", "a.wav", "a.wav"),
        ("../own/a.wav", "a.wav", "a.wav"),
        ("sub\\b.wav", "Sub/b.WAV", "Sub/b.WAV"),
        ("sub/b", "Sub/b.WAV", "Sub/b.WAV"),
        ("../share/c.wav", "../share/c.wav", "share/c.wav"),
        ("own/d.wav", "{root}/data/own/d.wav", "own/d.wav"),
        ("{root}/own/a.wav", "a.wav", "a.wav"),
        ("{root}/share/c.wav", "{root}/share/c.wav", "{name}/share/c.wav"),
    ],
)
def test_files_are_found(folder, written, path, name):
    locator = Locator(folder / "own", folder / "data")
    words = {"root": str(folder), "name": str(folder).lstrip("/")}
    located = locator.locate(written.format(**words))
    assert (located.path, located.name) == (path.format(**words), name.format(**words))


def test_the_name_of_a_file_does_not_depend_on_the_place_of_its_table(folder):
    (folder / "own").rename(folder / "moved")
    assert Locator(folder / "moved").locate("../share/c.wav").name == "share/c.wav"
    assert Locator(folder / "moved", folder / "data").locate("own/d.wav").name == "own/d.wav"


def test_the_home_folder(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder))
    assert Locator(folder / "own").locate("~/share/c.wav").file == f"{folder}/share/c.wav"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("", "path is empty, expected that of a recording"),
        ("e.wav", "no file 'e.wav' beside the table or in "),
        ("Sub", "path 'Sub' is a folder, expected a file"),
        ("s3://bucket/a.wav", "path 's3://bucket/a.wav' is an address, expected a file: download it"),
        ("\\\\server\\share\\a.wav", "is one of a Windows drive"),
    ],
)
def test_files_that_are_not(folder, written, message):
    with pytest.raises(InputError) as error:
        Locator(folder / "own", folder / "data").locate(written)
    assert message in str(error.value)


def test_a_folder_without_permission_or_a_long_name(folder):
    for written in ("x" * 5000, "a.wav/b.wav", "../" * 60 + "nowhere.wav"):
        with pytest.raises(InputError, match="no file"):
            Locator(folder / "own").locate(written)
