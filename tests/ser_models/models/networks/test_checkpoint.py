"""The checkpoint: complete, without pickle, tolerant of damage, and not written too often."""

import json
import zipfile

import keras
import numpy as np
import pytest

from ser_models.models import create
from ser_models.models.networks import checkpoint, loop
from ser_models.models.networks.checkpoint import Checkpoint

HISTORY = [{"epoch": 1, "loss": 1.25, "uar": 0.5, "val_loss": 0.1 + 0.2, "val_uar": float("nan")}]


@pytest.fixture(scope="module")
def network():
    model = create("mlp")
    network = model.build({"columns": (30,)}, 3)
    loop._compile(model, network)
    step(network)
    return network


@pytest.fixture
def path(tmp_path, monkeypatch):
    """Path of a checkpoint that every `save` writes."""
    monkeypatch.setattr(checkpoint, "SECONDS_BETWEEN", 0)
    monkeypatch.setattr(checkpoint, "COST", 1e9)
    return tmp_path / "fold-0.npz"


def step(network):
    columns = np.random.default_rng(0).normal(size=(9, 30)).astype(np.float32)
    network.train_on_batch({"columns": columns}, np.arange(9) % 3, np.ones(9))


def values(network):
    variables = [*network.variables, *network.optimizer.variables]
    return [keras.ops.convert_to_numpy(variable.value) for variable in variables]


def check_equal(one, other):
    for left, right in zip(one, other, strict=True):
        np.testing.assert_array_equal(left, right)


def test_a_saved_state_is_restored(network, path):
    saved, best = values(network), [weight + 1 for weight in network.get_weights()]
    Checkpoint(path, network).save(HISTORY, best)
    step(network)
    assert any((one != other).any() for one, other in zip(values(network), saved, strict=True))
    history, restored = Checkpoint(path, network).load()
    assert json.dumps(history) == json.dumps(HISTORY)
    check_equal([*values(network), *restored], [*saved, *best])
    assert [file.name for file in path.parent.iterdir()] == [path.name], "no temporary files"


def test_the_state_has_random_seeds_and_optimizer(network, path):
    names = [variable.path for variable in Checkpoint(path, network)._variables]
    assert sum("seed_generator" in name for name in names) == 2, "one for each dropout"
    assert any("moving_mean" in name for name in names)
    assert any("momentum" in name for name in names)


def test_the_file_has_no_pickle(network, path):
    Checkpoint(path, network).save(HISTORY, network.get_weights())
    with zipfile.ZipFile(path) as file:
        assert all(name.endswith(".npy") for name in file.namelist())
    with np.load(path, allow_pickle=False) as file:
        assert all(array.dtype != object for array in dict(file).values())


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 half", b"no zip at all", "incomplete"])
def test_a_missing_or_damaged_file_is_ignored(network, path, content):
    if content == "incomplete":
        Checkpoint(path, network).save(HISTORY, network.get_weights())
        np.savez(path, **{key: array for key, array in np.load(path).items() if key != "best_3"})
        step(network)
    elif content is not None:
        path.write_bytes(content)
    before = values(network)
    assert Checkpoint(path, network).load() is None
    check_equal(values(network), before)


def test_fast_epochs_share_a_write(network, tmp_path, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(checkpoint.time, "monotonic", lambda: now[0])
    file, epochs = Checkpoint(tmp_path / "x.npz", network), set()
    for _ in range(40):  # a second each
        now[0] += 1
        file.save([{"epoch": now[0]}], network.get_weights())
        if loaded := file.load():
            epochs.add(loaded[0][0]["epoch"])
    assert len(epochs) == 8, "every five seconds"


def test_a_slow_disk_is_written_to_less_often(network, tmp_path, monkeypatch):
    now = [100.0]

    def slow(file, **content):
        now[0] += 3

    monkeypatch.setattr(checkpoint.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(checkpoint.np, "savez", slow)
    file = Checkpoint(tmp_path / "x.npz", network)
    for _ in range(1000):
        now[0] += 1
        file.save(HISTORY, [])
    elapsed = now[0] - 100
    assert (elapsed - 1000) / elapsed <= checkpoint.COST * 1.1
