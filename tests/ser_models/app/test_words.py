"""What the page says of an answer and of a model is true of it."""

from dataclasses import replace

import pytest

from ser_models.app import words
from ser_models.inference.prediction import Prediction
from tests.results import make_result

PREDICTION = Prediction("x.wav", "sad", 0.6, {"angry": 0.1, "neutral": 0.3, "sad": 0.6})


@pytest.fixture
def metadata(answers):
    return answers.predictor.artifact.metadata


def test_the_runner_up(answers):
    assert words.second(PREDICTION) == "Next comes neutral with 30\xa0%."
    close = replace(PREDICTION, probabilities={"angry": 0.08, "neutral": 0.45, "sad": 0.47})
    assert words.second(close) == "A close call: next comes neutral with 45\xa0%."
    assert words.second(replace(PREDICTION, probabilities={"sad": 1.0})) == ""


def test_trust_is_the_precision_of_the_test():
    result = make_result({"uar": 0.5, "protocol": "speaker-disjoint, 4 folds"})
    sad = replace(result.per_class["sad"], precision=0.625)
    result = replace(result, per_class={"sad": sad})
    said = "In its test (speaker-disjoint, 4 folds) the model had a UAR of 50.0\xa0%"
    assert words.trust(PREDICTION, result) == (
        f"{said}, and 62\xa0% of the recordings that it called sad were acted sad."
    )
    assert words.trust(replace(PREDICTION, emotion="fear"), result) == f"{said}."


def test_distance():
    assert words.distance(1e-7).startswith("It learned from this very recording")
    assert words.distance(1.234).startswith("Distance from the training recordings: 1.23;")


def window(start, emotion):
    return {"start": start, "end": start + 3, "emotion": emotion, "probabilities": {}}


def test_the_course():
    steady = [window(0.0, "sad"), window(1.0, "sad")]
    assert words.course(steady) == "Sad from beginning to end."
    moving = [*steady, window(2.0, None), window(3.0, "angry"), window(4.0, "angry")]
    assert words.course(moving) == "Sad at first, then silence from 3.0 s, then angry from 4.0 s."


def test_what_a_model_learned_from(metadata):
    assert words.training(replace(metadata, datasets=["ravdess", "own"])) == (
        "Model logistic, trained on RAVDESS and own."
    )
    assert words.acting(replace(metadata, datasets=["ravdess"])) == words.ACTED
    assert words.acting(replace(metadata, datasets=["own"])) == words.NOT_ACTED
    assert words.acting(replace(metadata, synthetic=True)) == words.SYNTHETIC


def test_classes(metadata):
    assert words.classes(metadata) == (
        "It knows 3 words: angry, neutral and sad. Every recording gets one of them, whatever is in it."
    )
    assert "(calm counts as neutral)" in words.classes(replace(metadata, label_map={"calm": "neutral"}))


def test_the_figure_is_that_of_the_artifact(answers):
    result = answers.result
    said = words.tested(result)
    assert f"Tested on {result.n} recordings, {result.protocol}." in said
    assert "No test speaker is in the training set" in said
