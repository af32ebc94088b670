"""The log-mel spectrogram: known answers, and librosa's."""

import librosa
import numpy as np
import pytest

from ser_features.extractors.mel import Mel


def test_frames_equal_librosa(case):
    found = Mel().extract(case.analysis)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, case.librosa.mel_db.T, rtol=1e-4, atol=1e-3)


def test_wide16k_is_librosa_s_melspectrogram_of_the_signal(case):
    """What `chunked_conv3d` reads: 16 kHz, 2048-sample frames every 512, 128 bands, in dB."""
    if case.analysis.profile.name != "wide16k":
        pytest.skip("of one profile")
    mel = librosa.feature.melspectrogram(
        y=case.analysis.signal, sr=16_000, n_fft=2048, hop_length=512, n_mels=128
    )
    found = Mel().extract(case.analysis)
    np.testing.assert_allclose(found, librosa.power_to_db(mel).T, rtol=1e-4, atol=1e-3)


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


def test_nothing_is_fainter_than_the_range(analyse, sine, profile):
    signal = sine(300, profile.audio.sample_rate)
    signal[signal.size // 2 :] = 0
    frames = Mel().extract(analyse(signal))
    assert frames.max() - frames.min() == pytest.approx(80, abs=1e-3)
