"""The interval: over speakers, seeded, and as wide as speakers differ."""

import numpy as np
import pytest

from ser_models.evaluation.metrics import confusion_matrix, interval, uar
from ser_models.evaluation.paired import difference


def speakers_of_unlike_skill(count, recordings=20):
    """Return data in which speaker k is recognised in a share k / count of the recordings."""
    speakers = np.repeat(np.arange(count), recordings)
    targets = np.tile(np.arange(recordings) % 2, count)
    right = (np.tile(np.arange(recordings), count) // 2) < speakers * (recordings // 2) / (count - 1)
    return targets, np.where(right, targets, 1 - targets), speakers


def test_it_holds_the_point_and_is_seeded():
    targets, predicted, speakers = speakers_of_unlike_skill(11)
    first = interval(targets, predicted, speakers, classes=2, seed=0)
    assert first == interval(targets, predicted, speakers, classes=2, seed=0)
    assert first != interval(targets, predicted, speakers, classes=2, seed=1)
    assert first.low < uar(confusion_matrix(targets, predicted, 2)) < first.high
    assert first.unit == "11 speakers"


def test_it_equals_the_plain_bootstrap():
    targets, predicted, speakers = speakers_of_unlike_skill(8)
    rng = np.random.default_rng(5)
    plain = []
    for _ in range(2000):
        drawn = rng.integers(0, 8, 8)
        rows = np.concatenate([np.flatnonzero(speakers == speaker) for speaker in drawn])
        plain.append(uar(confusion_matrix(targets[rows], predicted[rows], 2)))
    bounds = interval(targets, predicted, speakers, classes=2, seed=0)
    assert [bounds.low, bounds.high] == pytest.approx(np.quantile(plain, [0.025, 0.975]), abs=0.02)


def test_alike_speakers_leave_no_width():
    targets = np.tile([0, 0, 1, 1], 6)
    predicted = np.tile([0, 1, 1, 1], 6)
    bounds = interval(targets, predicted, np.repeat(np.arange(6), 4), classes=2, seed=0)
    assert (bounds.low, bounds.high) == (0.75, 0.75)


def test_a_single_speaker_falls_back_to_recordings_and_says_so():
    targets, predicted, _ = speakers_of_unlike_skill(5)
    bounds = interval(targets, predicted, np.zeros(len(targets)), classes=2, seed=0)
    assert bounds.unit == "100 recordings of one speaker"
    assert bounds.low < bounds.high


def test_recordings_of_unknown_speakers_are_drawn_one_by_one():
    targets, predicted, speakers = speakers_of_unlike_skill(4)
    some = np.where(speakers == 0, None, speakers.astype(str).astype(object))
    bounds = interval(targets, predicted, some, classes=2, seed=0)
    assert bounds.unit == "3 speakers and 20 recordings, speakers unknown"
    none = interval(targets, predicted, np.full(len(targets), None), classes=2, seed=0)
    of_one = interval(targets, predicted, np.zeros(len(targets)), classes=2, seed=0)
    assert none.unit == "80 recordings, speakers unknown"
    assert (none.low, none.high) == (of_one.low, of_one.high)


def test_draws_do_not_depend_on_the_size_of_a_block(monkeypatch):
    data = speakers_of_unlike_skill(6)
    whole = interval(*data, classes=2, seed=0)
    monkeypatch.setattr("ser_models.evaluation.metrics.BLOCK", 100)
    assert interval(*data, classes=2, seed=0) == whole


def test_classes_that_a_draw_lacks_are_left_out_of_its_mean():
    targets, speakers = np.array([0, 0, 1, 1]), np.array(["a", "a", "b", "b"])
    bounds = interval(targets, targets, speakers, classes=3, seed=0)
    assert (bounds.low, bounds.high) == (1.0, 1.0)


def test_the_difference_of_what_is_equal_is_nothing_whoever_is_drawn():
    targets, predicted, speakers = speakers_of_unlike_skill(9)
    assert difference(targets, predicted, predicted, speakers, classes=2, seed=0) == (0.0, 0.0)


def test_a_gain_that_every_speaker_has_is_sure_however_unlike_they_are():
    """Each speaker is recognised five points better: the interval of either UAR is far wider than that."""
    targets, predicted, speakers = speakers_of_unlike_skill(11)
    better = predicted.copy()
    for speaker in range(10):
        wrong = np.flatnonzero((speakers == speaker) & (predicted != targets))[:2]
        better[wrong] = targets[wrong]
    low, high = difference(targets, better, predicted, speakers, classes=2, seed=0)
    assert 0.05 < low <= high <= 0.1 + 1e-9
    alone = interval(targets, predicted, speakers, classes=2, seed=0)
    assert alone.high - alone.low > 3 * (high - low)


def test_of_a_single_speaker_the_difference_is_over_recordings():
    targets, predicted, _ = speakers_of_unlike_skill(5)
    low, high = difference(targets, targets, predicted, np.zeros(len(targets)), classes=2, seed=0)
    assert 0 < low < high
