"""Validation of variants; draws depend on seed, recording and name alone."""

import pickle
import sys

import pytest

from ser_features.augment import TRANSFORMS, Variant, check_variants
from ser_features.errors import InputError, MissingExtraError


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("up", "pitch_shft"),
            f"variant 'up': unknown transform 'pitch_shft': expected one of {', '.join(TRANSFORMS)}",
        ),
        (
            ("up", "pitch_shift", {"steps": 2}),
            "variant 'up': pitch_shift has no parameter 'steps': expected semitones",
        ),
        (
            ("down", "polarity", {"sign": -1}),
            "variant 'down': polarity has no parameter 'sign': expected no parameter",
        ),
        (
            ("up", "pitch_shift", {"semitones": 13}),
            "variant 'up': semitones is 13, expected -12 to 12 semitones",
        ),
        (
            ("fast", "time_stretch", {"rate": (0.4, 1.2)}),
            "variant 'fast': rate is from 0.4 to 1.2, expected 0.5 to 2",
        ),
        (
            ("fast", "time_stretch", {"rate": (1.2, 1.1)}),
            "variant 'fast': rate is from 1.2 to 1.1, expected the lower one first",
        ),
        (
            ("fast", "time_stretch", {"rate": "fast"}),
            "variant 'fast': rate is 'fast', expected a number, or [lowest, highest]",
        ),
        (
            ("fast", "time_stretch", {"rate": [1.0, 1.1, 1.2]}),
            "variant 'fast': rate is [1.0, 1.1, 1.2], expected a number, or [lowest, highest]",
        ),
        (
            ("fast", "time_stretch", {"rate": True}),
            "variant 'fast': rate is True, expected a number, or [lowest, highest]",
        ),
        (
            ("fast", "time_stretch", {"rate": float("nan")}),
            "variant 'fast': rate is nan, expected a number, or [lowest, highest]",
        ),
        (("a b", "polarity"), "variant 'a b': expected a name of letters, digits, _ and -"),
        (
            ("cut", "spec_augment", {}, 48_000),
            "variant 'cut': spec_augment with a sample rate of 48000 Hz, expected none: "
            "it alters the spectrogram",
        ),
        (("", "polarity"), "variant '': expected a name of letters, digits, _ and -"),
    ],
)
def test_invalid_variants(arguments, message):
    with pytest.raises(InputError) as caught:
        Variant(*arguments)
    assert str(caught.value) == message


def test_numbers_and_lists_become_ranges():
    assert Variant("up", "pitch_shift", {"semitones": 2}).ranges == {"semitones": (2.0, 2.0)}
    assert Variant("up", "pitch_shift", {"semitones": [1, 2]}).ranges == {"semitones": (1.0, 2.0)}
    assert Variant("up", "pitch_shift", {"semitones": 2}) == Variant(
        "up", "pitch_shift", {"semitones": (2, 2)}
    )


def test_draws_depend_on_seed_recording_and_name_alone():
    louder = Variant("louder", "gain")
    first = louder.draw(0, "ravdess/a")
    assert louder.draw(0, "ravdess/a") == first
    others = [
        louder.draw(1, "ravdess/a"),
        louder.draw(0, "ravdess/b"),
        Variant("x", "gain").draw(0, "ravdess/a"),
    ]
    assert len({item["factor"] for item in (first, *others)}) == 4


def test_draws_are_reproducible_over_versions():
    """Stored copies were made with these; a change here needs another version of the transforms."""
    assert Variant("louder", "gain").draw(0, "ravdess/a") == {"factor": 0.7143364306137936}


def test_variants_are_picklable_and_hashable():
    variant = Variant("up", "pitch_shift", {"semitones": 2})
    assert pickle.loads(pickle.dumps(variant)) == variant
    assert len({variant, Variant("up", "pitch_shift", {"semitones": 2})}) == 1


def test_as_json_is_complete():
    assert Variant("up", "pitch_shift", {"semitones": 2}).as_json() == {
        "name": "up",
        "transform": "pitch_shift",
        "version": 1,
        "ranges": {"semitones": [2.0, 2.0]},
    }


def test_duplicate_variant_names():
    with pytest.raises(InputError, match=r"^two variants are called 'up': expected different names$"):
        check_variants([Variant("up", "pitch_shift"), Variant("up", "gain")])


def test_missing_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "audiomentations", None)
    check_variants([Variant("hum", "noise"), Variant("masked", "spec_augment")])
    with pytest.raises(MissingExtraError) as caught:
        check_variants([Variant("up", "pitch_shift")])
    assert str(caught.value) == (
        "variant 'up': pitch_shift needs audiomentations, which is not installed: "
        "pip install 'ser-toolkit[augment]'"
    )
