"""Log loss and squared error equal scikit-learn's, and are what the published figures speak of."""

import numpy as np
import pytest
from sklearn import metrics as reference

from ser_models.evaluation import losses

CLASSES = 5


@pytest.fixture(params=[5, 3, 1], ids=["all classes", "two absent", "one class"])
def case(request):
    """Return targets, (200,), and probabilities, (200, 5)."""
    rng = np.random.default_rng(3)
    return rng.integers(0, request.param, 200), rng.dirichlet(np.ones(CLASSES), 200)


def test_log_loss(case):
    targets, probabilities = case
    expected = reference.log_loss(targets, probabilities, labels=range(CLASSES))
    assert losses.log_loss(targets, probabilities) == pytest.approx(expected)


def test_log_loss_of_a_sure_mistake_is_large_and_finite():
    sure = np.array([[0.0, 1.0]])
    assert losses.log_loss(np.array([0]), sure) == pytest.approx(-np.log(np.finfo(float).eps))
    assert np.isfinite(losses.log_losses(np.array([0]), sure)).all()


def test_log_loss_of_each_class_is_that_of_one_against_the_others(case):
    targets, probabilities = case
    expected = [
        reference.log_loss(targets == k, probabilities[:, k], labels=[False, True]) for k in range(CLASSES)
    ]
    np.testing.assert_allclose(losses.log_losses(targets, probabilities), expected)


def test_mse_is_scikit_learns_on_one_hot_columns(case):
    targets, probabilities = case
    truth = np.eye(CLASSES)[targets]
    assert losses.mse(targets, probabilities) == pytest.approx(
        reference.mean_squared_error(truth, probabilities)
    )
    np.testing.assert_allclose(
        losses.mses(targets, probabilities),
        reference.mean_squared_error(truth, probabilities, multioutput="raw_values"),
    )


def test_mse_of_a_class_is_its_brier_score(case):
    targets, probabilities = case
    expected = [reference.brier_score_loss(targets == k, probabilities[:, k], pos_label=1) for k in range(5)]
    np.testing.assert_allclose(losses.mses(targets, probabilities), expected)


def test_mse_by_hand():
    targets, probabilities = np.array([0, 1]), np.array([[0.7, 0.2, 0.1], [0.5, 0.5, 0.0]])
    squares = [[0.3**2, 0.2**2, 0.1**2], [0.5**2, 0.5**2, 0.0]]
    assert losses.mse(targets, probabilities) == pytest.approx(np.mean(squares))
    assert losses.mses(targets, probabilities) == pytest.approx(np.mean(squares, axis=0))


def test_the_definitions_are_those_of_the_published_figures():
    """Of system 1, with its supports and what its log loss of 1.4105 leaves to the other seven classes.

    It prints log loss 1.4105 and 0.2074 for neutral, MSE 0.0812, 0.0514 for neutral and 0.0769 for disgust.
    """
    supports = {"angry": 568, "calm": 508, "disgust": 514, "fear": 607}
    supports |= {"happy": 615, "neutral": 303, "sad": 606, "surprise": 599}
    targets = np.repeat(np.arange(8), list(supports.values()))
    true = np.exp(-1.4105)
    probabilities = np.where(np.eye(8)[targets] == 1, true, (1 - true) / 7)
    place = list(supports).index
    assert losses.log_loss(targets, probabilities) == pytest.approx(1.4105)
    assert losses.log_losses(targets, probabilities)[place("neutral")] == pytest.approx(0.2074, rel=0.02)
    assert losses.mse(targets, probabilities) == pytest.approx(0.0812, rel=0.02)
    assert losses.mses(targets, probabilities)[place("neutral")] == pytest.approx(0.0514, rel=0.02)
    assert losses.mses(targets, probabilities)[place("disgust")] == pytest.approx(0.0769, rel=0.02)
