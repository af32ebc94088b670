"""Another column than the emotion as the class."""

import pytest

from ser_features.errors import InputError
from ser_models.data.examples import load_examples
from ser_models.data.target import MAX_CLASSES
from tests.ser_models.data.test_examples import Rows, rows_of


def loaded(target, values, emotion="sad"):
    rows = rows_of([emotion] * len(values)).assign(**{target: values})
    return load_examples(Rows(rows), target=target)


def test_any_column_of_names_is_a_target():
    examples = loaded("stress", ["low", None, " high ", "low", ""])
    assert examples.labels == ("high", "low")
    assert examples.rows["emotion"].tolist() == ["low", "high", "low"]
    assert examples.rows["emotion_code"].tolist() == ["low", "high", "low"]
    assert examples.notes == ("2 recordings left out: without stress",)


def test_other_is_a_class_of_other_targets():
    assert loaded("gender", ["other", "female"]).labels == ("female", "other")


def test_a_few_whole_numbers_are_classes():
    assert loaded("sarcasm", [0.0, 1.0, float("nan")]).labels == ("0", "1")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            [20.0, 31.5, 60.0],
            "--target x: 3 different numbers from 20 to 60, expected classes: add a column of groups",
        ),
        (list(range(11)), "--target x: 11 different numbers from 0 to 10, expected classes"),
        (
            [f"w{number}" for number in range(MAX_CLASSES + 1)],
            "--target x: 51 different values in 51 recordings, expected at most 50 classes",
        ),
        (["<b>", "c"], "--target x: '<b>' is no name, expected up to 64 printable characters"),
        (["c", None], "found 1 speech recordings of c: expected at least two values of x"),
        ([None, None], "found 0 speech recordings of no x: expected at least two values of x"),
    ],
)
def test_what_is_no_target(values, message):
    with pytest.raises(InputError) as caught:
        loaded("x", values)
    assert str(caught.value).startswith(message)


def test_an_unknown_column_is_named():
    with pytest.raises(InputError, match="unknown --target 'gendre': did you mean 'gender'"):
        load_examples(Rows(rows_of(["sad", "angry"]).assign(gender="female")), target="gendre")


def test_recordings_without_an_emotion_are_left_out_and_counted():
    rows = rows_of(["sad", "other", "rude", "unknown", "no agreement", "unknown"])
    examples = load_examples(Rows(rows))
    assert examples.labels == ("sad", "rude")
    assert examples.notes == (
        "4 recordings left out: without emotion, no agreement (1), other (1), unknown (2)",
    )
