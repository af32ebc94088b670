"""Cells → values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_features.tables.cells import UnreadableError, age, gender, values


@pytest.mark.parametrize(
    ("cell", "value"), [("36", 36), ("36.0", 36), ("36,00", 36), ("0", 0), ("120", 120), ("NA", None)]
)
def test_ages(cell, value):
    assert age(cell) == value


@pytest.mark.parametrize("cell", ["36.5", "30-40", "-1", "999", "thirty", "1e1"])
def test_ages_that_are_not_understood(cell):
    with pytest.raises(UnreadableError):
        age(cell)


@pytest.mark.parametrize(
    ("cell", "value"), [("F", "female"), ("Man", "male"), ("Diverse", "diverse"), ("", None)]
)
def test_genders(cell, value):
    assert gender(cell) == value


@pytest.mark.parametrize("cell", ["0", "2", "x", "nb"])
def test_codes_are_no_genders(cell):
    with pytest.raises(UnreadableError):
        gender(cell)


@given(st.lists(st.one_of(st.none(), st.integers(-(10**15) + 1, 10**15 - 1)), min_size=1).filter(any))
def test_integers_come_back(numbers):
    cells = ["" if number is None else str(number) for number in numbers]
    assert values(cells, decimal_comma=False) == ("float64", numbers)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1), st.booleans())
def test_floats_come_back(numbers, comma):
    cells = [repr(number).replace(".", ",") if comma else repr(number) for number in numbers]
    kind, read = values(cells, decimal_comma=comma)
    if kind == "float64":
        assert read == numbers
    else:  # a mantissa without a point, as in 1e+16, or more digits than a float64 holds
        assert kind == "string"


@pytest.mark.parametrize(
    "cells", [["007"], ["1", "x"], ["1.2.3"], ["inf"], ["0x10"], ["1 000"], ["1,5"], ["+"], ["."], ["١"]]
)
def test_texts_stay(cells):
    kind, read = values(cells, decimal_comma=False)
    assert (kind, read) == ("string", cells)


def test_empty_text_is_null_and_words_are_kept():
    assert values(["none", "", "loud"], decimal_comma=False) == ("string", ["none", None, "loud"])
    assert values(["", ""], decimal_comma=False) == ("string", [None, None])
