"""Log-mel spectrogram and MFCC of signals with a known answer."""

import librosa
import numpy as np
import pytest

from ser_features.extractors.mel import Mel


@pytest.mark.parametrize("band", [20, 40, 60])
def test_a_sine_is_loudest_in_its_band(analyse, sine, profile, band):
    rate, bands = profile.audio.sample_rate, profile.frames.n_mels
    centre = librosa.mel_frequencies(bands + 2, fmin=0, fmax=rate / 2)[band + 1]
    frames = Mel().extract(analyse(sine(centre, rate)))
    assert (frames[5:-5].argmax(axis=1) == band).all()


def test_twice_the_amplitude_is_six_decibels_more(analyse, profile):
    noise = np.random.default_rng(1).normal(scale=0.1, size=profile.audio.sample_rate)
    quiet, loud = Mel().extract(analyse(noise)), Mel().extract(analyse(2 * noise))
    np.testing.assert_allclose(loud - quiet, 20 * np.log10(2), atol=1e-3)


def test_dynamic_range_is_80_db(analyse, sine, profile):
    signal = sine(300, profile.audio.sample_rate)
    signal[signal.size // 2 :] = 0
    frames = Mel().extract(analyse(signal))
    assert frames.max() - frames.min() == pytest.approx(80, abs=1e-3)


def test_level_is_in_coefficient_zero_only(analyse, profile):
    noise = np.random.default_rng(1).normal(scale=0.1, size=profile.audio.sample_rate)
    change = analyse(10 * noise).mfcc - analyse(noise).mfcc
    assert change[:, 0] == pytest.approx(20 * np.sqrt(profile.frames.n_mels), rel=1e-4)
    assert change[:, 1:] == pytest.approx(0, abs=1e-2)
