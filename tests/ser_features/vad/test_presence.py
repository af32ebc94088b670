"""Speech, and sounds that are none."""

import numpy as np
import pytest

from benchmarks.robustness.sounds import NOT_SPEECH, RATE
from ser_features.audio import decode
from ser_features.vad.presence import has_speech

SECONDS = np.arange(3 * RATE) / RATE


def beeps(pitch: float) -> np.ndarray:
    """Three beeps of 0.3 s."""
    return 0.3 * np.sin(2 * np.pi * pitch * SECONDS) * (SECONDS % 1 < 0.3)


@pytest.mark.parametrize("name", NOT_SPEECH)
def test_noise_and_music_are_no_speech(name):
    signal = NOT_SPEECH[name](np.random.default_rng(0))
    assert not has_speech(signal.astype(np.float32), RATE)


@pytest.mark.parametrize("pitch", [440, 1000, 3000])
def test_beeps_are_no_speech(pitch):
    assert not has_speech(beeps(pitch).astype(np.float32), RATE)


@pytest.mark.real
@pytest.mark.parametrize("folder", ["emodb/wav", "ravdess/Actor_01", "tess/OAF_angry"])
def test_recordings_of_the_corpora_are_speech(real_data, folder):
    path = sorted((real_data / folder).iterdir())[0]
    audio = decode(path, min_seconds=0.1, max_seconds=60)
    assert has_speech(audio.signal, audio.sample_rate)


def test_an_empty_signal_has_no_speech():
    assert not has_speech(np.zeros(0, np.float32), 8_000)
