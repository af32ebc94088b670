"""MFCC, Δ and ΔΔ: known answers, and librosa's."""

import librosa
import numpy as np
import pytest

from ser_features.extractors.mfcc import MfccFrames, MfccStatistics, delta


def test_statistics_equal_librosa(case):
    reference = case.librosa.mfcc.astype(np.float64)
    expected = {f"mfcc_mean_{i}": row.mean() for i, row in enumerate(reference)}
    expected |= {f"mfcc_std_{i}": row.std() for i, row in enumerate(reference)}
    assert MfccStatistics().extract(case.analysis) == pytest.approx(expected, rel=1e-4, abs=1e-4)


def test_frames_equal_librosa(case):
    mfcc = case.librosa.mfcc
    reference = np.vstack([mfcc, librosa.feature.delta(mfcc), librosa.feature.delta(mfcc, order=2)]).T
    found = MfccFrames().extract(case.analysis)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, reference, rtol=1e-4, atol=3e-3)


def test_level_is_in_coefficient_zero_only(analyse, profile):
    noise = np.random.default_rng(1).normal(scale=0.1, size=profile.audio.sample_rate)
    change = analyse(10 * noise).mfcc - analyse(noise).mfcc
    assert change[:, 0] == pytest.approx(20 * np.sqrt(profile.frames.n_mels), rel=1e-4)
    assert change[:, 1:] == pytest.approx(0, abs=1e-2)


def test_derivatives_of_a_parabola():
    time = np.arange(30, dtype=np.float32)[:, None]
    assert delta(3 * time + 5, 9, 1) == pytest.approx(3, abs=1e-4)
    assert delta(3 * time + 5, 9, 2) == pytest.approx(0, abs=1e-4)
    assert delta(2 * time**2, 9, 2) == pytest.approx(4, abs=1e-3)
    assert delta(2 * time**2, 9, 1)[4:-4] == pytest.approx(4 * time[4:-4], abs=1e-3)


@pytest.mark.parametrize("width", [3, 5, 9])
@pytest.mark.parametrize("order", [1, 2])
def test_delta_equals_librosa(width, order):
    values = np.random.default_rng(width).normal(size=(40, 13)).astype(np.float32)
    reference = librosa.feature.delta(values.T, width=width, order=order).T
    assert delta(values, width, order) == pytest.approx(reference, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("frames", range(1, 9))
def test_fewer_frames_than_the_width(frames):
    values = np.ones((frames, 13), np.float32)
    for order in (1, 2):
        found = delta(values, 9, order)
        assert found.shape == values.shape
        assert found == pytest.approx(0, abs=1e-6)
