"""One fold: streaming equals reading once, and oversampling stays on the training side."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_models.data.batches import InMemory, Scaler, Streaming
from ser_models.data.split import make_split
from ser_models.models.base import Labelled
from ser_models.models.logistic import Logistic
from ser_models.training import train as training
from ser_models.training.config import RunContext, TrainConfig
from ser_models.training.train import train

NETWORK = TrainConfig("cnn_lstm", {"epochs": 2, "length": 24})


def labelled(targets):
    targets = np.array(targets)
    columns = np.arange(len(targets), dtype=np.float32)[:, None]
    ids = tuple(f"d/{index}" for index in range(len(targets)))
    return Labelled(InMemory({"columns": columns}), targets, 5, ids)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.integers(0, 3))
def test_oversampling_balances_the_classes_and_keeps_every_recording(targets, seed):
    before = labelled(targets)
    after = training.oversampled(before, seed=seed, fold=-1)
    counts = np.bincount(after.targets, minlength=5)
    assert set(counts[counts > 0]) == {max(np.bincount(targets))}
    np.testing.assert_allclose(after.weights, 1)
    times = {name: after.file_ids.count(name) for name in before.file_ids}
    for target in set(targets):
        repeated = [times[name] for name, own in zip(before.file_ids, targets, strict=True) if own == target]
        assert min(repeated) >= 1
        assert max(repeated) - min(repeated) <= 1
    values = after.arrays["columns"].ravel().astype(int)
    assert after.file_ids == tuple(f"d/{value}" for value in values)
    assert after.targets.tolist() == [targets[value] for value in values]


def test_oversampling_follows_seed_and_fold():
    data = labelled([0] * 50 + [1] * 35)
    one = training.oversampled(data, seed=0, fold=0).file_ids
    assert training.oversampled(data, seed=0, fold=0).file_ids == one
    assert training.oversampled(data, seed=1, fold=0).file_ids != one
    assert training.oversampled(data, seed=0, fold=1).file_ids != one


def test_oversampling_leaves_validation_test_and_scaler_alone(examples, monkeypatch):
    """With all recordings of two emotions, and a third of the sad ones."""
    fits = []
    real = Logistic.fit

    def fit(self, train, validation, context):
        fits.append((train, validation))
        return real(self, train, validation, context)

    monkeypatch.setattr(Logistic, "fit", fit)
    left_out = (examples.rows["emotion"] == "sad") & ~examples.rows["path"].str.contains("_0")
    unbalanced = examples.take(examples.rows.loc[~left_out, "file_id"].tolist())
    split = make_split(unbalanced, folds=2)
    one_by_one = RunContext(jobs=1)
    plain = train(unbalanced, split, TrainConfig("logistic"), one_by_one)
    balanced = train(unbalanced, split, TrainConfig("logistic", oversample=True), one_by_one)
    assert len(fits) == 6
    for number, before, after in zip(split.folds, fits[:3], fits[3:], strict=True):
        train_side = split.side(number, "train")
        assert sorted(before[0].file_ids) == sorted(train_side)
        assert set(after[0].file_ids) == set(train_side)
        assert len(after[0].file_ids) > len(train_side)
        assert len(set(np.bincount(after[0].targets))) == 1
        assert after[1].file_ids == before[1].file_ids
    names = ["file_id", "fold", "split"]
    assert balanced.predictions[names].equals(plain.predictions[names])
    scalers = [result.scaler.statistics["mean"] for result in (balanced, plain)]
    np.testing.assert_array_equal(*scalers)
    assert balanced.fitted == plain.fitted


@pytest.mark.parametrize("config", [None, pytest.param(NETWORK, marks=pytest.mark.long)])
def test_large_arrays_are_streamed_with_the_same_result(config, centroids, examples, split, monkeypatch):
    config = config or TrainConfig(centroids)
    recordings_read, sources = [], []
    real_transform, real_init = Scaler.transform, Labelled.__init__

    def transform(self, raw):
        recordings_read.append(len(raw))
        return real_transform(self, raw)

    def init(self, source, *arguments):
        sources.append(type(source))
        real_init(self, source, *arguments)

    monkeypatch.setattr(Labelled, "__init__", init)
    with monkeypatch.context() as patch:
        patch.setattr(Scaler, "transform", transform)
        in_memory = train(examples, split, config)
    fitted = sum(len(split.side(0, side)) for side in ("train", "validation"))
    shapes = recordings_read.count(1)
    assert sum(recordings_read) - shapes == fitted + len(examples), "once to fit, once to predict"
    monkeypatch.setattr(training, "MAX_IN_MEMORY", 1000)
    streamed = train(examples, split, config)
    assert sources == [InMemory, InMemory, Streaming, Streaming]
    assert streamed.history.equals(in_memory.history)
    assert streamed.predictions.equals(in_memory.predictions)


def test_a_side_that_decides_the_epoch_and_is_tested_is_predicted_once(examples):
    split = make_split(examples, kind="random", shares=(0.8, 0, 0.2))
    result = train(examples, split, TrainConfig("logistic"))
    assert sorted(result.predictions["file_id"]) == sorted(examples.rows["file_id"])
    assert set(result.predictions["split"]) == {"train", "test"}
