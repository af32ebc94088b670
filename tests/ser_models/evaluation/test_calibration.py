"""Reliability bins, ECE and AURC, against hand-worked examples and scikit-learn's calibration curve."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from ser_models.evaluation.entries import CalibrationBin
from ser_models.evaluation.metrics import BINS, aurc, calibration
from ser_models.evaluation.score import STEPS, risk_coverage


def test_a_hand_worked_example():
    confidence = np.array([0.50, 0.52, 0.95, 0.97, 0.99])
    result = calibration(confidence, np.array([True, False, True, True, False]))
    bins = result.reliability
    assert [(entry.n, entry.accuracy) for entry in bins] == [(2, 0.5), (3, pytest.approx(2 / 3))]
    assert bins[0].confidence == pytest.approx(0.51)
    assert (bins[0].low, bins[0].high) == (pytest.approx(7 / 15), pytest.approx(8 / 15))
    assert result.ece == pytest.approx((2 * 0.01 + 3 * (0.97 - 2 / 3)) / 5)


def test_bins_are_fifteen_of_equal_width():
    bins = calibration(np.linspace(0.001, 1, 1000), np.ones(1000, dtype=bool)).reliability
    assert len(bins) == BINS == 15
    assert [entry.high - entry.low for entry in bins] == pytest.approx([1 / 15] * 15)
    assert sum(entry.n for entry in bins) == 1000


def test_bins_equal_scikit_learns_curve():
    rng = np.random.default_rng(2)
    confidence = rng.uniform(0.1, 1, 400)
    correct = rng.random(400) < confidence**2
    accuracy, mean = calibration_curve(correct, confidence, n_bins=BINS)
    bins = calibration(confidence, correct).reliability
    assert [entry.accuracy for entry in bins] == pytest.approx(accuracy)
    assert [entry.confidence for entry in bins] == pytest.approx(mean)


def test_an_edge_belongs_to_the_lower_bin():
    bins = calibration(np.array([0.0, 1.0, 0.2]), np.array([True] * 3), bins=5).reliability
    assert bins == (CalibrationBin(0.0, 0.2, 2, 0.1, 1.0), CalibrationBin(0.8, 1.0, 1, 1.0, 1.0))


@pytest.mark.parametrize(("share", "expected"), [(1.0, 0.25), (0.75, 0.0), (0.0, 0.75)])
def test_ece_is_the_distance_of_confidence_and_accuracy(share, expected):
    correct = np.arange(8) < 8 * share
    assert calibration(np.full(8, 0.75), correct).ece == pytest.approx(expected)


def test_predictions_of_low_confidence_are_rejected_first():
    confidence = np.array([0.9, 0.8, 0.7, 0.6])
    targets, predicted = np.array([0, 1, 0, 1]), np.array([0, 1, 1, 0])
    curve = risk_coverage(confidence, targets, predicted, classes=2).curve
    assert len(curve) == STEPS
    assert [point.coverage for point in curve] == sorted(point.coverage for point in curve)
    half = next(point for point in curve if point.coverage == 0.5)
    assert (half.accuracy, half.uar, half.threshold) == (1, 1, 0.8)
    assert (curve[-1].coverage, curve[-1].accuracy, curve[-1].uar) == (1, 0.5, 0.5)


def test_a_single_recording_has_a_curve():
    curve = risk_coverage(np.array([0.9]), np.array([1]), np.array([1]), classes=3).curve
    assert {point.coverage for point in curve} == {1}


def test_aurc_equals_its_definition():
    rng = np.random.default_rng(5)
    confidence, correct = rng.permutation(60) / 60, rng.random(60) < 0.6
    order = np.argsort(-confidence)
    risks = [1 - correct[order[: count + 1]].mean() for count in range(60)]
    assert aurc(confidence, correct) == pytest.approx(np.mean(risks))


def test_aurc_is_the_error_rate_if_confidence_is_uninformative():
    assert aurc(np.full(5, 0.5), np.array([True, False, True, False, False])) == pytest.approx(0.6)
    assert aurc(np.linspace(1, 0.6, 5), np.ones(5, dtype=bool)) == 0
