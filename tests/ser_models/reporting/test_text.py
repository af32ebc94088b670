"""Numbers as text; the doctests of the module have the other formats."""

import math

import pytest

from ser_models.reporting.text import number


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
def test_three_significant_digits(value, text):
    assert number(value) == text
