"""Semitones by Praat's measure, length as it was."""

import numpy as np
import pytest


@pytest.mark.parametrize("semitones", [-2.0, -0.5, 1.0, 2.0])
def test_speech_is_shifted_by_so_many_semitones(apply, speech, semitones, cents, level):
    found = apply("pitch_shift", speech, semitones=semitones)
    assert found.size == speech.size
    assert cents(speech, found) == pytest.approx(100 * semitones, abs=10)
    assert level(found) == pytest.approx(level(speech), rel=0.15)


@pytest.mark.parametrize("semitones", [-4.0, -2.0, 2.0, 4.0])
def test_a_tone_is_shifted_by_so_many_semitones(apply, sine, semitones, pitch):
    tone = sine(220, 16_000, seconds=2) + sine(440, 16_000, seconds=2, amplitude=0.2)
    found = pitch(apply("pitch_shift", tone, semitones=semitones))
    assert np.median(1200 * np.log2(found[found > 0] / 220)) == pytest.approx(100 * semitones, abs=5)


def test_words_stay_where_they_are(apply, sine):
    signal = np.zeros(32_000, np.float32)
    signal[8_000:24_000] = sine(300, 16_000)
    loud = np.flatnonzero(np.abs(apply("pitch_shift", signal, semitones=2)) > 0.25) / 16_000
    assert (loud[0], loud[-1]) == pytest.approx((0.5, 1.5), abs=0.04)
