"""The mean local autocorrelation: librosa's tempogram, whatever the loudness of its parts."""

import librosa
import numpy as np
import pytest

from ser_features.extractors import tempogram
from ser_features.extractors.tempogram import mean_autocorrelation

WINDOW = 500


def tempogram_mean(onsets: np.ndarray) -> np.ndarray:
    """In double precision, every neighbourhood by itself; one of zeros counts as zeros."""
    exact = onsets.astype(np.float64)
    found = librosa.feature.tempogram(onset_envelope=exact, win_length=WINDOW, norm=None)
    return (found / np.where(found[0] > 1e-30, found[0], 1)).mean(axis=1)


def test_it_equals_the_mean_of_librosas_tempogram(case):
    frames = case.librosa.profile.frames
    window = int(8 * case.librosa.rate / frames.hop_length)
    tempogram = librosa.feature.tempogram(
        onset_envelope=case.librosa.onset_strength, sr=case.librosa.rate, win_length=window, norm=None
    )
    assert tempogram.shape[0] == window
    found = mean_autocorrelation(case.analysis.onset_strength, window)
    energy = tempogram[0]
    reference = (tempogram / np.where(energy > 1e-30, energy, 1)).mean(axis=1)
    np.testing.assert_allclose(found, reference, atol=1e-4)


@pytest.mark.parametrize("frames", [1, 7, 1024, 1025, 3000])
def test_any_length_equals_the_mean_of_librosas_tempogram(frames):
    onsets = np.random.default_rng(frames).exponential(size=frames).astype(np.float32)
    np.testing.assert_allclose(mean_autocorrelation(onsets, 500), tempogram_mean(onsets), atol=1e-6)


@pytest.mark.parametrize("level", [1e-6, 1e-3, 1, 1e6])
def test_the_level_does_not_matter(level):
    onsets = np.random.default_rng(0).exponential(size=700).astype(np.float32)
    np.testing.assert_allclose(
        mean_autocorrelation(onsets * np.float32(level), WINDOW), tempogram_mean(onsets), atol=1e-6
    )


@pytest.mark.parametrize("faint", [0, 1e-12, 1e-6, 1e-3])
def test_faint_neighbourhoods_count_as_much_as_loud_ones(faint, monkeypatch):
    onsets = np.random.default_rng(1).exponential(size=3000).astype(np.float32)
    onsets[600:1800] *= faint
    onsets[2400:] *= np.float32(1e-4)
    monkeypatch.setattr(tempogram, "BLOCK_FRAMES", 100)
    singly = []
    monkeypatch.setattr(tempogram, "_summed_singly", _noting(tempogram._summed_singly, singly))
    np.testing.assert_allclose(mean_autocorrelation(onsets, WINDOW), tempogram_mean(onsets), atol=1e-6)
    assert 0 < max(singly) <= 100


def _noting(function, counts):
    def noted(around, weights):
        counts.append(len(around))
        return function(around, weights)

    return noted


def test_silence_has_no_similarity():
    assert not mean_autocorrelation(np.zeros(700, np.float32), WINDOW).any()
