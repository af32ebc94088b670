"""State on disk: whole, without pickle, and not too often."""

import json
import zipfile

import keras
import numpy as np
import pytest

from ser_models.models import create
from ser_models.models.networks import checkpoint, loop
from ser_models.models.networks.checkpoint import Checkpoint

HISTORY = [{"epoch": 1, "loss": 1.25, "uar": 0.5, "val_loss": 0.1 + 0.2, "val_uar": float("nan")}]


@pytest.fixture
def network():
    model = create("mlp")
    built = model.build({"columns": (30,)}, 3)
    loop._compile(model, built)
    return built


@pytest.fixture
def always(monkeypatch):
    monkeypatch.setattr(checkpoint, "SECONDS_BETWEEN", 0)
    monkeypatch.setattr(checkpoint, "COST", 1e9)


def step(network):
    columns = np.random.default_rng(0).normal(size=(9, 30)).astype(np.float32)
    network.train_on_batch({"columns": columns}, np.arange(9) % 3, np.ones(9))


def values(network):
    variables = [*network.variables, *network.optimizer.variables]
    return [keras.ops.convert_to_numpy(variable.value) for variable in variables]


def test_what_was_saved_comes_back(network, tmp_path, always):
    step(network)
    saved, best = values(network), [weight + 1 for weight in network.get_weights()]
    kept = Checkpoint(tmp_path / "fold-0.npz", network)
    kept.save(HISTORY, best)
    for _ in range(3):
        step(network)
    assert any((one != other).any() for one, other in zip(values(network), saved, strict=True))
    history, restored = kept.load()
    assert json.dumps(history) == json.dumps(HISTORY)
    for one, other in zip([*values(network), *restored], [*saved, *best], strict=True):
        np.testing.assert_array_equal(one, other)
    assert [path.name for path in tmp_path.iterdir()] == ["fold-0.npz"], "no hidden litter"


def test_random_seeds_and_the_optimizer_are_part_of_it(network, tmp_path, always):
    names = [variable.path for variable in Checkpoint(tmp_path / "x.npz", network)._variables]
    assert sum("seed_generator" in name for name in names) == 2, "one for each dropout"
    assert any("moving_mean" in name for name in names)
    assert any("momentum" in name for name in names)


def test_there_is_no_pickle_in_it(network, tmp_path, always):
    Checkpoint(tmp_path / "x.npz", network).save(HISTORY, network.get_weights())
    with zipfile.ZipFile(tmp_path / "x.npz") as file:
        assert all(name.endswith(".npy") for name in file.namelist())
    with np.load(tmp_path / "x.npz", allow_pickle=False) as file:
        assert all(array.dtype != object for array in dict(file).values())


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 half", b"no zip at all"])
def test_without_a_whole_state_there_is_none(network, tmp_path, content):
    path = tmp_path / "x.npz"
    if content is not None:
        path.write_bytes(content)
    before = values(network)
    assert Checkpoint(path, network).load() is None
    for one, other in zip(values(network), before, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_cut_state_changes_nothing(network, tmp_path, always):
    path = tmp_path / "x.npz"
    Checkpoint(path, network).save(HISTORY, network.get_weights())
    np.savez(path, **{k: v for k, v in np.load(path).items() if k != "best_3"})
    step(network)
    before = values(network)
    assert Checkpoint(path, network).load() is None
    for one, other in zip(values(network), before, strict=True):
        np.testing.assert_array_equal(one, other)


def test_epochs_that_follow_fast_share_a_write(network, tmp_path, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(checkpoint.time, "monotonic", lambda: now[0])
    kept = Checkpoint(tmp_path / "x.npz", network)
    written = []
    for _ in range(40):  # a second each
        now[0] += 1
        kept.save([{"epoch": now[0]}], network.get_weights())
        history, _ = kept.load() or ([{"epoch": None}], None)
        written.append(history[0]["epoch"])
    assert len(set(written) - {None}) == 8, "every five seconds"


def test_a_slow_disk_is_written_to_less_often(network, tmp_path, monkeypatch):
    now = [100.0]

    def slow(file, **content):
        now[0] += 3

    monkeypatch.setattr(checkpoint.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(checkpoint.np, "savez", slow)
    kept = Checkpoint(tmp_path / "x.npz", network)
    began = now[0]
    for _ in range(1000):
        now[0] += 1
        kept.save(HISTORY, [])
    assert (now[0] - began - 1000) / (now[0] - began) <= checkpoint.COST * 1.1
