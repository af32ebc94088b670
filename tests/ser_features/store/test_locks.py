"""Locks of a store; the system releases those of dead processes."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ser_features.errors import StoreError
from ser_features.store import locks

HOLDER = """
import sys, time
from pathlib import Path
from ser_features.store import locks
with locks.shared(Path(sys.argv[1])):
    print("in", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other_process(tmp_path):
    """Another process that holds the shared lock of the store at tmp_path."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE)
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_first_run_is_exclusive_until_it_shares(tmp_path):
    with locks.running(tmp_path) as run:
        assert run.exclusive
        assert run.note is None
        run.share()
        assert not run.exclusive
        with locks.shared(tmp_path):
            assert not run.try_exclusive()
        assert run.try_exclusive()


def test_a_run_is_exclusive_only_after_other_processes_end(tmp_path, other_process):
    with locks.running(tmp_path) as run:
        assert not run.exclusive
    with (
        pytest.raises(StoreError, match="is in use by another run of ser: expected none: wait until it ends"),
        locks.exclusive(tmp_path),
    ):
        pass
    other_process.kill()
    other_process.wait()
    with locks.running(tmp_path) as run:
        assert run.exclusive


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS])
def test_without_locks_no_run_is_exclusive_and_says_so(tmp_path, monkeypatch, code):
    monkeypatch.setattr(locks.fcntl, "flock", without_locks(code))
    with locks.running(tmp_path) as run, locks.committing(tmp_path), locks.shared(tmp_path):
        assert not run.exclusive
        run.share()
        note = f"{tmp_path} has no locks: run no two extractions of the same corpus into it at once"
        assert run.note == note
    no_locks = "has no locks: expected a local or shared file system"
    with pytest.raises(StoreError, match=no_locks), locks.exclusive(tmp_path):
        pass


def without_locks(code: int) -> Callable[[int, int], None]:
    """As a network share: only unlocking succeeds."""

    def flock(descriptor: int, operation: int) -> None:
        if operation != locks.fcntl.LOCK_UN:
            raise OSError(code, os.strerror(code))

    return flock


def test_a_reader_needs_no_write_permission(tmp_path, monkeypatch):
    def refused(path, flags, mode):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(locks.os, "open", refused)
    with locks.reading(tmp_path):
        pass
    with pytest.raises(PermissionError), locks.shared(tmp_path):
        pass


def test_lock_files_are_empty(tmp_path: Path):
    with locks.running(tmp_path), locks.committing(tmp_path):
        pass
    assert sorted((path.name, path.stat().st_size) for path in (tmp_path / "locks").iterdir()) == [
        ("commit", 0),
        ("run", 0),
    ]
