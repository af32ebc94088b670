"""Spectral contrast: known answers, and librosa's."""

from dataclasses import replace

import librosa
import numpy as np
import pytest

from ser_features.config import SPEECH16K
from ser_features.extractors import Analysis
from ser_features.extractors.contrast import Contrast

ROUNDING = 3e-5
"""Valleys this far below the frame's strongest bin hold rounding errors of the Fourier transform."""


def test_contrast_of_the_same_spectrum_equals_librosa(case):
    found = Contrast().extract(case.analysis)
    reference = librosa.feature.spectral_contrast(S=case.analysis.magnitude.T, sr=case.librosa.rate).T
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, reference, rtol=1e-4, atol=1e-4)


def test_contrast_of_the_signal_equals_librosa(case):
    if case.source == "faint":
        pytest.skip("its valleys lie below the floor of decibels, so their distance to it is not known")
    spectrum = {"S": case.librosa.magnitude, "sr": case.librosa.rate}
    reference = librosa.feature.spectral_contrast(**spectrum)
    heights = librosa.feature.spectral_contrast(**spectrum, linear=True)
    valleys = heights / np.maximum(10 ** (reference / 10) - 1, 1e-12)
    clear = valleys > ROUNDING * case.librosa.magnitude.max(axis=0)
    assert clear.any()
    found = Contrast().extract(case.analysis).T
    np.testing.assert_allclose(found[clear], reference[clear], atol=0.01)


def test_a_sine_stands_out_in_its_octave(analyse, sine, profile):
    rng = np.random.default_rng(3)
    signal = sine(600, profile.audio.sample_rate) + rng.normal(scale=1e-3, size=profile.audio.sample_rate)
    found = Contrast().extract(analyse(signal))[10:-10].mean(axis=0)
    assert found.argmax() == 2  # 400 to 800 Hz
    assert found[2] > 1.2 * np.delete(found, 2).max()


def test_noise_has_little_contrast_and_level_changes_nothing(analyse, profile):
    noise = np.random.default_rng(1).normal(scale=0.1, size=profile.audio.sample_rate)
    quiet, loud = Contrast().extract(analyse(noise)), Contrast().extract(analyse(10 * noise))
    assert quiet.mean() < 15
    np.testing.assert_allclose(loud, quiet, atol=1e-2)


def test_peaks_and_valleys_by_turns():
    """A spectrum whose magnitudes are 1 and 100 by turns: 10·log10 of it are 20 dB in every band."""
    analysis = Analysis(np.zeros(1600, np.float32), SPEECH16K)
    power = np.where(np.arange(257) % 2, 100.0**2, 1.0).astype(np.float32)
    analysis.__dict__["power"] = np.tile(power, (11, 1))
    assert Contrast().extract(analysis) == pytest.approx(np.full((11, 7), 20), abs=1e-4)


def test_a_contrast_is_at_most_the_range(analyse, sine, profile):
    signal = sine(600, profile.audio.sample_rate)
    signal[signal.size // 2 :] = 0
    found = Contrast().extract(analyse(signal))
    assert found.min() >= 0
    assert found.max() <= 80


def test_long_recordings_are_done_in_blocks(analyse, profile, monkeypatch):
    signal = np.random.default_rng(2).normal(scale=0.1, size=profile.audio.sample_rate)
    whole = Contrast().extract(analyse(signal))
    monkeypatch.setattr("ser_features.extractors.contrast.BLOCK_FRAMES", 7)
    assert np.array_equal(Contrast().extract(analyse(signal)), whole)


def test_rates_without_a_last_band_are_refused():
    low = replace(SPEECH16K, audio=replace(SPEECH16K.audio, sample_rate=12_800))
    with pytest.raises(ValueError, match=r"^sample rate is 12800 Hz, expected more than 12800 Hz$"):
        Contrast().extract(Analysis(np.ones(1280, np.float32), low))
