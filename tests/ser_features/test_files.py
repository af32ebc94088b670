"""Folders are replaced in one step: a killed process leaves the old or the new one, never none."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ser_features import files
from ser_features.errors import StoreError

KILLED = """
import os, signal, sys
from pathlib import Path
from ser_features import files

def killing(step, when):
    def run(*args):
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        step(*args)
        os.kill(os.getpid(), signal.SIGKILL)
    return run

moment = sys.argv[2]
Path.rename = killing(Path.rename, "after")
files.exchange = killing(files.exchange, moment)
with files.replacing_folder(Path(sys.argv[1])) as folder:
    (folder / "content").write_text("new")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "folder"
    path.mkdir()
    (path / "content").write_text("old")
    return path


def replace(path: Path) -> None:
    with files.replacing_folder(path) as hidden:
        (hidden / "content").write_text("new")


@pytest.mark.parametrize(("moment", "content"), [("before", "old"), ("after", "new")])
def test_a_killed_process_leaves_a_folder(folder, moment, content):
    done = subprocess.run([sys.executable, "-c", KILLED, folder, moment], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (folder / "content").read_text() == content


@pytest.mark.parametrize("possible", [True, False])
def test_the_old_folder_is_replaced_and_removed(folder, monkeypatch, possible):
    if not possible:
        monkeypatch.setattr(files, "exchange", unable)
    replace(folder)
    assert (folder / "content").read_text() == "new"
    assert list(folder.parent.iterdir()) == [folder]


def test_without_exchange_a_failed_rename_brings_the_old_folder_back(folder, monkeypatch):
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if target == folder and ".old" not in self.name:
            raise OSError("disk full")
        return rename(self, target)

    monkeypatch.setattr(files, "exchange", unable)
    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="disk full"):
        replace(folder)
    assert (folder / "content").read_text() == "old"
    assert list(folder.parent.iterdir()) == [folder]


def test_an_error_leaves_the_old_folder_and_no_other(folder):
    with pytest.raises(ValueError, match="no"), files.replacing_folder(folder):
        raise ValueError("no")
    assert (folder / "content").read_text() == "old"
    assert list(folder.parent.iterdir()) == [folder]


def unable(first: Path, second: Path) -> None:
    raise StoreError("not on this system")
