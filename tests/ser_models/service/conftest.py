"""The service of a cheap model, in this process: features are computed in threads instead of processes."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs FastAPI: pip install 'ser-toolkit[serve]'")
pytest.importorskip("httpx", reason="needs httpx: pip install 'ser-toolkit[test]'")

from fastapi.testclient import TestClient

from ser_models.inference import load
from ser_models.inference.predictor import Predictor
from ser_models.service.application import build
from ser_models.service.config import ServiceConfig
from ser_models.service.service import Service

TOKEN = "a-token-of-the-tests"
PAGE = Path(__file__).parents[3] / "docs" / "serve.md"

Serving = Callable[..., AbstractContextManager[TestClient]]


@pytest.fixture(scope="session")
def artifact(artifact_of: Callable[..., Path]) -> Path:
    return artifact_of("logistic")


@pytest.fixture(scope="session")
def predictor(artifact: Path) -> Predictor:
    return load(artifact)


def document_example(number: int) -> str:
    """Return an example in Python of docs/serve.md."""
    return re.findall(r"^```py\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[
        number
    ]


def service_of(predictor: Predictor, **options: Any) -> Service:
    return Service(predictor, ServiceConfig(workers=2, **options), ThreadPoolExecutor)


@pytest.fixture(scope="session")
def serving(predictor: Predictor) -> Serving:
    """Return a function that serves the model with some options for the duration of a block."""

    @contextmanager
    def serve(**options: Any) -> Iterator[TestClient]:
        with TestClient(build(service_of(predictor, **options)), raise_server_exceptions=False) as client:
            yield client

    return serve


@pytest.fixture(scope="module")
def client(serving: Serving) -> Iterator[TestClient]:
    """A client with the token of the service."""
    with serving(token=TOKEN) as client:
        client.headers["authorization"] = f"Bearer {TOKEN}"
        yield client
