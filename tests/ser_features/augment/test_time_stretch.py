"""Length by the rate, pitch as it was, and the words in their order."""

import numpy as np
import pytest


@pytest.mark.parametrize("rate", [0.5, 0.8, 0.9, 1.1, 1.2, 2.0])
def test_length_is_divided_by_the_rate(apply, speech, rate):
    assert apply("time_stretch", speech, rate=rate).size == pytest.approx(speech.size / rate, abs=1)


@pytest.mark.parametrize("rate", [0.8, 1.2, 1.25])
def test_pitch_of_a_steady_voice_stays_within_three_cents(apply, sine, rate, pitch):
    tone = sine(220, 16_000, seconds=2) + sine(440, 16_000, seconds=2, amplitude=0.2)
    found = pitch(apply("time_stretch", tone, rate=rate))
    assert np.median(1200 * np.log2(found[found > 0] / 220)) == pytest.approx(0, abs=3)


def test_pitch_of_speech_stays(apply, speech, cents):
    slow = apply("time_stretch", apply("time_stretch", speech, rate=0.8), rate=1.25)
    size = min(slow.size, speech.size)
    assert cents(speech[:size], slow[:size]) == pytest.approx(0, abs=10)


def test_a_sound_comes_sooner_by_the_rate(apply, sine):
    """A tone from 1.2 s to 1.8 s lies between 1.0 s and 1.5 s after."""
    signal = np.zeros(48_000, np.float32)
    signal[19_200:28_800] = sine(300, 16_000, seconds=0.6)
    found = np.abs(apply("time_stretch", signal, rate=1.2)) > 0.25
    loud = np.flatnonzero(found) / 16_000
    assert (loud[0], loud[-1]) == pytest.approx((1.0, 1.5), abs=0.04)


def test_level_stays(apply, speech, level):
    assert level(apply("time_stretch", speech, rate=1.2)) == pytest.approx(level(speech), rel=0.15)
