"""Noise of a fixed level, of a colour and of a signal-to-noise ratio, measured on their output."""

import numpy as np
import pytest
import scipy.signal
import scipy.stats

from ser_features.augment.noise import coloured


@pytest.mark.parametrize("amplitude", [0.001, 0.005, 0.015])
def test_noise_is_white_and_of_the_given_level(apply, speech, amplitude):
    added = apply("noise", speech, amplitude=amplitude, seed=1) - speech
    assert added.std() == pytest.approx(amplitude, rel=0.02)
    assert added.mean() == pytest.approx(0, abs=amplitude / 20)
    assert scipy.stats.kstest(added / amplitude, "norm").statistic < 0.02
    power = np.abs(np.fft.rfft(added)) ** 2
    low, high = np.array_split(power, 2)
    assert low.mean() == pytest.approx(high.mean(), rel=0.1)


def test_noise_of_zero_amplitude(apply, speech):
    assert np.array_equal(apply("noise", speech, amplitude=0.0, seed=1), speech)


def test_noise_depends_on_the_seed(apply, vowel):
    one, same, other = (apply("noise", vowel, amplitude=0.005, seed=seed) - vowel for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03


@pytest.mark.parametrize("snr_db", [-5.0, 0.0, 10.0, 20.0, 30.0])
def test_white_noise_has_the_given_ratio(apply, speech, snr_db, level):
    noise = apply("white_noise", speech, snr_db=snr_db, seed=3).astype(np.float64) - speech
    assert 20 * np.log10(level(speech) / level(noise)) == pytest.approx(snr_db, abs=0.01)


def test_white_noise_is_independent_of_the_recording_level(apply, vowel):
    loud = apply("white_noise", vowel, snr_db=10, seed=3)
    soft = apply("white_noise", vowel / 64, snr_db=10, seed=3)
    assert 64 * soft == pytest.approx(loud, rel=1e-5)


@pytest.mark.parametrize("snr_db", [10.0, 20.0, 30.0])
@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0])
def test_coloured_noise_has_the_given_ratio_however_long_the_silence(apply, sine, level, snr_db, exponent):
    tone = sine(300, 16_000)
    silence = np.zeros(16_000, np.float32)
    signal = np.concatenate([silence, tone, silence, silence])
    noise = apply("coloured_noise", signal, snr_db=snr_db, exponent=exponent, seed=3) - signal
    assert 20 * np.log10(level(tone) / level(noise)) == pytest.approx(snr_db, abs=0.1)


@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0])
def test_the_power_of_coloured_noise_falls_as_asked_for(exponent):
    noise = coloured(2**17, 16_000, exponent, 5)
    frequencies, power = scipy.signal.welch(noise, 16_000, nperseg=4096)
    band = (frequencies > 100) & (frequencies < 6000)
    slope = np.polyfit(np.log10(frequencies[band]), np.log10(power[band]), 1)[0]
    assert slope == pytest.approx(-exponent, abs=0.05)
