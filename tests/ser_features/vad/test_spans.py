"""Probabilities of speech → segments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_features.errors import InputError
from ser_features.vad import SegmentConfig
from ser_features.vad.spans import Spans

STEP = 0.1


def segments(text: str, **options):
    """Start, end of the segments of digits, tenths of a probability, one per 0.1 s."""
    spans = Spans(SegmentConfig(**({"padding": 0.0} | options)), STEP)
    values = [int(digit) / 10 for digit in text]
    complete = [*spans.add(values), *spans.end(len(values) * STEP)]
    return [(one.start, one.end) for one in complete]


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("0000", {}, []),
        ("00999900000", {}, [(0.2, 0.6)]),
        ("009900099000", {"min_speech": 0.1, "min_silence": 0.4}, [(0.2, 0.9)]),  # a short pause
        ("009900009900", {"min_speech": 0.1, "min_silence": 0.4}, [(0.2, 0.4), (0.8, 1.0)]),
        ("00400", {}, []),  # below the threshold
        ("0096444690000", {}, [(0.2, 0.9)]),  # above the release
        ("0099000000999", {}, [(1.0, 1.3)]),  # the first is too short, the last ends with the recording
        ("99990000", {"padding": 0.2}, [(0.0, 0.6)]),
        ("0099900009990", {"padding": 0.3}, [(0.0, 0.7), (0.7, 1.3)]),  # half of the pause each
        ("9" * 15 + "6" + "9" * 10, {"max_speech": 2.0}, [(0.0, 1.5), (1.5, 2.6)]),
    ],
)
def test_segments(text, options, expected):
    assert segments(text, **options) == [pytest.approx(pair) for pair in expected]


@given(st.text("0369", max_size=80), st.floats(0, 1), st.floats(0, 1), st.integers(1, 4))
def test_segments_are_ordered_apart_and_inside(text, padding, silence, longest):
    pairs = segments(text, padding=padding, min_silence=silence, max_speech=longest)
    ends = [0.0]
    for start, end in pairs:
        assert ends[-1] - 1e-9 <= start < end <= len(text) * STEP + 1e-9
        assert end - start <= longest + 2 * padding + STEP
        ends.append(end)


def test_pieces_are_the_whole():
    text = "00999000999990000099"
    config = SegmentConfig()
    whole, pieces = Spans(config, STEP), Spans(config, STEP)
    values = [int(digit) / 10 for digit in text]
    expected = [*whole.add(values), *whole.end(2.0)]
    assert [*(one for value in values for one in pieces.add([value])), *pieces.end(2.0)] == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": 0.3}, "threshold is 0.3 and release 0.35, expected probabilities"),
        ({"padding": -1}, "padding is -1 s, expected 0 to 600 s"),
        ({"max_speech": 0.5}, "max_speech is 0.5 s, expected 1 to 600 s"),
        ({"min_silence": float("nan")}, "min_silence is nan .float., expected a number"),
        ({"min_speech": "1"}, "min_speech is '1' .str., expected a number"),
    ],
)
def test_options_are_checked(options, message):
    with pytest.raises(InputError, match=message):
        SegmentConfig(**options)
