"""Features are told with their unit and their place among the training recordings."""

import math

import pytest

from ser_features.extractors import CORE_COLUMNS
from ser_models.app.features import groups
from ser_models.reporting.text import number

COLUMNS = {column.name: 1.5 for column in CORE_COLUMNS}


def rows(columns=COLUMNS, percentiles=None):
    return {row.name: row for group in groups(columns, percentiles or {}) for row in group.rows}


def test_every_column_stands_in_one_group():
    names = [row.name for group in groups(COLUMNS, {}) for row in group.rows]
    assert sorted(names) == sorted(COLUMNS)
    assert [group.title for group in groups(COLUMNS, {})][-1] != "More", "a group of its own for each column"
    assert [group.title for group in groups({"new_feature": 1.0}, {})] == ["More"]


def test_units_and_meanings_are_those_of_the_store():
    found = rows()
    for column in CORE_COLUMNS:
        assert found[column.name].description == column.description
        assert found[column.name].unit == ("" if column.unit == "1" else column.unit)
    assert found["pitch_mean"].unit == "Hz"


def test_a_value_that_could_not_be_computed_has_no_place():
    row = rows({"pitch_mean": math.nan}, {"pitch_mean": 50.0})["pitch_mean"]
    assert (row.value, row.place, row.rare) == ("–", "–", False)


def test_the_sample_rate_is_the_same_for_all_and_has_no_place():
    assert rows(percentiles=dict.fromkeys(COLUMNS, 50.0))["sample_rate"].percentile is None


@pytest.mark.parametrize(
    ("percentile", "place", "rare"),
    [
        (0.0, "0", True),
        (0.9, "1", True),
        (1.0, "1", False),
        (50.4, "50", False),
        (99.0, "99", False),
        (99.6, "100", True),
        (100.0, "100", True),
    ],
)
def test_places(percentile, place, rare):
    row = rows(percentiles={"jitter": percentile})["jitter"]
    assert (row.place, row.rare) == (place, rare)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00"),
        (1.0, "1.00"),
        (999.6, "1,000"),
        (16_000.0, "16,000"),
        (-42.83, "−42.8"),
        (0.00012345, "0.000123"),
        (1e-12, "0.00000000"),
        (math.inf, "–"),
        (math.nan, "–"),
    ],
)
def test_numbers(value, text):
    assert number(value) == text
