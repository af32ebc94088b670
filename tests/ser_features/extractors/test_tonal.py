"""Chroma, tonnetz and spectral contrast of signals with a known answer."""

from dataclasses import replace

import librosa
import numpy as np
import pytest

from ser_features import pipeline
from ser_features.config import SPEECH16K
from ser_features.config import profile as profile_by_name
from ser_features.extractors import Analysis
from ser_features.extractors.tonal import Chroma, Contrast, Tonnetz


@pytest.mark.parametrize("semitone", range(12))
def test_a_sine_is_strongest_in_its_pitch_class(analyse, sine, profile, semitone):
    bin_hz = profile.audio.sample_rate / profile.frames.n_fft
    for octave in (6, 7):
        frequency = librosa.midi_to_hz(12 * (octave + 1) + semitone)
        if frequency * (2 ** (1 / 12) - 1) > 1.5 * bin_hz:  # its neighbours lie in other bins
            values = Chroma().extract(analyse(sine(frequency, profile.audio.sample_rate)))
            assert (values[10:-10].argmax(axis=1) == semitone).all(), octave


def test_chroma_and_tonnetz_are_independent_of_the_level(analyse, profile):
    noise = np.random.default_rng(1).normal(scale=0.1, size=profile.audio.sample_rate)
    for extractor in (Chroma(), Tonnetz()):
        quiet, loud = extractor.extract(analyse(noise)), extractor.extract(analyse(100 * noise))
        np.testing.assert_allclose(loud, quiet, atol=1e-4)


def test_chroma_and_tonnetz_of_silence_are_zero(analyse, profile):
    signal = np.zeros(profile.audio.sample_rate)
    signal[-1] = 0.5
    analysis = analyse(signal)
    assert (Chroma().extract(analysis)[:3] == 0).all()
    assert (Tonnetz().extract(analysis)[:3] == 0).all()


def test_a_sine_has_the_largest_contrast_in_its_octave(analyse, sine, profile):
    rng = np.random.default_rng(3)
    signal = sine(600, profile.audio.sample_rate) + rng.normal(scale=1e-3, size=profile.audio.sample_rate)
    values = Contrast().extract(analyse(signal))[10:-10].mean(axis=0)
    assert values.argmax() == 2  # 400 to 800 Hz
    assert values[2] > 1.2 * np.delete(values, 2).max()


def test_noise_has_little_contrast_at_every_level(analyse, profile):
    noise = np.random.default_rng(1).normal(scale=0.1, size=profile.audio.sample_rate)
    quiet, loud = Contrast().extract(analyse(noise)), Contrast().extract(analyse(10 * noise))
    assert quiet.mean() < 15
    np.testing.assert_allclose(loud, quiet, atol=1e-2)


def test_contrast_of_alternating_bins():
    """Magnitudes alternate between 1 and 100: 10·log10 is 20 dB in every band."""
    analysis = Analysis(np.zeros(1600, np.float32), SPEECH16K)
    power = np.where(np.arange(257) % 2, 100.0**2, 1.0).astype(np.float32)
    vars(analysis)["power"] = np.tile(power, (11, 1))
    assert Contrast().extract(analysis) == pytest.approx(np.full((11, 7), 20), abs=1e-4)


def test_contrast_is_between_0_and_80_db(analyse, sine, profile):
    signal = sine(600, profile.audio.sample_rate)
    signal[signal.size // 2 :] = 0
    values = Contrast().extract(analyse(signal))
    assert values.min() >= 0
    assert values.max() <= 80


def test_sample_rates_without_the_last_band_are_refused():
    low = replace(SPEECH16K, audio=replace(SPEECH16K.audio, sample_rate=12_800))
    with pytest.raises(ValueError, match=r"^sample rate is 12800 Hz, expected more than 12800 Hz$"):
        Contrast().extract(Analysis(np.ones(1280, np.float32), low))


@pytest.mark.long
def test_correlation_with_librosa_s_own_defaults(real_data):
    """The figures of the recipe `attention_cnn_bilstm`: 0.97 for chroma, 0.74 for tonnetz."""
    config = profile_by_name("wide16k-raw")
    correlations = []
    for path in sorted((real_data / "ravdess").glob("Actor_*/*"))[::24][:48]:
        analysis = pipeline.analyse(path.read_bytes(), config)[1]
        chroma = librosa.feature.chroma_stft(y=analysis.signal, sr=16_000, n_fft=2048, hop_length=512)
        tonnetz = librosa.feature.tonnetz(y=analysis.signal, sr=16_000)
        pairs = ((Chroma().extract(analysis), chroma.T), (Tonnetz().extract(analysis), tonnetz.T))
        correlations.append([np.corrcoef(ours.ravel(), other.ravel())[0, 1] for ours, other in pairs])
    assert np.mean(correlations, axis=0) == pytest.approx([0.97, 0.74], abs=0.02)
