"""Situations that users reported: `ser` in this process, and a model for `ser predict`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cases.tables import RECORDINGS
from tests.cli.conftest import _not_quiet, _quick, ser

__all__ = ["_not_quiet", "_quick", "folder", "model", "ser"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with the recordings of `tables`."""
    for number in range(4):
        (tmp_path / f"u{number}.wav").write_bytes(RECORDINGS[number])
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def model(artifact_of: Callable[..., Path]) -> Path:
    """Artifact of a logistic regression; tests must not change it."""
    return artifact_of("logistic")
