"""One cheap model, its renderer, and its page on a port."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ser_models.app.result import ResultRenderer
from ser_models.inference import load
from tests.serving import Served, served


@pytest.fixture(scope="session")
def artifact(artifact_of: Callable[..., Path]) -> Path:
    return artifact_of("logistic")


@pytest.fixture(scope="session")
def renderer(artifact: Path) -> ResultRenderer:
    return ResultRenderer.of(load(artifact))


@pytest.fixture(scope="session")
def server(artifact: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served") / "tmp"
    folder.mkdir()
    with served(artifact, folder) as page:
        yield page
