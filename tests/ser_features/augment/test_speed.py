"""Tape speed: length, pitch and formants all by the same factor."""

import librosa
import numpy as np
import pytest


@pytest.mark.parametrize("rate", [0.9, 1.1, 1.25])
def test_length_is_divided_by_the_rate(apply, speech, rate):
    assert apply("speed", speech, rate=rate).size == int(np.ceil(speech.size / rate))


@pytest.mark.parametrize("rate", [0.9, 1.1])
def test_pitch_is_multiplied_by_the_rate(apply, speech, rate, pitch):
    one, two = pitch(speech), pitch(apply("speed", speech, rate=rate))
    at = np.minimum((np.arange(two.size) * rate).astype(int), one.size - 1)
    voiced = (one[at] > 0) & (two > 0)
    shift = np.median(1200 * np.log2(two[voiced] / one[at][voiced]))
    assert shift == pytest.approx(1200 * np.log2(rate), abs=15)


def test_a_tone_is_the_higher_tone(apply, sine):
    found = apply("speed", sine(1000, 16_000), rate=1.1)
    expected = sine(1100, 16_000, seconds=1 / 1.1)
    assert found[300:14_000] == pytest.approx(expected[300:14_000], abs=1e-3)


def test_equals_resampling_with_librosa(apply, speech):
    reference = librosa.resample(speech, orig_sr=1.1 * 16_000, target_sr=16_000, res_type="soxr_hq")
    assert apply("speed", speech, rate=1.1) == pytest.approx(reference, abs=1e-6)
