"""Examples of the tiny store, a split of them, and a model of frames that is fitted in no time."""

import pytest

from ser_models.data.examples import load_examples
from ser_models.data.split import make_split
from ser_models.models import MODELS


@pytest.fixture
def centroids(monkeypatch):
    """Name of the model, registered for the test."""
    monkeypatch.setitem(MODELS, "centroids", ("tests.ser_models.training.centroids", "Centroids"))
    return "centroids"


@pytest.fixture(scope="session")
def examples(store):
    return load_examples(store)


@pytest.fixture(scope="session")
def split(examples):
    return make_split(examples)
