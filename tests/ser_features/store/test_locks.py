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
with locks.present(Path(sys.argv[1])):
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
        assert run.alone
        run.share()
        assert not run.alone
        with locks.present(tmp_path):
            assert not run.become_alone()
        assert run.become_alone()


def test_a_run_beside_somebody_is_not_alone_and_one_after_a_kill_is(tmp_path, somebody):
    with locks.running(tmp_path) as run:
        assert not run.alone
    with (
        pytest.raises(StoreError, match="is in use by another run of ser: expected none: wait until it ends"),
        locks.alone(tmp_path),
    ):
        pass
    somebody.kill()
    somebody.wait()
    with locks.running(tmp_path) as run:
        assert run.alone


def test_where_locks_do_not_work_nobody_is_ever_alone(tmp_path, monkeypatch):
    def unsupported(descriptor, operation):
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(locks.fcntl, "flock", unsupported)
    with locks.running(tmp_path) as run, locks.committing(tmp_path), locks.present(tmp_path):
        assert not run.alone
        run.share()
    no_locks = "has no locks: expected a local or shared file system"
    with pytest.raises(StoreError, match=no_locks), locks.alone(tmp_path):
        pass


def test_a_reader_needs_no_right_to_write(tmp_path, monkeypatch):
    def refused(path, flags, mode):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(locks.os, "open", refused)
    with locks.reading(tmp_path):
        pass
    with pytest.raises(PermissionError), locks.present(tmp_path):
        pass


def test_looking_for_a_lock_leaves_only_empty_files(tmp_path: Path):
    with locks.running(tmp_path), locks.committing(tmp_path):
        pass
    assert sorted((path.name, path.stat().st_size) for path in (tmp_path / "locks").iterdir()) == [
        ("commit", 0),
        ("run", 0),
    ]
