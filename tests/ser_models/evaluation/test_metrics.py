"""Every metric equals scikit-learn's, with and without classes that the test lacks."""

import warnings

import numpy as np
import pytest
from sklearn import metrics as reference

from ser_models.evaluation import metrics

CLASSES = 5


@pytest.fixture(params=["all classes", "one absent", "absent but predicted", "one class"])
def case(request):
    """Return targets, predictions, and probabilities that have nothing to do with them."""
    rng = np.random.default_rng(7)
    present = {"all classes": 5, "one absent": 4, "absent but predicted": 3, "one class": 1}[request.param]
    targets = rng.integers(0, present, 200)
    targets[:present] = np.arange(present)
    guesses = rng.integers(0, present if request.param == "one absent" else CLASSES, 200)
    predicted = np.where(rng.random(200) < 0.5, targets, guesses)
    probabilities = rng.dirichlet(np.ones(CLASSES), 200)
    return targets, predicted, probabilities


@pytest.fixture
def matrix(case):
    targets, predicted, _ = case
    return metrics.confusion_matrix(targets, predicted, CLASSES)


def test_confusion_matrix(case, matrix):
    targets, predicted, _ = case
    np.testing.assert_array_equal(
        matrix, reference.confusion_matrix(targets, predicted, labels=range(CLASSES))
    )


def test_uar_is_balanced_accuracy(case, matrix):
    targets, predicted, _ = case
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn remarks on classes that were only predicted
        expected = reference.balanced_accuracy_score(targets, predicted)
    assert metrics.uar(matrix) == pytest.approx(expected)


def test_accuracy(case, matrix):
    targets, predicted, _ = case
    assert metrics.accuracy(matrix) == pytest.approx(reference.accuracy_score(targets, predicted))


def test_per_class(case, matrix):
    targets, predicted, _ = case
    precision, recall, f1, support = reference.precision_recall_fscore_support(
        targets, predicted, labels=range(CLASSES), zero_division=0
    )
    np.testing.assert_allclose(metrics.precisions(matrix), precision)
    np.testing.assert_allclose(np.nan_to_num(metrics.recalls(matrix)), recall)
    np.testing.assert_allclose(metrics.f1_scores(matrix), f1)
    np.testing.assert_array_equal(matrix.sum(axis=1), support)


@pytest.mark.parametrize(("name", "average"), [("macro_f1", "macro"), ("weighted_f1", "weighted")])
def test_mean_f1_over_the_classes_that_occur(case, matrix, name, average):
    targets, predicted, _ = case
    expected = reference.f1_score(
        targets, predicted, labels=np.unique(targets), average=average, zero_division=0
    )
    assert getattr(metrics, name)(matrix) == pytest.approx(expected)


def test_mcc(case, matrix):
    targets, predicted, _ = case
    assert metrics.mcc(matrix) == pytest.approx(reference.matthews_corrcoef(targets, predicted))


def test_mcc_of_a_large_test_does_not_overflow():
    matrix = np.full((2, 2), 10**9) + np.diag([10**9, 10**9])
    assert metrics.mcc(matrix) == pytest.approx(1 / 3)


def test_iou_is_the_jaccard_index(case, matrix):
    targets, predicted, _ = case
    expected = reference.jaccard_score(
        targets, predicted, labels=range(CLASSES), average=None, zero_division=0
    )
    np.testing.assert_allclose(metrics.ious(matrix), expected)


@pytest.mark.parametrize("average", ["macro", "weighted"])
def test_averages_are_the_last_lines_of_a_classification_report(case, matrix, average):
    targets, predicted, _ = case
    occur = np.unique(targets)
    precision, recall, f1, _ = reference.precision_recall_fscore_support(
        targets, predicted, labels=occur, average=average, zero_division=0
    )
    iou = reference.jaccard_score(targets, predicted, labels=occur, average=average, zero_division=0)
    assert metrics.averages(matrix)[average] == pytest.approx(
        {"precision": precision, "recall": recall, "f1": f1, "iou": iou}
    )


def test_averages_agree_with_the_single_measures(matrix):
    macro = metrics.averages(matrix)["macro"]
    assert macro["recall"] == pytest.approx(metrics.uar(matrix))
    assert macro["f1"] == pytest.approx(metrics.macro_f1(matrix))
    assert metrics.averages(matrix)["weighted"]["recall"] == pytest.approx(metrics.accuracy(matrix))
