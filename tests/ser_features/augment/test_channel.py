"""Equaliser, telephone and codecs, measured on tones and speech."""

import numpy as np
import pytest

from ser_features.augment.channel import CENTRES, CODECS

RATE = 16_000
CODEC_NUMBERS = range(1, len(CODECS))


def gain_db(output: np.ndarray, signal: np.ndarray) -> float:
    """Gain of the middle half, without what happens at the ends."""
    middle = slice(signal.size // 4, -signal.size // 4)
    return float(10 * np.log10(np.mean(output[middle] ** 2.0) / np.mean(signal[middle] ** 2.0)))


def equalised(apply, signal, **gains: float) -> np.ndarray:
    return apply("equaliser", signal, **{f"at_{centre}_hz": 0.0 for centre in CENTRES} | gains)


@pytest.mark.parametrize(("tone", "expected"), [(1000, 6.0), (500, 0.0), (1414.2, 3.0), (125, 0.0)])
def test_the_gain_at_a_centre_and_between_two(apply, sine, tone, expected):
    signal = sine(tone, RATE)
    assert gain_db(equalised(apply, signal, at_1000_hz=6.0), signal) == pytest.approx(expected, abs=0.1)


def test_the_first_band_is_a_shelf(apply, sine):
    signal = sine(60, RATE)
    assert gain_db(equalised(apply, signal, at_125_hz=-5.0), signal) == pytest.approx(-5, abs=0.1)


def test_a_flat_equaliser_changes_nothing(apply, speech):
    np.testing.assert_allclose(equalised(apply, speech), speech, atol=1e-6)


@pytest.mark.parametrize("codec", [number for number in CODEC_NUMBERS if CODECS[number].telephone])
def test_the_telephone_passes_its_band_alone(apply, sine, level, codec):
    inside, below, above = (sine(tone, RATE) for tone in (1000, 120, 5000))
    assert gain_db(apply("channel", inside, codec=codec), inside) == pytest.approx(0, abs=1)
    for outside in (below, above):
        assert level(apply("channel", outside, codec=codec)) < 0.03 * level(outside)


@pytest.mark.parametrize("codec", CODEC_NUMBERS)
def test_a_codec_keeps_time_and_level_and_alters_the_signal(apply, speech, level, codec):
    output = apply("channel", speech, codec=codec)
    assert output.size == speech.size
    spectrum = np.fft.rfft(speech, 2 * speech.size) * np.fft.rfft(output, 2 * speech.size).conj()
    delay = np.argmax(np.fft.irfft(spectrum))
    assert min(delay, 2 * speech.size - delay) <= 0.003 * RATE
    assert 0.5 < level(output) / level(speech) < 1.1
    assert level(output - speech) > 0.01 * level(speech)


@pytest.mark.parametrize("codec", CODEC_NUMBERS)
def test_a_codec_is_independent_of_the_recording_level(apply, vowel, level, codec):
    loud, soft = (apply("channel", vowel * factor, codec=codec) / factor for factor in (8.0, 0.125))
    assert level(loud - soft) < 0.001 * level(loud)


def test_no_codec_changes_nothing_and_silence_stays(apply, vowel):
    assert np.array_equal(apply("channel", vowel, codec=0), vowel)
    assert not apply("channel", np.zeros(1600, np.float32), codec=2).any()
