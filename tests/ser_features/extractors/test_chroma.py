"""Chroma and tonnetz: known answers, and librosa's."""

import librosa
import numpy as np
import pytest

from ser_features.extractors.chroma import Chroma, Tonnetz

SILENT = 1e-12
"""Power below that of the strongest at which a frame holds nothing but rounding errors."""


def sounding(case) -> np.ndarray:
    """Frames that hold more than the rounding errors of the Fourier transform."""
    energy = case.analysis.power.sum(axis=1)
    return energy > SILENT * energy.max()


def test_chroma_equals_librosa(case):
    found = Chroma().extract(case.analysis)
    assert found.dtype == np.float32
    heard = sounding(case)
    np.testing.assert_allclose(found[heard], case.librosa.chroma.T[heard], rtol=1e-3, atol=1e-5)


def test_chroma_of_the_same_spectrum_equals_librosa_in_every_frame(case):
    reference = librosa.feature.chroma_stft(S=case.analysis.power.T, sr=case.librosa.rate, tuning=0).T
    np.testing.assert_allclose(Chroma().extract(case.analysis), reference, rtol=1e-4, atol=1e-6)


def test_tonnetz_equals_librosa(case):
    found = Tonnetz().extract(case.analysis)
    reference = librosa.feature.tonnetz(chroma=case.librosa.chroma, sr=case.librosa.rate).T
    assert found.dtype == np.float32
    heard = sounding(case)
    np.testing.assert_allclose(found[heard], reference[heard], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("semitone", range(12))
def test_a_pitch_is_loudest_in_its_class_in_every_octave(analyse, sine, profile, semitone):
    bin_hz = profile.audio.sample_rate / profile.frames.n_fft
    for octave in (6, 7):
        frequency = librosa.midi_to_hz(12 * (octave + 1) + semitone)
        if frequency * (2 ** (1 / 12) - 1) > 1.5 * bin_hz:  # its neighbours lie in other bins
            found = Chroma().extract(analyse(sine(frequency, profile.audio.sample_rate)))
            assert (found[10:-10].argmax(axis=1) == semitone).all(), octave


def test_the_strongest_class_of_a_frame_is_one(case):
    found = Chroma().extract(case.analysis)
    assert found.min() >= 0
    strongest = found.max(axis=1)
    assert set(np.unique(strongest)) <= {np.float32(0), np.float32(1)}


def test_level_changes_neither(analyse, profile):
    noise = np.random.default_rng(1).normal(scale=0.1, size=profile.audio.sample_rate)
    for extractor in (Chroma(), Tonnetz()):
        quiet, loud = extractor.extract(analyse(noise)), extractor.extract(analyse(100 * noise))
        np.testing.assert_allclose(loud, quiet, atol=1e-4)


def test_silence_has_no_pitch_and_lies_at_the_centre(analyse, profile):
    signal = np.zeros(profile.audio.sample_rate)
    signal[-1] = 0.5
    analysis = analyse(signal)
    assert (Chroma().extract(analysis)[:3] == 0).all()
    assert (Tonnetz().extract(analysis)[:3] == 0).all()


def test_tonnetz_stays_within_its_circles(case):
    radii = np.linalg.norm(Tonnetz().extract(case.analysis).reshape(-1, 3, 2), axis=2)
    assert (radii <= np.array([1, 1, 0.5]) + 1e-5).all()
