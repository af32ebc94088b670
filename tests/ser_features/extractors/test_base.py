"""The shared intermediate results equal librosa's, for signals of any length."""

import librosa
import numpy as np
import pytest
import scipy.signal

from ser_features.extractors.base import dct_basis, hann, mel_filters


def test_magnitude(case):
    peak = float(case.librosa.magnitude.max())
    np.testing.assert_allclose(case.analysis.magnitude, case.librosa.magnitude.T, rtol=1e-4, atol=1e-6 * peak)


def test_rms(case):
    np.testing.assert_allclose(case.analysis.rms, case.librosa.rms, rtol=1e-5, atol=1e-9)


def test_onset_strength(case):
    np.testing.assert_allclose(
        case.analysis.onset_strength, case.librosa.onset_strength, rtol=1e-4, atol=1e-4
    )


def test_results_are_computed_once(analyse, sine, profile):
    analysis = analyse(sine(200, profile.audio.sample_rate))
    for name in ("power", "magnitude", "mel_db", "mfcc", "rms", "onset_strength"):
        assert getattr(analysis, name) is getattr(analysis, name)


def test_power_of_a_sine_sits_in_its_bin(analyse, sine, profile):
    frames, rate = profile.frames, profile.audio.sample_rate
    index = frames.n_fft // 8
    analysis = analyse(sine(index * rate / frames.n_fft, rate, amplitude=0.5))
    middle = analysis.power[len(analysis.power) // 2]
    assert middle.argmax() == index
    # The peak of a sine of amplitude a is a · sum(window) / 2; a Hann window sums to half its length.
    assert np.sqrt(middle[index]) == pytest.approx(0.5 * frames.frame_length / 4, rel=1e-4)


@pytest.mark.parametrize("frames", range(1, 21))
def test_short_signals_have_one_frame_per_hop(analyse, profile, frames):
    size = (frames - 1) * profile.frames.hop_length + 7
    analysis = analyse(np.random.default_rng(frames).normal(size=size))
    assert analysis.power.shape == (frames, profile.frames.n_fft // 2 + 1)
    assert analysis.mel_db.shape == (frames, profile.frames.n_mels)
    assert analysis.mfcc.shape == (frames, 13)
    assert analysis.rms.shape == analysis.onset_strength.shape == (frames,)
    for name in ("power", "mel_db", "mfcc", "rms", "onset_strength"):
        assert np.isfinite(getattr(analysis, name)).all()


@pytest.mark.parametrize(("frame_length", "size"), [(400, 512), (2048, 2048), (401, 512), (5, 8)])
def test_window_is_periodic_and_centred(frame_length, size):
    window = scipy.signal.get_window("hann", frame_length, fftbins=True)
    np.testing.assert_allclose(
        hann(frame_length, size), librosa.util.pad_center(window, size=size), atol=1e-7
    )


@pytest.mark.parametrize(
    ("rate", "n_fft", "n_mels"), [(16_000, 512, 64), (48_000, 2048, 128), (8_000, 256, 40)]
)
def test_mel_filters(rate, n_fft, n_mels):
    reference = librosa.filters.mel(sr=rate, n_fft=n_fft, n_mels=n_mels).T
    np.testing.assert_allclose(mel_filters(rate, n_fft, n_mels), reference, rtol=1e-4, atol=1e-9)


@pytest.mark.parametrize("n_mels", [40, 64, 128])
def test_cosine_basis_is_orthonormal(n_mels):
    basis = dct_basis(n_mels, 13)
    assert basis.T @ basis == pytest.approx(np.eye(13), abs=1e-6)
