"""Tempo of signals with a known answer; the mean tempogram against librosa."""

from dataclasses import replace

import librosa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ser_features.config import TempoConfig
from ser_features.extractors import rhythm
from ser_features.extractors.rhythm import Rhythm, mean_autocorrelation, tempo
from ser_features.voice.library import library

WINDOW = 500


@pytest.mark.parametrize("bpm", [60, 90, 120])
def test_tempo_of_clicks(analyse, profile, bpm):
    rate = profile.audio.sample_rate
    signal = np.zeros(10 * rate)
    signal[(np.arange(0, 10, 60 / bpm) * rate).astype(int)] = 0.5
    frames_per_minute = 60 * rate / profile.frames.hop_length
    values = Rhythm().extract(analyse(signal))["tempo_bpm"]
    assert frames_per_minute / values == pytest.approx(frames_per_minute / bpm, abs=0.6)  # lags are whole


def test_tempo_of_beats_at_whole_frames():
    onsets = np.resize([1.0] + 49 * [0.0], 1000)
    assert tempo(onsets, 100, TempoConfig()) == 120


def test_tempo_without_onsets_is_the_prior_s_centre():
    assert tempo(np.zeros(1000), 100, TempoConfig()) == 120


def test_tempo_is_at_most_the_maximum():
    onsets = np.resize([1.0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1000)
    eager = TempoConfig(start_bpm=600, std_bpm=0.5, max_bpm=900)
    assert tempo(onsets, 100, eager) == 600
    assert tempo(onsets, 100, replace(eager, max_bpm=320)) == 300


def tempogram_mean(onsets: np.ndarray) -> np.ndarray:
    """By librosa in double precision; windows of zeros contribute zeros."""
    exact = onsets.astype(np.float64)
    values = librosa.feature.tempogram(onset_envelope=exact, win_length=WINDOW, norm=None)
    return (values / np.where(values[0] > 1e-30, values[0], 1)).mean(axis=1)


@pytest.mark.parametrize("frames", [1, 7, 1024, 1025, 3000])
def test_any_length_equals_the_mean_of_librosas_tempogram(frames):
    onsets = np.random.default_rng(frames).exponential(size=frames).astype(np.float32)
    np.testing.assert_allclose(mean_autocorrelation(onsets, 500), tempogram_mean(onsets), atol=1e-6)


@pytest.mark.parametrize("level", [1e-6, 1e-3, 1, 1e6])
def test_result_is_independent_of_the_level(level):
    onsets = np.random.default_rng(0).exponential(size=700).astype(np.float32)
    np.testing.assert_allclose(
        mean_autocorrelation(onsets * np.float32(level), WINDOW), tempogram_mean(onsets), atol=1e-6
    )


@pytest.mark.parametrize("faint", [0, 1e-12, 1e-6, 1e-3])
def test_windows_of_low_energy_have_the_same_weight(faint, monkeypatch):
    onsets = np.random.default_rng(1).exponential(size=3000).astype(np.float32)
    onsets[600:1800] *= faint
    onsets[2400:] *= np.float32(1e-4)
    monkeypatch.setattr(rhythm, "BLOCK_FRAMES", 100)
    counts = []
    monkeypatch.setattr(rhythm, "_sum_one_by_one", _counting(rhythm._sum_one_by_one, counts))
    np.testing.assert_allclose(mean_autocorrelation(onsets, WINDOW), tempogram_mean(onsets), atol=1e-6)
    assert 0 < max(counts) <= 100


def _counting(function, counts):
    def counted(windows, weights):
        counts.append(len(windows))
        return function(windows, weights)

    return counted


def test_silence_has_zero_autocorrelation():
    assert not mean_autocorrelation(np.zeros(700, np.float32), WINDOW).any()


@given(
    arrays.arrays(np.float32, st.integers(1, 400), elements=st.sampled_from([0, 0, 0.5, 3, 1e-4, 1e-20])),
    st.integers(2, 120),
)
def test_products_of_the_kernel_equal_those_of_numpy(onsets, window):
    similarity = mean_autocorrelation(onsets, window, library().products)
    np.testing.assert_allclose(similarity, mean_autocorrelation(onsets, window), atol=1e-6)


@pytest.mark.parametrize("faint", [0, 1e-6, 1])
def test_products_of_the_kernel_equal_librosa(faint):
    onsets = np.random.default_rng(1).exponential(size=3000).astype(np.float32)
    onsets[600:1800] *= faint
    similarity = mean_autocorrelation(onsets, WINDOW, library().products)
    np.testing.assert_allclose(similarity, tempogram_mean(onsets), atol=1e-6)
