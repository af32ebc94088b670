"""A training that is killed goes on where it stood, to the same end; and never goes on with another one."""

import json
import random
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ser_features import files
from ser_models.data.examples import load_examples
from ser_models.data.split import FINAL_FOLD, make_split
from ser_models.models import create
from ser_models.models.networks import loop
from ser_models.training.resume import State, fingerprint
from ser_models.training.train import train

PARAMETERS = {
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
from ser_models.training.train import train

store, state, model, parameters, folds = sys.argv[1:]
checkpoint.SECONDS_BETWEEN, checkpoint.COST = 0, 1e9
examples = load_examples(open_store(Path(store)))


def tell(step):
    print("done" if step.done else int(step.row["epoch"]), flush=True)
    time.sleep(0.05)


train(
    examples,
    make_split(examples, folds=eval(folds)),
    model=model,
    parameters=eval(parameters),
    state=Path(state),
    progress=tell,
)
"""


def killed_after(lines, store, state, name, folds=None):
    """Start a training, and kill it as soon as it has told `lines`, one after the other."""
    words = [store.root, state, name, PARAMETERS[name], folds]
    command = [sys.executable, "-c", KILLED, *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        for line in lines:
            while (told := process.stdout.readline()).strip() != line:
                assert told, f"it ended before it told {line!r}"
        process.kill()
    assert process.returncode == -9


def assert_same(one, other):
    """Histories and predictions of two trainings are equal within float noise."""
    pd.testing.assert_frame_equal(one.history, other.history, rtol=0, atol=1e-5)
    pd.testing.assert_frame_equal(one.predictions, other.predictions, rtol=0, atol=1e-5, check_dtype=False)
    assert one.fitted == other.fitted


@pytest.fixture
def epochs_taken(monkeypatch):
    """List that grows with every epoch that is really trained."""
    taken = []
    real = loop._epoch

    def counted(*arguments):
        taken.append(1)
        return real(*arguments)

    monkeypatch.setattr(loop, "_epoch", counted)
    return taken


@pytest.mark.parametrize(
    "name", ["mlp", *(pytest.param(name, marks=pytest.mark.long) for name in PARAMETERS if name != "mlp")]
)
def test_killed_at_a_random_epoch_it_ends_like_an_unbroken_run(name, store, tmp_path, epochs_taken):
    epoch = random.SystemRandom().randint(2, PARAMETERS[name]["epochs"] - 1)
    killed_after([str(epoch)], store, tmp_path, name)
    with np.load(tmp_path / "fold-0.npz", allow_pickle=False) as file:
        saved = len(json.loads(file["history"].item()))
    assert saved >= epoch
    examples = load_examples(store)
    told = []
    arguments = {"split": make_split(examples), "model": name, "parameters": PARAMETERS[name]}
    resumed = train(examples, **arguments, state=tmp_path, progress=told.append)
    assert len(epochs_taken) == PARAMETERS[name]["epochs"] - saved
    assert [step.row["epoch"] for step in told[:-1]] == list(range(1, PARAMETERS[name]["epochs"] + 1))
    assert_same(resumed, train(examples, **arguments))
    assert not (tmp_path / "fold-0.npz").exists()


def test_killed_in_the_second_fold_the_first_is_not_done_again(store, tmp_path, epochs_taken):
    killed_after(["done", "4"], store, tmp_path, "mlp", folds=2)
    first = (tmp_path / "fold-0").stat()
    examples = load_examples(store)
    arguments = {
        "split": make_split(examples, folds=2),
        "model": "mlp",
        "parameters": PARAMETERS["mlp"],
    }
    resumed = train(examples, **arguments, state=tmp_path)
    assert (tmp_path / "fold-0").stat() == first
    assert len(epochs_taken) <= 5 + 9
    assert_same(resumed, train(examples, **arguments))


@pytest.mark.parametrize("name", ["logistic", "xgboost", "mlp"])
def test_a_finished_training_is_read_back_whole(name, store, tmp_path):
    examples = load_examples(store)
    known = create(name).hyperparameters()
    quick = {key: value for key, value in {"epochs": 2, "n_estimators": 5}.items() if key in known}
    arguments = {"split": make_split(examples, folds=2), "model": name, "parameters": quick}
    first = train(examples, **arguments, state=tmp_path)
    told = []
    again = train(examples, **arguments, state=tmp_path, progress=told.append)
    assert [step.done for step in told] == [True] * 3
    assert_same(again, first)
    assert_same(train(examples, **arguments), first)
    source = first.scaler.source(examples.read(first.model.inputs))
    np.testing.assert_array_equal(again.model.predict(source), first.model.predict(source))
    assert again.scaler.seen == first.scaler.seen
    models = sorted(path.parent.name for path in tmp_path.glob("*/model.*"))
    assert models == ["fold-final"], "only the shipped fold keeps its model"
    assert not list(tmp_path.glob(".*")), "hidden litter"


@pytest.fixture
def training(store):
    """What a fingerprint is made of."""
    examples = load_examples(store)
    return {
        "examples": examples,
        "split": make_split(examples),
        "model": create("mlp"),
        "seed": 0,
        "oversample": False,
    }


def changed_rows(training, column, value):
    rows = training["examples"].rows.copy()
    rows.loc[3, column] = value
    return {"examples": replace(training["examples"], rows=rows)}


@pytest.mark.parametrize(
    "change",
    [
        lambda training: {"seed": 1},
        lambda training: {"oversample": True},
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
        "examples = load_examples(open_store(Path(sys.argv[1])));"
        "print(fingerprint(examples, make_split(examples), create('mlp'), seed=0, oversample=False))"
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


def test_a_damaged_state_begins_anew(tmp_path, store):
    examples = load_examples(store)
    arguments = {"split": make_split(examples), "model": "mlp", "parameters": {"epochs": 2}}
    State.open(
        tmp_path,
        fingerprint(examples, arguments["split"], create("mlp", {"epochs": 2}), seed=0, oversample=False),
    )
    (tmp_path / "fold-0.npz").write_bytes(b"PK\x03\x04 half a file")
    assert_same(train(examples, **arguments, state=tmp_path), train(examples, **arguments))


def test_folds_are_named_by_their_number(tmp_path):
    state = State.open(tmp_path, "one")
    assert state.checkpoint(2).name == "fold-2.npz"
    assert state.checkpoint(FINAL_FOLD).name == "fold-final.npz"


def test_nothing_is_half_written(tmp_path, monkeypatch, store):
    """A fold whose files are being written is not there yet."""
    examples = load_examples(store)
    monkeypatch.setattr(files, "sync", lambda path: (_ for _ in ()).throw(OSError("disk full")))
    monkeypatch.setattr(State, "open", classmethod(lambda cls, root, fingerprint: cls(root)))
    with pytest.raises(OSError, match="disk full"):
        train(examples, make_split(examples), model="logistic", state=tmp_path)
    assert not list(tmp_path.glob("fold-*"))
