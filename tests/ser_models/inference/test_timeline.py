"""Windows of a recording, joined into a timeline and one answer."""

import numpy as np
import pytest

from ser_models.inference.timeline import CORRELATION, WindowPrediction, consensus, course, pool, timeline_of

HAPPY, UNSURE, SAD = ({"happy": p, "sad": 1 - p} for p in (0.9, 0.45, 0.1))


def windows(*probabilities: dict[str, float]) -> list[WindowPrediction]:
    """Windows of 3 s, one per second."""
    return [WindowPrediction.of(start, start + 3.0, row) for start, row in enumerate(probabilities)]


def spans(*probabilities: dict[str, float]) -> list[tuple]:
    return [(span.start, span.end, span.emotion) for span in timeline_of(windows(*probabilities))]


def test_a_single_window_that_disagrees_a_little_changes_nothing():
    assert spans(HAPPY, HAPPY, UNSURE, HAPPY) == [(0.0, 6.0, "happy")]


def test_windows_that_disagree_clearly_are_a_span():
    assert spans(HAPPY, HAPPY, SAD, SAD, SAD) == [(0.0, 3.0, "happy"), (3.0, 7.0, "sad")]


def test_silence_is_a_span_without_emotion():
    timeline = timeline_of(windows(HAPPY, {}, {}, HAPPY))
    assert [span.emotion for span in timeline] == ["happy", None, "happy"]
    assert [span.probability for span in timeline] == [0.9, None, 0.9]


def test_no_windows_have_no_timeline():
    assert timeline_of([]) == []
    assert pool([]) == pool(windows())


def test_a_steady_recording_has_the_consensus():
    pooled = pool(windows(*[HAPPY] * 5, UNSURE))
    assert not pooled.is_mixed
    assert sum(pooled.probabilities.values()) == pytest.approx(1)
    assert pooled.probabilities["happy"] > 0.9


def test_a_recording_of_two_halves_is_mixed_and_has_the_mean():
    pooled = pool(windows(*[HAPPY] * 4, *[SAD] * 4))
    assert pooled.is_mixed
    assert pooled.probabilities == pytest.approx({"happy": 0.5, "sad": 0.5})


def test_two_thirds_are_a_majority():
    assert not pool(windows(*[HAPPY] * 6, *[SAD] * 3)).is_mixed
    assert pool(windows(*[HAPPY] * 5, *[SAD] * 4)).is_mixed


def test_a_silent_recording_has_no_probabilities():
    pooled = pool(windows({}, {}))
    assert (pooled.probabilities, pooled.is_mixed) == ({}, False)


def test_more_windows_do_not_make_an_answer_ever_more_certain():
    one, many, more = (consensus(np.array([[0.6, 0.4]] * count)).max() for count in (1, 100, 10_000))
    assert one == pytest.approx(0.6)
    assert many == pytest.approx(1 / (1 + (0.4 / 0.6) ** (1 / CORRELATION)), abs=0.01)
    assert more == pytest.approx(many, abs=0.01)


def test_the_course_is_the_best_of_all():
    rng = np.random.default_rng(0)
    values = rng.dirichlet([0.5] * 3, size=6)
    paths = np.array(np.meshgrid(*[range(3)] * 6)).reshape(6, -1).T
    scores = [
        np.log(np.maximum(values[range(6), path], 1e-4)).sum() - 2.0 * (np.diff(path) != 0).sum()
        for path in paths
    ]
    assert course(values).tolist() == paths[np.argmax(scores)].tolist()
