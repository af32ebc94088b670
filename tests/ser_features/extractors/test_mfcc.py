"""MFCC, Δ and ΔΔ: known answers, and librosa's."""

import librosa
import numpy as np
import pytest

from ser_features.extractors.mfcc import MfccFrames, MfccStatistics


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
