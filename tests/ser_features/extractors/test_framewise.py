"""Derivatives, window, filters and DCT basis against definitions and librosa."""

import librosa
import numpy as np
import pytest
import scipy.signal

from ser_features.extractors.framewise import (
    BANDS,
    dct_basis,
    delta,
    hann,
    mel_filters,
    mel_filters_of_bins,
)


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
        values = delta(values, 9, order)
        assert values.shape == values.shape
        assert values == pytest.approx(0, abs=1e-6)


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


@pytest.mark.parametrize(
    ("rate", "n_fft", "n_mels"), [(16_000, 512, 64), (48_000, 2048, 128), (16_000, 512, 1), (8_000, 64, 128)]
)
def test_filters_of_bins_are_those_without_zeros(rate, n_fft, n_mels):
    filters = np.zeros((1 + n_fft // 2, n_mels), np.float32)
    for number, (bins, group) in enumerate(mel_filters_of_bins(rate, n_fft, n_mels)):
        filters[bins, BANDS * number : BANDS * (number + 1)] = group
    assert np.array_equal(filters, mel_filters(rate, n_fft, n_mels))


@pytest.mark.parametrize("n_mels", [40, 64, 128])
def test_cosine_basis_is_orthonormal(n_mels):
    basis = dct_basis(n_mels, 13)
    assert basis.T @ basis == pytest.approx(np.eye(13), abs=1e-6)


def test_filters_are_computed_once():
    assert mel_filters(16_000, 512, 64) is mel_filters(16_000, 512, 64)
