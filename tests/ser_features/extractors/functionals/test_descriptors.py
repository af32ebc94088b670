"""Each descriptor against a direct formula, and on signals with a known answer."""

import librosa
import numpy as np
import pytest

from ser_features.config import SPEECH16K, profile
from ser_features.extractors import Analysis
from ser_features.extractors.functionals import descriptors

RATE = 16_000
NOISE = (0.1 * np.random.default_rng(7).standard_normal(RATE)).astype(np.float32)
TONE = (0.3 * np.sin(2 * np.pi * 220 * np.arange(RATE) / RATE)).astype(np.float32)


def described(signal):
    course = descriptors.per_frame(Analysis(signal, SPEECH16K))
    return dict(zip(descriptors.UNITS, course.T, strict=True))


def test_descriptors_are_finite():
    for signal in (NOISE, TONE, np.zeros(RATE, np.float32), np.eye(1, 200, 100, dtype=np.float32)[0]):
        course = descriptors.per_frame(Analysis(signal, SPEECH16K))
        assert course.shape == (1 + signal.size // 160, len(descriptors.UNITS))
        assert course.dtype == np.float32
        assert np.isfinite(course).all()


def test_formulas():
    analysis = Analysis(NOISE, SPEECH16K)
    power, magnitude = analysis.power.astype(np.float64), analysis.magnitude.astype(np.float64)
    hertz, values = np.fft.rfftfreq(512, 1 / RATE), described(NOISE)
    centre = magnitude @ hertz / magnitude.sum(axis=1)
    spread = np.sqrt((magnitude * (hertz - centre[:, None]) ** 2).sum(axis=1) / magnitude.sum(axis=1))
    shares = power / power.sum(axis=1, keepdims=True)
    norms = magnitude / np.linalg.norm(magnitude, axis=1, keepdims=True)
    low, high = (hertz >= 50) & (hertz < 1000), (hertz >= 1000) & (hertz < 5000)
    expected = {
        "centroid": centre,
        "spread": spread,
        "flatness": np.exp(np.log(power).mean(axis=1)) / power.mean(axis=1),
        "entropy": -(shares * np.log(shares)).sum(axis=1),
        "flux": np.concatenate([[0], np.linalg.norm(np.diff(norms, axis=0), axis=1)]),
        "alpha": 10 * np.log10(power[:, high].sum(axis=1) / power[:, low].sum(axis=1)),
        "hammarberg": 10
        * np.log10(
            power[:, hertz < 2000].max(axis=1) / power[:, (hertz >= 2000) & (hertz < 5000)].max(axis=1)
        ),
    }
    for name, reference in expected.items():
        np.testing.assert_allclose(values[name], reference, rtol=2e-3, atol=2e-3, err_msg=name)


def test_flatness_rolloff_and_mfcc_equal_librosa():
    analysis, values = Analysis(NOISE, SPEECH16K), described(NOISE)
    flatness = librosa.feature.spectral_flatness(S=analysis.magnitude.T, power=2.0)[0]
    np.testing.assert_allclose(values["flatness"], flatness, rtol=1e-3)
    rolloff = librosa.feature.spectral_rolloff(S=analysis.magnitude.T, sr=RATE, roll_percent=0.25)[0]
    np.testing.assert_allclose(values["rolloff_25"], rolloff)
    mfcc = librosa.feature.mfcc(S=analysis.mel_db.T, n_mfcc=20)
    np.testing.assert_allclose(np.stack([values[f"mfcc_{k:02d}"] for k in range(20)]), mfcc, atol=1e-2)


def test_f0_and_harmonicity_of_a_tone():
    analysis = Analysis(TONE, SPEECH16K)
    height = descriptors.semitones(analysis)
    assert np.nanmedian(height) == pytest.approx(12 * np.log2(2.2), abs=0.05)
    ratio = descriptors.harmonicity(analysis)[~np.isnan(height)]
    assert np.median(ratio) > 30


def test_harmonicity_of_a_noisy_tone():
    """Half the power of noise is 0 dB; a period's worth of averaging leaves some decibels of doubt."""
    power = float(np.mean(TONE**2))
    noisy = TONE + np.sqrt(power / 10) * np.random.default_rng(1).standard_normal(RATE)
    analysis = Analysis(noisy.astype(np.float32), SPEECH16K)
    voiced = ~np.isnan(descriptors.semitones(analysis))
    assert np.median(descriptors.harmonicity(analysis)[voiced]) == pytest.approx(10, abs=2)


def test_harmonicity_is_nan_with_the_own_f0_tracker():
    analysis = Analysis(TONE, profile("speech16k-fast"))
    assert np.isnan(descriptors.harmonicity(analysis)).all()
    assert np.isfinite(descriptors.semitones(analysis)).any()
