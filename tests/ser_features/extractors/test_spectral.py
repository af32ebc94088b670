"""Centroid, roll-off and flux: known answers, and librosa's."""

import librosa
import numpy as np
import pytest

from ser_features.extractors.spectral import Spectral, centroid, rolloff


def frequencies(profile) -> np.ndarray:
    return np.fft.rfftfreq(profile.frames.n_fft, 1 / profile.audio.sample_rate)


def test_columns_equal_librosa(case):
    spectrum = {"S": case.librosa.magnitude, "sr": case.librosa.rate}
    assert Spectral().extract(case.analysis) == pytest.approx(
        {
            "spectral_centroid_mean": librosa.feature.spectral_centroid(**spectrum).mean(),
            "spectral_rolloff_mean": librosa.feature.spectral_rolloff(**spectrum).mean(),
            "spectral_flux_mean": case.librosa.onset_strength.mean(),
        },
        rel=1e-4,
        abs=1e-6,
    )


def test_centroid_and_rolloff_of_a_sine(analyse, sine, profile):
    analysis = analyse(sine(1000, profile.audio.sample_rate))
    bins = frequencies(profile)
    assert centroid(analysis.magnitude, bins)[10:-10] == pytest.approx(1000, rel=1e-2)
    assert rolloff(analysis.magnitude, bins, 0.85)[10:-10] == pytest.approx(1000, abs=1.5 * bins[1])


def test_centroid_follows_a_chirp(analyse, profile):
    rate = profile.audio.sample_rate
    time = np.arange(2 * rate) / rate
    analysis = analyse(np.sin(2 * np.pi * (500 * time + 1000 * time**2 / 2)))
    place = np.arange(len(analysis.power)) * profile.frames.hop_length / rate
    found = centroid(analysis.magnitude, frequencies(profile))
    assert found[10:-10] == pytest.approx((500 + 1000 * place)[10:-10], rel=2e-2)


def test_white_noise_is_flat(analyse, profile):
    rate = profile.audio.sample_rate
    found = Spectral().extract(analyse(np.random.default_rng(3).normal(scale=0.1, size=10 * rate)))
    assert found["spectral_centroid_mean"] == pytest.approx(rate / 4, rel=1e-2)
    assert found["spectral_rolloff_mean"] == pytest.approx(0.85 * rate / 2, rel=1e-2)


@pytest.mark.parametrize("share", [0.25, 0.5, 0.85, 1.0])
def test_rolloff_of_a_flat_spectrum(share):
    bins = np.arange(100.0)
    assert rolloff(np.ones((3, 100), np.float32), bins, share) == pytest.approx(100 * share - 1, abs=1)


def test_a_silent_frame_has_its_energy_at_zero():
    silent = np.zeros((2, 5), np.float32)
    assert centroid(silent, np.arange(5.0)).tolist() == [0, 0]
    assert rolloff(silent, np.arange(5.0), 0.85).tolist() == [0, 0]


def test_flux_is_the_rise_in_decibels(analyse, profile):
    rate, hop = profile.audio.sample_rate, profile.frames.hop_length
    signal = np.zeros(4 * rate)
    signal[::hop] = 0.05  # one click per hop: every frame has the same spectrum
    signal[2 * rate :] *= 10
    strength = analyse(signal).onset_strength
    assert strength[20:-20].sum() == pytest.approx(20, abs=0.3)


def test_a_steady_signal_has_no_flux(analyse, profile):
    signal = np.zeros(profile.audio.sample_rate)
    signal[:: profile.frames.hop_length] = 0.5
    assert analyse(signal).onset_strength[20:-20] == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("bins", [1, 2, 15, 16, 17, 32, 33, 257])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.85, 1.0])
def test_rolloff_is_the_first_bin_whose_cumulative_sum_is_enough(bins, share):
    magnitude = np.random.default_rng(bins).integers(0, 9, size=(50, bins)).astype(np.float32)
    sums = magnitude.cumsum(axis=1)
    expected = (sums >= np.float32(share) * sums[:, -1:]).argmax(axis=1)
    assert rolloff(magnitude, np.arange(float(bins)), share).tolist() == expected.tolist()
