"""Reliability bins and their error, against hand-worked examples and scikit-learn's calibration curve."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from ser_models.evaluation.calibration import BINS, STEPS, Bin, aurc, ece, reliability, selective


def test_a_hand_worked_example():
    confidence = np.array([0.50, 0.52, 0.95, 0.97, 0.99])
    right = np.array([True, False, True, True, False])
    bins = reliability(confidence, right)
    assert [(each.n, each.accuracy) for each in bins] == [(2, 0.5), (3, pytest.approx(2 / 3))]
    assert bins[0].confidence == pytest.approx(0.51)
    assert (bins[0].low, bins[0].high) == (pytest.approx(7 / 15), pytest.approx(8 / 15))
    assert ece(bins) == pytest.approx((2 * 0.01 + 3 * (0.97 - 2 / 3)) / 5)


def test_the_bins_are_fifteen_of_equal_width():
    bins = reliability(np.linspace(0.001, 1, 1000), np.ones(1000, dtype=bool))
    assert len(bins) == BINS == 15
    assert [each.high - each.low for each in bins] == pytest.approx([1 / 15] * 15)
    assert sum(each.n for each in bins) == 1000


def test_it_agrees_with_scikit_learns_curve():
    rng = np.random.default_rng(2)
    confidence = rng.uniform(0.1, 1, 400)
    right = rng.random(400) < confidence**2
    accuracy, mean = calibration_curve(right, confidence, n_bins=BINS)
    bins = reliability(confidence, right)
    assert [each.accuracy for each in bins] == pytest.approx(accuracy)
    assert [each.confidence for each in bins] == pytest.approx(mean)


def test_a_bound_belongs_to_the_lower_bin_and_the_ends_to_their_own():
    bins = reliability(np.array([0.0, 1.0, 0.2]), np.array([True] * 3), bins=5)
    assert bins == [Bin(0.0, 0.2, 2, 0.1, 1.0), Bin(0.8, 1.0, 1, 1.0, 1.0)]


@pytest.mark.parametrize(("share", "expected"), [(1.0, 0.25), (0.75, 0.0), (0.0, 0.75)])
def test_the_error_is_how_far_confidence_is_from_the_truth(share, expected):
    right = np.arange(8) < 8 * share
    assert ece(reliability(np.full(8, 0.75), right)) == pytest.approx(expected)


def test_the_surest_answers_are_given_first():
    confidence = np.array([0.9, 0.8, 0.7, 0.6])
    targets, predicted = np.array([0, 1, 0, 1]), np.array([0, 1, 1, 0])
    found = selective(confidence, targets, predicted, classes=2)
    assert len(found) == STEPS
    assert [kept.coverage for kept in found] == sorted(kept.coverage for kept in found)
    half = next(kept for kept in found if kept.coverage == 0.5)
    assert (half.accuracy, half.uar, half.threshold) == (1, 1, 0.8)
    assert (found[-1].coverage, found[-1].accuracy, found[-1].uar) == (1, 0.5, 0.5)


def test_a_single_recording_has_a_curve():
    found = selective(np.array([0.9]), np.array([1]), np.array([1]), classes=3)
    assert {kept.coverage for kept in found} == {1}


def test_the_area_is_the_error_rate_where_confidence_says_nothing():
    right = np.array([True, False, True, False, False])
    assert aurc(np.full(5, 0.5), right) == pytest.approx(0.6)
    assert aurc(np.linspace(1, 0.6, 5), np.ones(5, dtype=bool)) == 0


def test_the_area_is_that_of_its_definition():
    rng = np.random.default_rng(5)
    confidence, right = rng.permutation(60) / 60, rng.random(60) < 0.6
    order = np.argsort(-confidence)
    risks = [1 - right[order[: count + 1]].mean() for count in range(60)]
    assert aurc(confidence, right) == pytest.approx(np.mean(risks))
