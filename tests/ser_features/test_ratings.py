"""Dimensions on published scales."""

import pytest

from ser_features.errors import InputError
from ser_features.ratings import dimensions, parse_scale


@pytest.mark.parametrize("text", ["1-5", "1–5", " 1.0 to 5 ", "1..5", "1:5", "+1-5"])
def test_scales_as_people_write_them(text):
    assert str(parse_scale(text)) == "1-5"


def test_scales_below_zero_are_read_back():
    assert parse_scale(str(parse_scale("-3 to -1"))) == (-3, -1)


@pytest.mark.parametrize("text", ["", "5", "5-1", "1-1", "low to high"])
def test_other_scales_are_refused(text):
    with pytest.raises(InputError, match="expected the lowest and the highest value, such as 1-5"):
        parse_scale(text)


def test_values_outside_the_scale_or_on_none_are_not_scaled():
    rated = dimensions("1-7", arousal=7, valence=8)
    assert [rated[name] for name in ("arousal", "valence", "dominance")] == [1.0, None, None]
    assert (rated["valence_published"], rated["scale"]) == (8, "1-7")
    assert dimensions(None, arousal=0.5)["arousal"] is None
