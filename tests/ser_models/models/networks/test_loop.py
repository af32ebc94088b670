"""Training loop: order, optimizers, schedules, gradient clipping, class weights."""

from itertools import chain

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_models.data.batches import InMemory
from ser_models.models import create
from ser_models.models.base import FitContext, Labelled
from ser_models.models.networks import loop
from ser_models.models.networks.loop import Order

pytestmark = pytest.mark.usefixtures("not_compiled")


def noise(count=48, seed=0):
    columns = np.random.default_rng(seed).normal(size=(count, 30)).astype(np.float32)
    return Labelled(InMemory({"columns": columns}), np.arange(count) % 3, 3)


def fitted(**parameters):
    """A trained MLP without dropout, and its history."""
    model = create("mlp", {"epochs": 3, "dropout": 0.0, "batch_size": 48, **parameters})
    return model, model.fit(noise(), noise(24, seed=1), FitContext(0))


@given(st.integers(0, 2**31), st.integers(-1, 20), st.integers(0, 500), st.integers(1, 200))
def test_an_order_is_a_permutation_determined_by_seed_fold_and_epoch(seed, fold, epoch, count):
    order = Order(seed, fold).of(epoch, count)
    assert sorted(order) == list(range(count))
    np.testing.assert_array_equal(Order(seed, fold).of(epoch, count), order)


def test_orders_differ_by_seed_fold_and_epoch():
    orders = {
        tuple(Order(seed, fold).of(epoch, 50)) for seed in (0, 1) for fold in (-1, 0) for epoch in (0, 1)
    }
    assert len(orders) == 8
    assert Order(0, 0).seed_of(1) != Order(0, 0).seed_of(2)


def test_every_recording_is_used_once_per_epoch(monkeypatch):
    read = []
    real = InMemory.batch

    def batch(self, indices):
        read.append((len(self), indices.tolist()))
        return real(self, indices)

    monkeypatch.setattr(InMemory, "batch", batch)
    fitted(epochs=2, batch_size=16)
    train = [indices for count, indices in read if count == 48]
    assert [len(indices) for indices in train] == [16] * 6
    epochs = [list(chain(*train[:3])), list(chain(*train[3:]))]
    assert all(sorted(epoch) == list(range(48)) for epoch in epochs)
    assert epochs[0] != epochs[1]


@pytest.mark.parametrize(
    ("name", "kind"), [("adam", "Adam"), ("rmsprop", "RMSprop"), ("sgd", "SGD")], ids=lambda word: word
)
def test_optimizers(name, kind):
    model, _ = fitted(epochs=1, optimizer=name, learning_rate=0.02, clip_norm=0.5)
    optimizer = model.network.optimizer
    assert type(optimizer).__name__ == kind
    assert optimizer.clipnorm == 0.5
    assert float(optimizer.learning_rate) == pytest.approx(0.02)
    assert getattr(optimizer, "momentum", None) == {"adam": None, "rmsprop": 0.0, "sgd": 0.9}[name]


def test_gradients_are_not_clipped_by_default():
    model, _ = fitted(epochs=1)
    assert model.network.optimizer.clipnorm is None


def test_a_clipped_step_has_at_most_the_allowed_norm():
    """One step of SGD changes each weight by at most the learning rate times the maximum norm."""
    changes = []
    for clip in (None, 0.01):
        keras.utils.set_random_seed(0)
        model = create("mlp", {"optimizer": "sgd", "clip_norm": clip, "learning_rate": 0.1})
        network = model.build({"columns": (30,)}, 3)
        loop._compile(model, network)
        before = [keras.ops.convert_to_numpy(weight) for weight in network.trainable_weights]
        data = noise()
        network.train_on_batch(dict(data.arrays), data.targets, data.weights)
        after = [keras.ops.convert_to_numpy(weight) for weight in network.trainable_weights]
        changes.append(max(np.linalg.norm(b - a) for a, b in zip(before, after, strict=True)))
    free, clipped = changes
    assert clipped == pytest.approx(0.1 * 0.01, rel=0.01)
    assert free > 5 * clipped


@pytest.mark.parametrize("schedule", ["constant", "plateau", "cosine"])
def test_the_schedule_sets_the_learning_rate(schedule, monkeypatch):
    rates = []
    real = loop._run

    def take(network, *arguments):
        rates.append(float(network.optimizer.learning_rate))
        return real(network, *arguments)

    monkeypatch.setattr(loop, "_run", take)
    model, history = fitted(schedule=schedule, patience=3, epochs=5, learning_rate=0.01)
    expected = [model.next_learning_rate(history[:done]) for done in range(len(history))]
    assert rates[::2] == pytest.approx(expected)
    assert expected[0] == 0.01
    assert (expected[-1] < 0.01) == (schedule != "constant")


def test_loss_and_uar_are_weighted_means_over_all_recordings():
    """Also with a smaller last batch and sorted classes."""
    data = noise(41)
    order = np.argsort(data.targets, kind="stable")[:37]
    ordered = Labelled(InMemory({"columns": data.arrays["columns"][order]}), data.targets[order], 3)
    model = create("mlp", {"epochs": 1, "batch_size": 16})
    row = model.fit(data, ordered, FitContext(0))[0]
    probabilities = model.predict(ordered.source)
    true = probabilities[np.arange(37), ordered.targets]
    correct = probabilities.argmax(axis=1) == ordered.targets
    assert row["val_loss"] == pytest.approx(-(ordered.weights * np.log(true)).mean(), rel=1e-5)
    recalls = [correct[ordered.targets == target].mean() for target in range(3)]
    assert row["val_uar"] == pytest.approx(np.mean(recalls), rel=1e-5)


REPEATED = [0] * 40 + [1] * 40 + [2] * 40
"""Targets of 40, 6 and 2 recordings, after oversampling."""


@pytest.mark.parametrize(
    ("settings", "by_class"),
    [
        ({}, [1, 1, 1]),
        ({"class_weights": False}, [1, 1, 1]),
        ({"alpha": "recorded"}, np.array([1 / 40, 1 / 6, 1 / 2]) / np.mean([1 / 40, 1 / 6, 1 / 2])),
    ],
)
def test_class_weights_of_repeated_recordings(settings, by_class, monkeypatch):
    used = []
    monkeypatch.setattr(loop, "_run", lambda network, step, data, weights, *_: used.append(weights) or {})
    file_ids = tuple(f"{target}-{index % (40, 6, 2)[target]}" for index, target in enumerate(REPEATED))
    data = Labelled(noise(120).source, np.array(REPEATED), 3, file_ids)
    monkeypatch.setattr(loop, "should_stop", lambda settings, history: bool(used))
    monkeypatch.setattr(loop, "best_index", lambda history, monitor: 0)
    create("mlp", settings).fit(data, data, FitContext(0))
    np.testing.assert_allclose(used[0], np.array(by_class)[REPEATED])
    np.testing.assert_array_equal(used[1], data.weights)


@pytest.mark.parametrize("weighted", [True, False])
def test_class_weights_can_be_disabled_for_training_only(weighted, monkeypatch):
    used = []
    real = loop._run

    def take(network, step, data, weights, *arguments):
        used.append(weights)
        return real(network, step, data, weights, *arguments)

    monkeypatch.setattr(loop, "_run", take)
    data = Labelled(noise().source, np.array([0] * 40 + [1] * 6 + [2] * 2), 3)
    model = create("mlp", {"epochs": 1, "class_weights": weighted})
    model.fit(data, data, FitContext(0))
    trained, validated = used
    np.testing.assert_array_equal(trained, data.weights if weighted else np.ones(48))
    np.testing.assert_array_equal(validated, data.weights)


def test_folds_differ_in_their_order():
    histories = []
    for fold in (0, 0, 1):
        model = create("mlp", {"epochs": 1, "batch_size": 24})
        histories.append(model.fit(noise(), noise(24, 1), FitContext(0, fold)))
    assert histories[0] == histories[1] != histories[2]


def test_the_best_epoch_is_restored():
    model, history = fitted(epochs=12, patience=12, learning_rate=0.05, monitor="val_uar")
    assert model.best_epoch(history)["val_uar"] == max(row["val_uar"] for row in history)
    probabilities = model.predict(noise(24, seed=1).source)
    accuracy = (probabilities.argmax(axis=1) == noise(24, seed=1).targets).mean()
    assert accuracy == pytest.approx(model.best_epoch(history)["val_uar"], abs=1e-6)
    assert model.best_epoch(history) is not history[-1]
