"""A killed training continues to the same result, and never with the state of another training."""

import json
import random
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ser_features import files
from ser_models.data.split import FINAL_FOLD, make_split
from ser_models.models import create
from ser_models.models.networks import loop
from ser_models.training.config import RunContext, TrainConfig
from ser_models.training.resume import State, fingerprint
from ser_models.training.train import train

HYPERPARAMETERS = {
    "mlp": {"epochs": 9, "patience": 9, "schedule": "cosine"},
    "cnn_lstm": {"epochs": 5, "patience": 5, "length": 24},
}
KILLED = """
import sys, time
from pathlib import Path
from ser_features.store import open_store
from ser_models.data.examples import load_examples
from ser_models.models.networks import checkpoint
from ser_models.data.split import make_split
from ser_models.training.config import RunContext, TrainConfig
from ser_models.training.train import train

store, state, model, parameters, folds = sys.argv[1:]
checkpoint.SECONDS_BETWEEN, checkpoint.COST = 0, 1e9
examples = load_examples(open_store(Path(store)))


def report(step):
    print("done" if step.done else int(step.row["epoch"]), flush=True)
    time.sleep(0.05)


split = make_split(examples, folds=eval(folds), final_model=False)
train(examples, split, TrainConfig(model, eval(parameters)), RunContext(Path(state), report))
"""


def kill_after(lines, store, state, name, folds=None):
    """Start a training, and kill it as soon as it has printed `lines`, one after the other."""
    arguments = [store.root, state, name, HYPERPARAMETERS[name], folds]
    command = [sys.executable, "-c", KILLED, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        for line in lines:
            while (printed := process.stdout.readline()).strip() != line:
                assert printed, f"it ended before it printed {line!r}"
        process.kill()
    assert process.returncode == -9


def assert_same(one, other):
    """Histories and predictions of two trainings are equal within float noise."""
    pd.testing.assert_frame_equal(one.history, other.history, rtol=0, atol=1e-5)
    pd.testing.assert_frame_equal(one.predictions, other.predictions, rtol=0, atol=1e-5, check_dtype=False)
    assert one.fitted == other.fitted


@pytest.fixture
def epochs_trained(monkeypatch):
    """List that grows with every epoch that is really trained."""
    trained = []
    real = loop._epoch

    def counted(*arguments):
        trained.append(1)
        return real(*arguments)

    monkeypatch.setattr(loop, "_epoch", counted)
    return trained


@pytest.mark.long
@pytest.mark.parametrize("name", HYPERPARAMETERS)
def test_killed_at_a_random_epoch_it_ends_like_an_uninterrupted_run(
    name, store, examples, split, tmp_path, epochs_trained
):
    epochs = HYPERPARAMETERS[name]["epochs"]
    epoch = random.SystemRandom().randint(2, epochs - 1)
    kill_after([str(epoch)], store, tmp_path, name)
    with np.load(tmp_path / "fold-0.npz", allow_pickle=False) as file:
        saved = len(json.loads(file["history"].item()))
    assert saved >= epoch
    steps = []
    config = TrainConfig(name, HYPERPARAMETERS[name])
    resumed = train(examples, split, config, RunContext(tmp_path, steps.append))
    assert len(epochs_trained) == epochs - saved
    assert [step.row["epoch"] for step in steps[:-1]] == list(range(1, epochs + 1))
    assert_same(resumed, train(examples, split, config))
    assert not (tmp_path / "fold-0.npz").exists()


@pytest.mark.long
def test_killed_in_the_second_fold_it_continues_there_and_ends_like_an_uninterrupted_run(
    store, examples, tmp_path, epochs_trained
):
    kill_after(["done", "4"], store, tmp_path, "mlp", folds=2)
    first = (tmp_path / "fold-0").stat()
    split = make_split(examples, folds=2, final_model=False)
    config = TrainConfig("mlp", HYPERPARAMETERS["mlp"])
    resumed = train(examples, split, config, RunContext(tmp_path))
    assert (tmp_path / "fold-0").stat() == first
    assert len(epochs_trained) <= 5
    assert_same(resumed, train(examples, split, config))


@pytest.mark.parametrize(
    "config",
    [
        TrainConfig("logistic"),
        TrainConfig("xgboost", {"n_estimators": 5}),
        pytest.param(TrainConfig("mlp", {"epochs": 2}), marks=pytest.mark.long),
    ],
    ids=lambda config: config.model,
)
def test_a_finished_training_is_read_back_complete(config, examples, tmp_path):
    split = make_split(examples, folds=2)
    first = train(examples, split, config, RunContext(tmp_path))
    steps = []
    again = train(examples, split, config, RunContext(tmp_path, steps.append))
    assert [step.done for step in steps] == [True] * 3
    assert_same(again, first)
    assert_same(train(examples, split, config), first)
    source = first.scaler.source(examples.read(first.model.inputs))
    np.testing.assert_array_equal(again.model.predict(source), first.model.predict(source))
    assert again.scaler.seen == first.scaler.seen
    models = sorted(path.parent.name for path in tmp_path.glob("*/model.npz"))
    assert models == ["fold-final"], "only the final fold keeps its model"
    assert not list(tmp_path.glob(".*")), "hidden litter"


@pytest.fixture
def training(examples, split):
    """The arguments of a fingerprint."""
    return {"examples": examples, "split": split, "model": create("mlp"), "config": TrainConfig("mlp")}


def changed_rows(training, column, value):
    rows = training["examples"].rows.copy()
    rows.loc[3, column] = value
    return {"examples": replace(training["examples"], rows=rows)}


@pytest.mark.parametrize(
    "change",
    [
        lambda training: {"config": TrainConfig("mlp", seed=1)},
        lambda training: {"config": TrainConfig("mlp", oversample=True)},
        lambda training: {"config": TrainConfig("mlp", speaker_norm=True)},
        lambda training: {"model": create("mlp", {"dropout": 0.31})},
        lambda training: {"model": create("xgboost")},
        lambda training: {"split": make_split(training["examples"], seed=1)},
        lambda training: {"split": make_split(training["examples"], folds=2)},
        lambda training: {"split": replace(training["split"], selects_on_test=True)},
        lambda training: {"examples": replace(training["examples"], labels=("sad", "angry", "neutral"))},
        lambda training: {"examples": replace(training["examples"], store=None)},
        lambda training: changed_rows(training, "audio_sha256", "0" * 64),
        lambda training: changed_rows(training, "frame_shard", "00000-changed"),
        lambda training: changed_rows(training, "emotion", "sad"),
        lambda training: changed_rows(training, "mfcc_mean_0", 1.5),
    ],
)
def test_whatever_decides_the_result_changes_the_fingerprint(training, change):
    assert fingerprint(**{**training, **change(training)}) != fingerprint(**training)


def test_what_the_model_does_not_read_leaves_the_fingerprint(training):
    assert fingerprint(**{**training, **changed_rows(training, "tempo_bpm", 1.5)}) == fingerprint(**training)


def test_another_version_changes_the_fingerprint(training, monkeypatch):
    before = fingerprint(**training)
    monkeypatch.setattr("ser_models.training.resume.versions", lambda: {"ser": "99"})
    assert fingerprint(**training) != before


def test_another_backend_of_keras_changes_the_fingerprint(training, monkeypatch):
    before = fingerprint(**training)
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert fingerprint(**training) != before


def test_the_fingerprint_is_the_same_in_another_process(training, store):
    code = (
        "import sys; from pathlib import Path; from ser_features.store import open_store;"
        "from ser_models.data.examples import load_examples; from ser_models.models import create;"
        "from ser_models.training.resume import fingerprint; from ser_models.data.split import make_split;"
        "from ser_models.training.config import TrainConfig;"
        "examples = load_examples(open_store(Path(sys.argv[1])));"
        "print(fingerprint(examples, make_split(examples), create('mlp'), TrainConfig('mlp')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(store.root)], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == fingerprint(**training)


def test_state_of_another_training_is_removed_and_nothing_else(tmp_path):
    state = State.open(tmp_path, "one")
    state.checkpoint(0).write_bytes(b"weights")
    (tmp_path / "fold-1").mkdir()
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / ".fold-unfinished").mkdir()
    assert State.open(tmp_path, "one").checkpoint(0).exists()
    assert not (tmp_path / ".fold-unfinished").exists()
    State.open(tmp_path, "other")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", "state.json"]
    assert json.loads((tmp_path / "state.json").read_text()) == {"fingerprint": "other"}


@pytest.mark.long
def test_a_damaged_state_begins_anew(examples, split, tmp_path):
    config = TrainConfig("mlp", {"epochs": 2})
    State.open(tmp_path, fingerprint(examples, split, create("mlp", {"epochs": 2}), config))
    (tmp_path / "fold-0.npz").write_bytes(b"PK\x03\x04 half a file")
    assert_same(train(examples, split, config, RunContext(tmp_path)), train(examples, split, config))


def test_folds_are_named_by_their_number(tmp_path):
    state = State.open(tmp_path, "one")
    assert state.checkpoint(2).name == "fold-2.npz"
    assert state.checkpoint(FINAL_FOLD).name == "fold-final.npz"


def test_nothing_is_half_written(examples, split, tmp_path, monkeypatch):
    """A fold whose files are being written does not exist yet."""
    monkeypatch.setattr(files, "sync", lambda path: (_ for _ in ()).throw(OSError("disk full")))
    monkeypatch.setattr(State, "open", classmethod(lambda cls, root, fingerprint: cls(root)))
    with pytest.raises(OSError, match="disk full"):
        train(examples, split, TrainConfig("logistic"), RunContext(tmp_path))
    assert not list(tmp_path.glob("fold-*"))
