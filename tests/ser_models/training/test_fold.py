"""One fold: what is streamed is what is kept, and what is repeated stays on the training side."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_models.data.batches import InMemory, Streaming
from ser_models.data.examples import load_examples
from ser_models.data.scaling import Scaler
from ser_models.data.split import make_split
from ser_models.models.base import Labelled
from ser_models.training import fold as folds
from ser_models.training.train import train

SMALL = {"epochs": 2, "length": 24}


def labelled(targets):
    targets = np.array(targets)
    columns = np.arange(len(targets), dtype=np.float32)[:, None]
    ids = tuple(f"d/{index}" for index in range(len(targets)))
    return Labelled(InMemory({"columns": columns}), targets, 5, ids)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.integers(0, 3))
def test_oversampling_evens_the_classes_and_loses_nobody(targets, seed):
    before = labelled(targets)
    after = folds.oversampled(before, seed=seed, fold=-1)
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
    one = folds.oversampled(data, seed=0, fold=0).file_ids
    assert folds.oversampled(data, seed=0, fold=0).file_ids == one
    assert folds.oversampled(data, seed=1, fold=0).file_ids != one
    assert folds.oversampled(data, seed=0, fold=1).file_ids != one


@pytest.fixture
def unbalanced(store):
    """All recordings of two emotions, and a third of the sad ones."""
    examples = load_examples(store)
    rows = examples.rows
    left_out = (rows["emotion"] == "sad") & ~rows["path"].str.contains("_0")
    return examples.take(rows.loc[~left_out, "file_id"].tolist())


@pytest.fixture
def seen(monkeypatch):
    """List of (train, validation) that models were fitted on."""
    from ser_models.models.logistic import Logistic

    calls = []
    real = Logistic.fit

    def fit(self, learned, watched, **settings):
        calls.append((learned, watched))
        return real(self, learned, watched, **settings)

    monkeypatch.setattr(Logistic, "fit", fit)
    return calls


def test_oversampling_leaves_validation_test_and_scaler_alone(unbalanced, seen):
    split = make_split(unbalanced, folds=2)
    plain = train(unbalanced, split, model="logistic")
    again = train(unbalanced, split, model="logistic", oversample=True)
    assert len(seen) == 6
    for number, before, after in zip(split.folds, seen[:3], seen[3:], strict=True):
        learned = split.side(number, "train")
        assert sorted(before[0].file_ids) == sorted(learned)
        assert set(after[0].file_ids) == set(learned)
        assert len(after[0].file_ids) > len(learned)
        assert len(set(np.bincount(after[0].targets))) == 1
        assert after[1].file_ids == before[1].file_ids
        assert not set(after[0].file_ids) & set(split.side(number, "test"))
    names = ["file_id", "fold", "split"]
    assert again.predictions[names].equals(plain.predictions[names])
    np.testing.assert_array_equal(again.scaler.pipeline["scale"].mean_, plain.scaler.pipeline["scale"].mean_)
    assert again.fitted == plain.fitted


def test_large_arrays_are_streamed_and_end_alike(store, monkeypatch):
    examples = load_examples(store)
    split = make_split(examples)
    kept = train(examples, split, model="cnn_lstm", parameters=SMALL)
    sources = []
    real = Labelled.__init__

    def remember(self, source, *arguments):
        sources.append(source)
        real(self, source, *arguments)

    monkeypatch.setattr(Labelled, "__init__", remember)
    monkeypatch.setattr(folds, "MOST_KEPT", 1000)
    streamed = train(examples, split, model="cnn_lstm", parameters=SMALL)
    assert [type(source) for source in sources] == [Streaming, Streaming]
    assert streamed.history.equals(kept.history)
    assert streamed.predictions.equals(kept.predictions)


def test_what_is_small_is_read_once(store, monkeypatch):
    examples = load_examples(store)
    read = []
    real = Scaler.transform

    def transform(self, raw):
        read.append(len(raw))
        return real(self, raw)

    monkeypatch.setattr(Scaler, "transform", transform)
    split = make_split(examples)
    train(examples, split, model="cnn_lstm", parameters=SMALL)
    fitted = sum(len(split.side(0, side)) for side in ("train", "validation"))
    shapes = [1] * read.count(1)
    assert sum(read) - len(shapes) == fitted + len(examples), "once to learn from, once to predict"


def test_a_side_that_selects_and_is_tested_is_predicted_once(store):
    examples = load_examples(store)
    split = make_split(examples, kind="random", shares=(0.8, 0, 0.2))
    result = train(examples, split, model="logistic")
    assert sorted(result.predictions["file_id"]) == sorted(examples.rows["file_id"])
    assert set(result.predictions["split"]) == {"train", "test"}
