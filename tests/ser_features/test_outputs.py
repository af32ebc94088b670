"""Outputs replace what ser wrote, other files with --force, folders and devices never."""

from pathlib import Path

import pytest

from ser_features.errors import InputError
from ser_features.outputs import first_line, refuse_to_replace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "content").write_text("old")
    return tmp_path


def test_only_own_files_are_replaced_without_force(folder):
    path = folder / "content"
    refuse_to_replace(folder / "new")
    refuse_to_replace(path, is_ours=lambda path: path.read_text() == "old")
    refuse_to_replace(path, force=True)
    message = "content exists and was not written by ser: pass another --out, or --force to replace it"
    with pytest.raises(InputError, match=message):
        refuse_to_replace(path)


@pytest.mark.parametrize("name", ["", "link", "/dev/null"])
def test_folders_and_devices_are_never_replaced(folder, name):
    (folder / "link").symlink_to(folder / "nothing")
    with pytest.raises(
        InputError, match="is a folder or a device that ser did not write: pass another --out"
    ):
        refuse_to_replace(folder / name, force=True)


def test_the_first_line_of_what_is_no_text_is_empty(folder):
    assert first_line(folder / "content") == "old"
    assert first_line(folder) == first_line(folder / "nothing") == ""
