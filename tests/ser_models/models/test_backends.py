"""Every network on every installed backend of Keras: a training step, a prediction, a shared file."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import keras
import numpy as np
import pytest

from ser_models.data.batches import InMemory
from ser_models.models import MODELS, create, model_class
from ser_models.models.base import FitContext, Labelled
from ser_models.models.networks.network import Network

OTHERS = [backend for backend in ("jax", "torch") if find_spec(backend)]
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not OTHERS, reason="all other tests run on TensorFlow, no other backend is installed"),
]
NETWORKS = [name for name in MODELS if issubclass(model_class(name), Network)]
SHAPES = {
    "mlp": {"columns": (30,)},
    "fusion_cnn_bilstm": {"columns": (350,)},
    "chunked_conv3d": {"chunks": (3, 16, 16, 1)},
}
PARAMETERS = {"chunked_conv3d": {"frames": 16}, "mlp": {}, "fusion_cnn_bilstm": {}}
FRAMES = 21

XLA_FLAGS = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
"""JAX compiles every network for a single step, so optimisation does not pay."""

SCRIPT = """
import hashlib, json, sys
from pathlib import Path
import numpy as np
from ser_models.models import create
from ser_models.models.base import FitContext, Labelled
from ser_models.data.batches import InMemory
import keras

folder, found = Path(sys.argv[1]), {"backend": keras.backend.backend()}
for name, parameters in json.loads(sys.argv[2]).items():
    arrays = dict(np.load(folder / f"{name}.npz"))
    data = Labelled(InMemory(arrays), np.arange(8) % 2, 2)
    model = create(name, {**parameters, "epochs": 1, "batch_size": 8})
    row = model.fit(data, data, FitContext(0))[0]
    sums = model.predict_proba(arrays).sum(axis=1).tolist()
    state = dict(np.load(folder / f"{name}.state.npz"))
    restored = create(name, parameters).set_state(state, classes=2)
    attention = restored.attention(arrays)
    width = next(iter(arrays.values())).shape[-1]
    unscaled = {"median": np.zeros(width), "mean": np.zeros(width), "scale": np.ones(width)}
    scaler = Scaler(restored.inputs, unscaled)
    export.write(restored.fitted_network, scaler, folder / "model.onnx")
    found[name] = {
        "row": row,
        "sums": sums,
        "probabilities": restored.predict_proba(arrays).tolist(),
        "attention": None if attention is None else attention.tolist(),
        "onnx": hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest(),
    }
print(json.dumps(found))
"""


def eight(name):
    """Return the arrays of eight random recordings."""
    rng = np.random.default_rng(0)
    arrays = {
        array: rng.normal(size=(8, *shape)).astype(np.float32)
        for array, shape in SHAPES.get(name, {"frames": (FRAMES, 8)}).items()
    }
    if "frames" in arrays:
        arrays["mask"] = (np.arange(FRAMES) < rng.integers(9, FRAMES + 1, 8)[:, None]).astype(np.float32)
    return arrays


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Folder of recordings and networks, and the predictions of each network on TensorFlow."""
    folder, answers = tmp_path_factory.mktemp("saved"), {}
    for name in NETWORKS:
        arrays = eight(name)
        data = Labelled(InMemory(arrays), np.arange(8) % 2, 2)
        model = create(name, {**PARAMETERS.get(name, {"length": FRAMES}), "epochs": 1})
        model.fit(data, data, FitContext(0))
        np.savez(folder / f"{name}.state.npz", **model.state())
        np.savez(folder / f"{name}.npz", **arrays)
        answers[name] = model.predict_proba(arrays), model.attention(arrays)
    return folder, answers


@pytest.fixture(scope="module")
def graphs():
    """SHA-256 of each network's ONNX graph, by backend that ran."""
    return {}


@pytest.fixture(scope="module", params=["tensorflow", *OTHERS])
def predicted(request, saved, graphs):
    """Predictions of `saved` by a process on one backend, and by this process."""
    folder, here = saved
    given = {name: PARAMETERS.get(name, {"length": FRAMES}) for name in NETWORKS}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder), json.dumps(given)],
        env={**os.environ, "KERAS_BACKEND": request.param, "XLA_FLAGS": XLA_FLAGS},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    there = json.loads(done.stdout.splitlines()[-1])
    assert there["backend"] == request.param
    graphs[request.param] = {name: there[name]["onnx"] for name in NETWORKS}
    return there, here


@pytest.mark.parametrize("name", NETWORKS)
def test_a_step_and_a_prediction(predicted, name):
    there, _ = predicted
    assert all(np.isfinite(value) for value in there[name]["row"].values())
    np.testing.assert_allclose(there[name]["sums"], 1, atol=1e-6)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_file_gives_the_same_predictions_on_every_backend(predicted, name):
    there, here = predicted
    probabilities, attention = here[name]
    np.testing.assert_allclose(there[name]["probabilities"], probabilities, atol=1e-4)
    if attention is None:
        assert there[name]["attention"] is None
    else:
        np.testing.assert_allclose(there[name]["attention"], attention, atol=1e-4)


def test_every_backend_exports_the_same_onnx_graph(predicted, graphs):
    assert set(graphs["tensorflow"]) == set(NETWORKS)
    assert all(of_backend == graphs["tensorflow"] for of_backend in graphs.values())


def test_the_other_tests_are_of_tensorflow():
    assert keras.backend.backend() == os.environ.get("KERAS_BACKEND", "tensorflow")
