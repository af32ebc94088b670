"""Who is in a store; the system forgets the dead."""

import subprocess
import sys
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
def somebody(tmp_path):
    """Another process in the store at tmp_path."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE)
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_first_run_is_alone_until_it_shares(tmp_path):
    with locks.running(tmp_path) as run:
        assert run.exclusive
        run.share()
        assert not run.exclusive
        with locks.shared(tmp_path):
            assert not run.try_exclusive()
        assert run.try_exclusive()


def test_a_run_beside_somebody_is_not_alone_and_one_after_a_kill_is(tmp_path, somebody):
    with locks.running(tmp_path) as run:
        assert not run.exclusive
    with (
        pytest.raises(StoreError, match="is in use by another run of ser: expected none: wait until it ends"),
        locks.exclusive(tmp_path),
    ):
        pass
    somebody.kill()
    somebody.wait()
    with locks.running(tmp_path) as run:
        assert run.exclusive


def test_where_locks_do_not_work_nobody_is_ever_alone(tmp_path, monkeypatch):
    def unsupported(descriptor, operation):
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(locks.fcntl, "flock", unsupported)
    with locks.running(tmp_path) as run, locks.committing(tmp_path), locks.shared(tmp_path):
        assert not run.exclusive
        run.share()
    no_locks = "has no locks: expected a local or shared file system"
    with pytest.raises(StoreError, match=no_locks), locks.exclusive(tmp_path):
        pass


def test_a_reader_needs_no_right_to_write(tmp_path, monkeypatch):
    def refused(path, flags, mode):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(locks.os, "open", refused)
    with locks.reading(tmp_path):
        pass
    with pytest.raises(PermissionError), locks.shared(tmp_path):
        pass


def test_looking_for_a_lock_leaves_only_empty_files(tmp_path: Path):
    with locks.running(tmp_path), locks.committing(tmp_path):
        pass
    assert sorted((path.name, path.stat().st_size) for path in (tmp_path / "locks").iterdir()) == [
        ("commit", 0),
        ("run", 0),
    ]
