"""Losses against worked examples, Keras and scikit-learn."""

import keras
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from keras import ops
from sklearn.metrics import log_loss
from sklearn.utils.class_weight import compute_class_weight

from ser_models.data.batches import InMemory
from ser_models.models import create
from ser_models.models.base import FitContext, Labelled
from ser_models.models.networks.losses import WeightedLoss

PROBABILITIES = np.array([[0.7, 0.2, 0.1], [0.25, 0.5, 0.25], [0.1, 0.1, 0.8], [0.6, 0.3, 0.1]], np.float32)
TARGETS = np.array([0, 1, 2, 1])


def value(loss, targets=TARGETS, probabilities=PROBABILITIES, weights=None):
    return float(loss(ops.array(targets), ops.array(probabilities), weights))


def probabilities_of(logits):
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (exponents / exponents.sum(axis=1, keepdims=True)).astype(np.float32)


def test_cross_entropy_by_hand():
    expected = -(np.log(0.7) + np.log(0.5) + np.log(0.8) + np.log(0.3)) / 4
    assert value(WeightedLoss()) == pytest.approx(expected, rel=1e-6)


def test_label_smoothing_by_hand():
    # 0.1 of each target is spread over 3 classes: 0.9 + 0.1/3 for the true one, 0.1/3 for the others.
    own, other = 0.9 + 0.1 / 3, 0.1 / 3
    expected = -(own * np.log(0.7) + other * (np.log(0.2) + np.log(0.1)))
    loss = WeightedLoss(label_smoothing=0.1)
    assert value(loss, TARGETS[:1], PROBABILITIES[:1]) == pytest.approx(expected, rel=1e-6)


def test_focal_loss_by_hand():
    # A recording with probability 0.7 has 0.3² of its cross-entropy, one with 0.3 has 0.7².
    expected = (
        -(0.3**2 * np.log(0.7) + 0.5**2 * np.log(0.5) + 0.2**2 * np.log(0.8) + 0.7**2 * np.log(0.3)) / 4
    )
    assert value(WeightedLoss(gamma=2.0)) == pytest.approx(expected, rel=1e-5)


def test_alpha_by_hand():
    # Two of class 1, one each of 0 and 2: balanced weights are 4 / (3 · count), their mean is 1.
    alpha = np.array([4 / 3, 4 / 6, 4 / 3, 4 / 6])
    losses = -np.array(
        [0.3**2 * np.log(0.7), 0.5**2 * np.log(0.5), 0.2**2 * np.log(0.8), 0.7**2 * np.log(0.3)]
    )
    assert value(WeightedLoss(gamma=2.0), weights=alpha) == pytest.approx((alpha * losses).mean(), rel=1e-5)
    np.testing.assert_allclose(Labelled(InMemory({}), TARGETS, 3).weights, alpha)
    assert alpha.mean() == pytest.approx(1)


def test_weights_equal_those_of_scikit_learn():
    targets = np.array([0, 0, 0, 1, 1, 2, 2, 2, 2, 2])
    balanced = compute_class_weight("balanced", classes=np.arange(3), y=targets)
    np.testing.assert_allclose(Labelled(InMemory({}), targets, 3).weights, balanced[targets])


cases = st.integers(2, 6).flatmap(
    lambda classes: st.tuples(
        arrays(np.float64, (5, classes), elements=st.floats(-8, 8)),
        arrays(np.int64, 5, elements=st.integers(0, classes - 1)),
    )
)


@settings(deadline=None, max_examples=40)
@given(cases)
@example((np.array([[-8.0, 7.0, 7.0, 7.0], *[[7.0] * 4] * 4]), np.zeros(5, np.int64)))
def test_without_gamma_and_alpha_it_is_the_cross_entropy(case):
    logits, targets = case
    probabilities = probabilities_of(logits)
    loss = value(WeightedLoss(gamma=0.0), targets, probabilities, weights=np.ones(5))
    # Keras limits probabilities to 1e-7, scikit-learn to the resolution of their type: 1.2e-7 of float32.
    limited = np.clip(probabilities.astype(np.float64), keras.config.epsilon(), 1)
    classes = np.arange(logits.shape[1])
    assert loss == pytest.approx(log_loss(targets, limited, labels=classes), rel=1e-4, abs=1e-6)
    peer = keras.losses.SparseCategoricalCrossentropy()(ops.array(targets), ops.array(probabilities))
    assert loss == pytest.approx(float(peer), rel=1e-4, abs=1e-6)


@settings(deadline=None, max_examples=40)
@given(cases, st.floats(0, 4), st.floats(0, 0.3))
def test_class_indices_and_one_hot_targets_have_the_loss_of_keras(case, gamma, smoothing):
    logits, targets = case
    probabilities, targets_one_hot = probabilities_of(logits), np.eye(logits.shape[1])[targets]
    peer = keras.losses.CategoricalFocalCrossentropy(alpha=1.0, gamma=gamma, label_smoothing=smoothing)
    expected = float(peer(ops.array(targets_one_hot), ops.array(probabilities)))
    loss = WeightedLoss(gamma=gamma, label_smoothing=smoothing)
    for given_targets in (targets, targets_one_hot):
        assert value(loss, given_targets, probabilities) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_confident_predictions_have_finite_losses(gamma):
    confident = np.array([[1.0, 0.0]], np.float32)
    right, wrong = (value(WeightedLoss(gamma=gamma), [target], confident) for target in (0, 1))
    assert right == pytest.approx(0, abs=1e-6)
    assert np.isfinite(wrong)
    assert wrong > 15


def trained(parameters):
    """An MLP after one epoch on unbalanced noise, its data and the row of the history."""
    rng = np.random.default_rng(0)
    columns = rng.normal(size=(60, 30)).astype(np.float32)
    data = Labelled(InMemory({"columns": columns}), np.array([0] * 40 + [1] * 15 + [2] * 5), 3)
    model = create("mlp", {"epochs": 1, "dropout": 0.0, **parameters})
    return model, data, model.fit(data, data, FitContext(0))[0]


@pytest.mark.long
def test_focal_loss_without_gamma_and_weights_trains_like_cross_entropy():
    _, _, plain = trained({"class_weights": False})
    _, _, focal = trained({"class_weights": False, "loss": "focal", "gamma": 0.0})
    _, _, sharper = trained({"class_weights": False, "loss": "focal", "gamma": 2.0})
    assert focal == plain
    assert sharper["val_loss"] < plain["val_loss"]


@pytest.mark.usefixtures("not_compiled")
@pytest.mark.parametrize("weighted", [True, False])
def test_the_validation_loss_is_balanced_even_if_the_training_loss_is_not(weighted):
    model, data, row = trained({"class_weights": weighted, "label_smoothing": 0.1})
    probabilities = model.predict(data.source).astype(np.float32)
    expected = value(WeightedLoss(label_smoothing=0.1), data.targets, probabilities, weights=data.weights)
    assert row["val_loss"] == pytest.approx(expected, rel=1e-4)
    correct = probabilities.argmax(axis=1) == data.targets
    recalls = [correct[data.targets == target].mean() for target in range(3)]
    assert row["val_uar"] == pytest.approx(np.mean(recalls), abs=1e-5)
