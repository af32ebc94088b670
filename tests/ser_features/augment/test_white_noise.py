"""The signal-to-noise ratio that was asked for, exactly."""

import numpy as np
import pytest


@pytest.mark.parametrize("snr_db", [-5.0, 0.0, 10.0, 20.0, 30.0])
def test_achieved_ratio(apply, speech, snr_db, level):
    noise = apply("white_noise", speech, snr_db=snr_db, seed=3).astype(np.float64) - speech
    assert 20 * np.log10(level(speech) / level(noise)) == pytest.approx(snr_db, abs=0.01)


def test_it_does_not_depend_on_the_recording_level(apply, vowel):
    loud = apply("white_noise", vowel, snr_db=10, seed=3)
    soft = apply("white_noise", vowel / 64, snr_db=10, seed=3)
    assert 64 * soft == pytest.approx(loud, rel=1e-5)
