"""Libraries get a private folder for their caches where no usual one can be written to."""

import os
from pathlib import Path

import pytest

from ser_features import caches


@pytest.fixture
def unset(monkeypatch, tmp_path) -> Path:
    """No variable is set; temporary files are in tmp_path/temporary."""
    for name in (*caches.VARIABLES, "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setattr(caches.tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    return tmp_path / "temporary"


def test_nothing_changes_on_a_usual_machine(unset, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    caches.prepare_caches()
    assert not set(caches.VARIABLES) & set(os.environ)


def test_own_caches_are_beside_those_of_other_programs(unset, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert caches.own_cache("voice") == tmp_path / "cache" / "ser" / "voice"
    monkeypatch.setenv("XDG_CACHE_HOME", "unknown")
    assert caches.own_cache("voice") == caches._private_folder() / "voice"


@pytest.mark.parametrize("home", ["~", "unknown"])
def test_a_read_only_machine_gets_a_private_folder(unset, monkeypatch, home):
    monkeypatch.setenv("HOME", home)
    monkeypatch.setattr(caches, "_packages", lambda: Path("~"))
    caches.prepare_caches()
    folder = Path(os.environ["NUMBA_CACHE_DIR"])
    assert os.environ["MPLCONFIGDIR"] == str(folder)
    assert folder.parent == unset
    assert folder.stat().st_mode & 0o777 == 0o700
    assert caches._private_folder() == folder


def test_a_folder_that_others_can_write_to_is_not_taken(unset):
    shared = unset / f"ser-caches-{os.getuid()}"
    shared.mkdir()
    shared.chmod(0o777)
    assert caches._private_folder() != shared


def test_a_variable_of_the_user_is_kept(unset, monkeypatch):
    monkeypatch.setenv("HOME", "~")
    monkeypatch.setattr(caches, "_packages", lambda: Path("~"))
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/mine")
    caches.prepare_caches()
    assert os.environ["NUMBA_CACHE_DIR"] == "/mine"
    assert os.environ["MPLCONFIGDIR"].startswith(str(unset))
