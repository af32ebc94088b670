"""Window, mel filters and DCT basis against librosa and by definition."""

import librosa
import numpy as np
import pytest
import scipy.signal

from ser_features.extractors.filters import dct_basis, hann, mel_filters


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


def test_filters_are_computed_once():
    assert mel_filters(16_000, 512, 64) is mel_filters(16_000, 512, 64)
