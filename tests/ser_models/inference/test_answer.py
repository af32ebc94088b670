"""Ranking, verdict and warnings of one recording."""

import pytest

from ser_models.inference.answer import UNSURE_WARNING, answer_of, pooled_answer_of
from ser_models.inference.prediction import PredictOptions
from ser_models.inference.timeline import WindowPrediction
from ser_models.ood.sound import SoundEvidence


def warning(happy, score=None, **options):
    evidence = SoundEvidence(reference=None)
    evidence.add(score, {})
    return answer_of(
        {"happy": happy, "sad": 0.3, "angry": 0.7 - happy},
        evidence,
        PredictOptions(**options),
        (),
        file="a.wav",
    ).warning


def test_an_answer_that_is_more_likely_wrong_than_right_is_marked():
    assert warning(0.49) == UNSURE_WARNING == "unsure (confidence below 50 %): expect more errors"
    assert warning(0.5) is None


def test_a_distance_says_nothing_about_errors():
    assert warning(0.6, score=1.5).startswith("out of distribution (ood_score above 1)")
    assert warning(0.4, score=1.5).endswith(f"; {UNSURE_WARNING}")


@pytest.mark.parametrize("threshold", [0.5, 0.9])
def test_an_abstention_is_not_marked_twice(threshold):
    assert warning(0.4, abstain_below=threshold) == f"abstained: confidence below {threshold}"


def test_a_mixed_recording_has_no_confidence_to_be_unsure_of():
    windows = [
        WindowPrediction.of(start, start + 3.0, {"happy": happy, "sad": 1 - happy})
        for start, happy in enumerate([0.9] * 4 + [0.1] * 4)
    ]
    prediction = pooled_answer_of(windows, SoundEvidence(None), PredictOptions(), (), file="a.wav")
    assert (prediction.verdict, prediction.warning) == ("mixed", None)
