"""The chain of copies in other rooms: what is drawn, by what, and in which order it is applied."""

import numpy as np
import pytest

from ser_features.augment import TRANSFORMS, rooms
from ser_features.augment.other_room import GAIN, STEPS

NEUTRAL = {
    "speed_rate": 1.0,
    "vocal_tract_alpha": 1.0,
    "reverberation_drr_db": 60.0,
    "coloured_noise_snr_db": 100.0,
    "channel_codec": 0,
    "gain_db": 0.0,
}
"""Settings that do not alter a signal, besides an equaliser of 0 dB."""


def parameters(**changes: float) -> dict[str, float]:
    """Neutral parameters with a seed, and some others."""
    drawn = TRANSFORMS["other_room"].draw(np.random.default_rng(0), {})
    flat = {name: 0.0 for name in drawn if name.startswith("equaliser")}
    return drawn | flat | NEUTRAL | changes


def test_ranges_are_those_documented():
    ranges = {parameter.name: parameter.default for parameter in TRANSFORMS["other_room"].parameters}
    assert ranges["reverberation_rt60"] == (0.1, 0.9)
    assert ranges["coloured_noise_snr_db"] == (10.0, 30.0)
    assert ranges["speed_rate"] == ranges["vocal_tract_alpha"] == (0.9, 1.1)
    assert ranges["channel_codec"] == (0.0, 4.0)


def test_copies_differ_and_are_drawn_by_the_audio_not_by_its_name():
    one, two = rooms(2)
    assert (one.name, two.name) == ("room1", "room2")
    assert rooms(5)[:2] == (one, two)
    drawn = one.draw(0, "ravdess/a", "f00d")
    assert one.draw(0, "own/b", "f00d") == drawn
    others = [
        two.draw(0, "ravdess/a", "f00d"),
        one.draw(0, "ravdess/a", "beef"),
        one.draw(1, "ravdess/a", "f00d"),
    ]
    assert len({item["reverberation_rt60"] for item in (drawn, *others)}) == 4


def test_every_codec_is_drawn_equally_often():
    [room] = rooms(1)
    codecs = [room.draw(0, "", str(number))["channel_codec"] for number in range(1000)]
    assert np.bincount(codecs) == pytest.approx(200, abs=50)


def test_neutral_parameters_leave_the_signal(apply, speech, level):
    assert level(apply("other_room", speech, **parameters()) - speech) < 0.005 * level(speech)


@pytest.mark.parametrize(
    "changes",
    [
        {"reverberation_drr_db": 0.0},
        {"coloured_noise_snr_db": 10.0},
        {"equaliser_at_500_hz": 6.0},
        {"channel_codec": 2},
        {"gain_db": -6.0},
        {"vocal_tract_alpha": 0.9},
    ],
)
def test_each_step_alters_the_signal(apply, vowel, level, changes):
    plain, altered = (apply("other_room", vowel, **parameters(**given)) for given in ({}, changes))
    assert level(altered - plain) > 0.1 * level(plain)


def test_the_chain_is_its_steps_in_order(apply, vowel):
    drawn = TRANSFORMS["other_room"].draw(np.random.default_rng(4), {})
    signal = vowel
    for step in STEPS:
        own = {item.name: drawn[f"{step.name}_{item.name}"] for item in step.parameters}
        signal = apply(step.name, signal, **own, seed=drawn["seed"])
    expected = signal * 10 ** (drawn[GAIN.name] / 20)
    np.testing.assert_allclose(apply("other_room", vowel, **drawn), expected, rtol=1e-5)
    assert expected.size == np.ceil(vowel.size / drawn["speed_rate"])
