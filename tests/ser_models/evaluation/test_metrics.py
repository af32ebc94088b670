"""Metrics equal scikit-learn's, with and without classes that the test lacks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from ser_models.evaluation.metrics import confusion_matrix, log_losses, recalls, roc_curve, uar

CLASSES = 5


@pytest.fixture(params=["all classes", "one absent", "absent but predicted", "one class"])
def case(request):
    """Targets, predictions, and probabilities that have nothing to do with them."""
    rng = np.random.default_rng(7)
    present = {"all classes": 5, "one absent": 4, "absent but predicted": 3, "one class": 1}[request.param]
    targets = rng.integers(0, present, 200)
    targets[:present] = np.arange(present)
    guesses = rng.integers(0, present if request.param == "one absent" else CLASSES, 200)
    predicted = np.where(rng.random(200) < 0.5, targets, guesses)
    return targets, predicted, rng.dirichlet(np.ones(CLASSES), 200)


def test_confusion_matrix_recalls_and_uar(case):
    targets, predicted, _ = case
    matrix = confusion_matrix(targets, predicted, CLASSES)
    expected = reference.confusion_matrix(targets, predicted, labels=range(CLASSES))
    np.testing.assert_array_equal(matrix, expected)
    recall = reference.recall_score(
        targets, predicted, labels=range(CLASSES), average=None, zero_division=np.nan
    )
    np.testing.assert_allclose(recalls(matrix), recall)
    np.testing.assert_allclose(recalls(np.stack([matrix, 2 * matrix])), [recall, recall])
    assert uar(matrix) == pytest.approx(
        reference.recall_score(targets, predicted, labels=np.unique(targets), average="macro")
    )


def test_log_losses(case):
    targets, _, probabilities = case
    overall, by_class = log_losses(targets, probabilities)
    assert overall == pytest.approx(reference.log_loss(targets, probabilities, labels=range(CLASSES)))
    expected = [
        reference.log_loss(targets == k, probabilities[:, k], labels=[False, True]) for k in range(CLASSES)
    ]
    np.testing.assert_allclose(by_class, expected)


def test_log_loss_of_a_certain_error_is_finite():
    overall, by_class = log_losses(np.array([0]), np.array([[0.0, 1.0]]))
    assert overall == pytest.approx(-np.log(np.finfo(float).eps))
    assert np.isfinite(by_class).all()


def test_the_definitions_of_log_loss_and_mse_are_those_of_the_published_figures():
    """The figures of the bone-conducted speech paper, computed from its supports.

    It prints log loss 1.4105 and 0.2074 for neutral, MSE 0.0812, 0.0514 for neutral and 0.0769 for disgust.
    """
    supports = {"angry": 568, "calm": 508, "disgust": 514, "fear": 607}
    supports |= {"happy": 615, "neutral": 303, "sad": 606, "surprise": 599}
    targets = np.repeat(np.arange(8), list(supports.values()))
    true = np.exp(-1.4105)
    truth = np.eye(8)[targets]
    probabilities = np.where(truth == 1, true, (1 - true) / 7)
    index = list(supports).index
    overall, by_class = log_losses(targets, probabilities)
    mse = reference.mean_squared_error(truth, probabilities, multioutput="raw_values")
    assert overall == pytest.approx(1.4105)
    assert by_class[index("neutral")] == pytest.approx(0.2074, rel=0.02)
    assert mse.mean() == pytest.approx(0.0812, rel=0.02)
    assert mse[index("neutral")] == pytest.approx(0.0514, rel=0.02)
    assert mse[index("disgust")] == pytest.approx(0.0769, rel=0.02)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4)), min_size=2, max_size=40))
def test_auc_is_the_probability_of_ranking_a_pair_correctly(rows):
    positive = np.array([truth for truth, _ in rows])
    scores = np.array([value / 4 for _, value in rows])
    curve = roc_curve(positive, scores)
    if positive.all() or not positive.any():
        assert curve is None
        return
    gaps = scores[positive][:, None] - scores[~positive][None, :]
    assert curve[1] == pytest.approx(np.mean((gaps > 0) + 0.5 * (gaps == 0)))


@pytest.mark.parametrize("decimals", [1, 16], ids=["tied scores", "distinct scores"])
def test_a_roc_curve_is_thinned_out_and_keeps_ends_and_area(decimals):
    rng = np.random.default_rng(11)
    positive = rng.random(500) < 0.2
    scores = np.clip(0.3 * positive + rng.random(500), 0, 1).round(decimals)
    curve, area = roc_curve(positive, scores)
    fpr, tpr, _ = reference.roc_curve(positive, scores, drop_intermediate=False)
    assert area == pytest.approx(reference.roc_auc_score(positive, scores))
    assert len(curve.fpr) == len(curve.tpr) <= 100
    assert set(zip(curve.fpr, curve.tpr, strict=True)) <= set(zip(fpr.round(4), tpr.round(4), strict=True))
    assert (curve.fpr[0], curve.tpr[0], curve.fpr[-1], curve.tpr[-1]) == (0, 0, 1, 1)
    assert np.trapezoid(curve.tpr, curve.fpr) == pytest.approx(area, abs=0.01)
