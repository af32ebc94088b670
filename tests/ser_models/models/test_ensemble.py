"""Ensemble weights on held-out speakers, and the saved file."""

import sys

import numpy as np
import pytest

from ser_features.errors import InputError, MissingExtraError
from ser_models.data.batches import InMemory
from ser_models.models import create
from ser_models.models.base import FitContext, Labelled
from ser_models.models.ensemble import pool, pool_weights

RNG = np.random.default_rng(6)
TARGETS = np.arange(120) % 3
MEMBERS = {"members": ["logistic", "xgboost", "kernel_ridge"]}


def labelled(arrays, targets=TARGETS, speakers=None):
    ids = tuple(f"own/{index}" for index in range(len(targets)))
    speakers = np.arange(len(targets)) // 15 if speakers is None else speakers
    return Labelled(InMemory(arrays), targets, 3, ids, tuple(f"own/s{speaker}" for speaker in speakers))


def predictions(strength):
    """Probabilities of 120 recordings; the higher the strength, the more accurate."""
    odds = np.exp(strength * np.eye(3)[TARGETS] + RNG.standard_normal((120, 3)))
    return odds / odds.sum(axis=1, keepdims=True)


def weights_of(*members):
    return pool_weights(members, labelled({}))


def test_the_log_names_members():
    ensemble = create("ensemble", MEMBERS)
    history = [{"epoch": float(number)} for number in range(1, 5)]
    assert [ensemble.epoch_name(row) for row in history] == [
        "logistic, member 1 of 3",
        "xgboost, member 2 of 3",
        "kernel_ridge, member 3 of 3",
        "all members",
    ]
    assert (ensemble.kept_name(history), ensemble.most_epochs) == ("all members", 4)


def test_a_random_member_gets_a_small_weight():
    accurate, random = weights_of(predictions(3.0), predictions(0.0))
    assert accurate > 5 * random >= 0


def test_the_pool_is_more_likely_than_any_member():
    members = [predictions(1.0) for _ in range(3)]

    def likelihood(probabilities):
        return np.log(probabilities[np.arange(120), TARGETS]).mean()

    assert likelihood(pool(members, weights_of(*members))) > max(map(likelihood, members))


def test_a_member_below_chance_gets_no_negative_weight():
    weights = weights_of(predictions(2.0), 1 / predictions(3.0).clip(1e-3))
    assert weights[1] == 0 < weights[0]


def test_one_member_of_weight_one_is_unchanged():
    one = predictions(1.0)
    np.testing.assert_allclose(pool([one], np.ones(1)), one, atol=1e-6)


def test_a_class_unknown_to_all_members_has_no_probability():
    members = [np.array([[0.4, 0.6, 0.0]]), np.array([[0.7, 0.3, 0.0]])]
    assert pool(members, np.ones(2))[0, 2] == 0


def test_members_are_weighted_on_speakers_they_were_not_fitted_to():
    """Random labels can be fitted, but not predicted for other speakers."""
    rng = np.random.default_rng(0)
    model = create("ensemble", {"members": ["logistic"]})
    columns = rng.standard_normal((60, len(model.inputs.parts[0].columns))).astype(np.float32)
    whole = labelled({"0/columns": columns}, rng.integers(0, 2, 60), np.arange(60) // 10)
    row = model.fit(whole.take(np.arange(40)), whole.take(np.arange(40, 60)), FitContext(0))[0]
    assert row["uar"] > 0.75  # the training side is fitted perfectly
    assert 0.3 < row["val_uar"] < 0.7


@pytest.fixture(scope="module")
def fitted():
    """An ensemble of models with different files, its history and its training data."""
    model = create("ensemble", MEMBERS)
    columns = {
        f"{index}/columns": (RNG.standard_normal((120, len(part.columns))) + TARGETS[:, None]).astype(
            np.float32
        )
        for index, part in enumerate(model.inputs.parts)
    }
    train = labelled(columns, speakers=np.random.default_rng(3).permutation(120) // 15)
    return model, model.fit(train, train, FitContext(0)), train


def test_held_out_predictions_belong_to_their_recordings(fitted):
    """The columns are informative: predictions of other recordings would be right by chance only."""
    assert all(row["val_uar"] > 0.7 for row in fitted[1])


@pytest.mark.long  # tests/contracts/test_models.py has members that are fitted sooner
def test_parallel_members_give_the_same_model_bit_for_bit(fitted):
    model, history, train = fitted
    again = create("ensemble", MEMBERS)
    assert again.fit(train, train, FitContext(0, jobs=2)) == history
    np.testing.assert_array_equal(again.weights, model.weights)
    np.testing.assert_array_equal(again.predict(train.source), model.predict(train.source))


def test_a_member_of_weight_0_is_not_asked():
    class Member:
        def predict_proba(self, arrays):
            return arrays["probabilities"]

    model = create("ensemble", {"members": ["logistic", "ridge", "kernel_ridge"]})
    model.fitted, model.weights = [Member(), None, Member()], np.array([0.5, 0.0, 1.0])
    first, last = predictions(1.0), predictions(2.0)
    pooled = model.predict_proba({"0/probabilities": first, "2/probabilities": last})
    np.testing.assert_allclose(pooled, pool([first, predictions(0.0), last], model.weights))


@pytest.mark.parametrize("name", ["ensemble", "best"])
def test_nested_ensembles_are_refused(name):
    with pytest.raises(InputError) as error:
        create("ensemble", {"members": ["ridge", name]})
    assert str(error.value) == f"{name!r} in an ensemble: expected single models: name its members"


def test_an_unknown_member_is_named():
    with pytest.raises(InputError, match="unknown model 'perceptron': expected one of mlp, "):
        create("ensemble", {"members": ["ridge", "perceptron"]})


def test_a_missing_package_of_a_member_is_reported_before_the_fit(monkeypatch):
    monkeypatch.setitem(sys.modules, "xgboost", None)
    with pytest.raises(MissingExtraError, match="model 'ensemble' needs xgboost, which is not installed"):
        create("ensemble", MEMBERS)
    assert create("ensemble", MEMBERS, described_only=True).packages == ("xgboost",)


def test_a_restored_ensemble_predicts_the_same(fitted):
    model, _, train = fitted
    restored = create("ensemble", MEMBERS).set_state(model.state(), classes=3)
    np.testing.assert_array_equal(restored.predict(train.source), model.predict(train.source))
