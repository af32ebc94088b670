"""Windows, filter banks and bases: librosa's, and what they are by definition."""

import librosa
import numpy as np
import pytest
import scipy.signal

from ser_features.extractors.filters import chroma_filters, dct_basis, hann, mel_filters, tonal_basis

PITCH_CLASSES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")


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


@pytest.mark.parametrize(
    ("rate", "n_fft"), [(16_000, 512), (16_000, 2048), (48_000, 2048), (8_000, 256), (22_050, 4096)]
)
def test_chroma_filters(rate, n_fft):
    reference = librosa.filters.chroma(sr=rate, n_fft=n_fft, tuning=0).T
    np.testing.assert_allclose(chroma_filters(rate, n_fft), reference, rtol=1e-5, atol=1e-9)


def test_a_pitch_counts_most_in_its_own_class():
    filters = chroma_filters(16_000, 8192)
    for semitone, name in enumerate(PITCH_CLASSES):
        frequency = librosa.note_to_hz(f"{name}5")
        assert filters[round(frequency * 8192 / 16_000)].argmax() == semitone, name


def test_tonal_basis():
    reference = librosa.feature.tonnetz(chroma=np.eye(12)).T
    np.testing.assert_allclose(tonal_basis(), reference, atol=1e-6)


def test_tonal_basis_lies_on_three_circles():
    radii = np.linalg.norm(tonal_basis().reshape(12, 3, 2), axis=2)
    assert radii == pytest.approx(np.tile([1, 1, 0.5], (12, 1)), abs=1e-6)


def test_neighbours_on_the_tonal_circles():
    """A fifth is one twelfth of the first circle, a minor third one quarter, a major third one third."""
    places = tonal_basis().reshape(12, 3, 2)
    cosines = np.einsum("icx,jcx->cij", places, places) / np.array([1, 1, 0.25])[:, None, None]
    for circle, (interval, parts) in enumerate([(7, 12), (3, 4), (4, 3)]):
        assert cosines[circle, 0, interval] == pytest.approx(np.cos(2 * np.pi / parts), abs=1e-6)


def test_banks_are_made_once():
    assert mel_filters(16_000, 512, 64) is mel_filters(16_000, 512, 64)
    assert chroma_filters(16_000, 512) is chroma_filters(16_000, 512)
