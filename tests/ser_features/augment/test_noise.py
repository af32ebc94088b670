"""White, Gaussian, of the level asked for, and only as random as its seed."""

import numpy as np
import pytest
import scipy.stats


@pytest.mark.parametrize("amplitude", [0.001, 0.005, 0.015])
def test_what_is_added_is_white_noise_of_that_level(apply, speech, amplitude):
    added = apply("noise", speech, amplitude=amplitude, seed=1) - speech
    assert added.std() == pytest.approx(amplitude, rel=0.02)
    assert added.mean() == pytest.approx(0, abs=amplitude / 20)
    assert scipy.stats.kstest(added / amplitude, "norm").statistic < 0.02
    power = np.abs(np.fft.rfft(added)) ** 2
    low, high = np.array_split(power, 2)
    assert low.mean() == pytest.approx(high.mean(), rel=0.1)


def test_no_amplitude_is_no_change(apply, speech):
    assert np.array_equal(apply("noise", speech, amplitude=0.0, seed=1), speech)


def test_the_seed_makes_the_noise(apply, vowel):
    one, same, other = (apply("noise", vowel, amplitude=0.005, seed=seed) - vowel for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03
