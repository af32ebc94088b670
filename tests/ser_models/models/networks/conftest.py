"""Padded recordings, and networks fitted to them once per run."""

from contextlib import contextmanager

import numpy as np
import pytest

from ser_models.data.batches import InMemory
from ser_models.models.base import FitContext, Labelled
from tests.ser_models.tiny import tiny

LENGTH = 32


def padded_arrays(count=12, length=LENGTH, seed=0):
    """Frames and mask of recordings of 6 to `length` - 1 frames."""
    rng = np.random.default_rng(seed)
    mask = (np.arange(length) < rng.integers(6, length, count)[:, None]).astype(np.float32)
    frames = rng.normal(size=(count, length, 8)).astype(np.float32) * mask[:, :, None]
    return {"frames": frames, "mask": mask}


@pytest.fixture(scope="session")
def padded():
    return padded_arrays


@contextmanager
def stepwise():
    """Run TensorFlow step by step: to compile a graph takes longer than a few steps of a small one."""
    run_eagerly = pytest.importorskip("tensorflow").config.run_functions_eagerly
    run_eagerly(True)
    yield
    run_eagerly(False)


@pytest.fixture
def not_compiled():
    """Train without compiling the graph."""
    with stepwise():
        yield


@pytest.fixture(scope="package")
def fitted_network():
    """Return a function that fits a tiny network on frames to 12 padded recordings, each once."""
    models = {}

    def fitted(name):
        if name not in models:
            arrays = padded_arrays()
            data = Labelled(InMemory(arrays), np.arange(12) % 2, 2)
            models[name] = tiny(name, length=LENGTH)
            with stepwise():
                models[name].fit(data, data, FitContext(0))
        return models[name], padded_arrays()

    return fitted
