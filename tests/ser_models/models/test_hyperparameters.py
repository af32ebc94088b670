"""Conversion of values by type hint, and the descriptions of valid values."""

from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_models.models.hyperparameters import (
    Count,
    Counts,
    Limit,
    MismatchError,
    NotNegative,
    Portion,
    Positive,
    Share,
    convert,
    describe,
)

HINTS = [
    int, float, bool, str, Count, Counts, Positive, NotNegative, Share, Portion, Literal["a", 1],
    tuple[int, ...], tuple[str, ...], float | None, Positive | None,
]  # fmt: skip
VALUES = [
    0, 1, -1, 7, 0.0, 0.5, 1.0, -2.5, True, False, "", "a", "text", None, [], [1, 2], (1, 2), [1, "a"], ["a"],
    [0], [True], float("nan"), float("inf"), {}, {"a": 1},
]  # fmt: skip


@pytest.mark.parametrize(
    ("hint", "value", "expected"),
    [
        (int, 3, 3),
        (float, 3, 3.0),
        (float, 0.5, 0.5),
        (bool, False, False),
        (str, "relu", "relu"),
        (Literal["relu", "elu"], "elu", "elu"),
        (tuple[int, ...], [1, 2], (1, 2)),
        (tuple[float, ...], [1, 0.5], (1.0, 0.5)),
        (Counts, (64, 128), (64, 128)),
        (float | None, None, None),
        (Positive | None, 2, 2.0),
        (Share, 0, 0.0),
        (Portion, 1, 1.0),
    ],
)
def test_valid_values_are_converted(hint, value, expected):
    converted = convert(hint, value)
    assert converted == expected
    assert type(converted) is type(expected)


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (int, True), (int, 3.0), (int, "3"), (float, True), (float, float("nan")), (float, "0.5"), (bool, 1),
        (str, 1), (Literal["a"], "b"), (Literal[1], True), (tuple[int, ...], 3), (tuple[int, ...], "ab"),
        (tuple[int, ...], [1.5]), (Counts, []), (Counts, [0]), (Count, 0), (Positive, 0), (Share, 1),
        (Portion, 0), (NotNegative, -0.1), (float | None, "none"),
    ],
)  # fmt: skip
def test_invalid_values_are_refused(hint, value):
    with pytest.raises(MismatchError):
        convert(hint, value)


@pytest.mark.parametrize("hint", HINTS, ids=describe)
def test_conversion_is_idempotent(hint):
    for value in VALUES:
        try:
            converted = convert(hint, value)
        except MismatchError:
            continue
        assert convert(hint, converted) == converted


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (Counts, "a list of integers of at least 1, 1 to 16 of them"),
        (Literal["relu", "elu"], "one of relu, elu"),
        (Positive | None, "a number above 0 or none"),
        (tuple[str, ...], "a list of strings"),
        (Annotated[int, Limit("of 2 to 4", lambda value: 2 <= value <= 4)], "an integer of 2 to 4"),
    ],
)
def test_descriptions(hint, words):
    assert describe(hint) == words


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_shares_are_from_0_to_below_1(value):
    try:
        assert 0 <= convert(Share, value) < 1
    except MismatchError:
        assert not 0 <= value < 1
