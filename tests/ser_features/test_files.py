"""Folders are replaced in one step, also on file systems that lack an operation; foreign files are kept."""

import errno
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
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


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES])
def test_a_file_system_without_fsync_of_folders_is_written_to(folder, monkeypatch, code):
    monkeypatch.setattr(files.os, "fsync", failing_for_folders(os.fsync, code))
    replace(folder)
    with files.replacing(folder / "table") as file:
        file.write(b"rows")
    assert (folder / "content").read_text() == "new"
    assert (folder / "table").read_bytes() == b"rows"


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_a_failing_disk_is_an_error(folder, monkeypatch, code):
    monkeypatch.setattr(files.os, "fsync", failing_for_folders(os.fsync, code))
    with pytest.raises(OSError) as error:
        replace(folder)
    assert error.value.errno == code


def test_a_folder_that_cannot_be_opened_is_not_synced(folder, monkeypatch):
    opened = os.open

    def refused(path: Path, flags: int, *mode: int) -> int:
        if Path(path).is_dir():
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(path, flags, *mode)

    monkeypatch.setattr(files.os, "open", refused)
    replace(folder)
    assert (folder / "content").read_text() == "new"


def test_a_drive_without_modes_is_written_to(folder, monkeypatch):
    def refused(self: Path, mode: int) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refused)
    replace(folder)
    assert (folder / "content").read_text() == "new"


def test_a_file_is_locked_for_one_process(folder):
    with (folder / "content").open() as first, (folder / "content").open() as second:
        assert files.try_lock(first.fileno())
        assert not files.try_lock(second.fileno())
    with (folder / "content").open() as third:
        assert files.try_lock(third.fileno())


def failing_for_folders(fsync: Callable[[int], None], code: int) -> Callable[[int], None]:
    def run(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(code, os.strerror(code))
        fsync(descriptor)

    return run
