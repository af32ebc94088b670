"""A detector of level in place of the network."""

import pytest

from tests.speech import by_level


@pytest.fixture
def level(monkeypatch: pytest.MonkeyPatch) -> None:
    """Detect speech by its level."""
    by_level(monkeypatch)
