"""Kinds of sound that are far from the training data."""

import numpy as np
import pytest

from ser_models.ood import TrainingDistribution, sound
from ser_models.ood.distribution import DURATION
from ser_models.ood.sound import PITCH, WARNINGS, SoundEvidence

SILENCE = np.zeros(16_000, np.float32)


@pytest.fixture
def reference() -> TrainingDistribution:
    """Voices of 80 to 500 Hz."""
    quantiles = {PITCH: np.linspace(80, 500, 101)}
    return TrainingDistribution(np.zeros(2), np.ones(2), 1.0, np.zeros((1, 2)), quantiles)


def kind(reference, *recordings, speech=True) -> str:
    evidence = SoundEvidence(reference, speech=speech)
    for score, pitch in recordings:
        evidence.add(score, {PITCH: pitch})
    return evidence.kind


def test_a_near_recording_is_familiar_whatever_its_voice(reference):
    assert kind(reference, (0.9, 900.0), speech=None) == "familiar"
    assert kind(None) == "familiar"


def test_far_speech_is_another_channel_or_another_voice(reference):
    assert kind(reference, (1.1, 200.0)) == "other channel"
    assert kind(reference, (1.1, 600.0)) == "other voice"
    assert kind(reference, (1.1, 60.0)) == "other voice"
    assert kind(reference, (1.1, np.nan)) == "other voice", "whispered"


def test_most_windows_decide(reference):
    assert kind(reference, (0.5, 200.0), (2.0, 200.0), (0.6, 200.0)) == "familiar"
    assert kind(reference, (3.0, 600.0), (2.0, 200.0), (2.0, 200.0)) == "other channel"


def test_what_is_far_and_no_speech(reference):
    assert kind(reference, (1.1, 200.0), speech=False) == "no speech"
    assert kind(reference, (1.1, 200.0), speech=None) == "out of distribution"


def test_only_what_is_far_is_tested_for_speech(reference):
    evidence = SoundEvidence(reference)
    evidence.add(0.9, {})
    evidence.test_speech(SILENCE, 16_000)
    assert evidence.speech is None
    evidence.add(1.2, {})
    evidence.test_speech(SILENCE, 16_000)
    assert evidence.speech is False


def test_a_short_sound_is_tested_too(reference):
    reference.quantiles[DURATION] = np.linspace(1, 5, 101)
    for seconds, speech in ((0.6, None), (0.4, False)):
        evidence = SoundEvidence(reference)
        evidence.add(0.5, {DURATION: seconds})
        evidence.test_speech(SILENCE, 16_000)
        assert evidence.speech is speech
    assert evidence.kind == "no speech"


def test_without_the_extra_nothing_is_tested(reference, monkeypatch):
    monkeypatch.setattr(sound, "available", lambda *_: False)
    evidence = SoundEvidence(reference)
    evidence.add(1.2, {})
    evidence.test_speech(SILENCE, 16_000)
    assert evidence.kind == "out of distribution"
    assert WARNINGS[evidence.kind].endswith("or install ser-toolkit[vad] to test it for speech")
