"""Situations that users reported: `ser` in this process, and a model for `ser predict`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import _not_quiet, ser

__all__ = ["_not_quiet", "model", "ser"]


@pytest.fixture(scope="session")
def model(artifact_of: Callable[..., Path]) -> Path:
    """Artifact of a logistic regression; tests must not change it."""
    return artifact_of("logistic")
