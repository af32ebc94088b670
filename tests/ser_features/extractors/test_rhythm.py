"""Tempo: known answers, and librosa's."""

from dataclasses import replace

import librosa
import numpy as np
import pytest

from ser_features.config import TempoConfig
from ser_features.extractors.rhythm import Rhythm, tempo


def test_tempo_equals_librosa(case):
    reference = librosa.feature.tempo(
        onset_envelope=case.librosa.onset_strength,
        sr=case.librosa.rate,
        hop_length=case.librosa.profile.frames.hop_length,
    )
    assert Rhythm().extract(case.analysis) == {"tempo_bpm": pytest.approx(reference[0], rel=1e-9)}


@pytest.mark.parametrize("bpm", [60, 90, 120])
def test_tempo_of_clicks(analyse, profile, bpm):
    rate = profile.audio.sample_rate
    signal = np.zeros(10 * rate)
    signal[(np.arange(0, 10, 60 / bpm) * rate).astype(int)] = 0.5
    frames_per_minute = 60 * rate / profile.frames.hop_length
    found = Rhythm().extract(analyse(signal))["tempo_bpm"]
    assert frames_per_minute / found == pytest.approx(frames_per_minute / bpm, abs=0.6)  # lags are whole


def test_tempo_at_which_beats_are_whole_frames():
    onsets = np.resize([1.0] + 49 * [0.0], 1000)
    assert tempo(onsets, 100, TempoConfig()) == 120


def test_tempo_without_onsets_is_the_middle_of_the_prior():
    assert tempo(np.zeros(1000), 100, TempoConfig()) == 120


def test_nothing_is_faster_than_the_limit():
    onsets = np.resize([1.0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1000)
    eager = TempoConfig(start_bpm=600, std_bpm=0.5, max_bpm=900)
    assert tempo(onsets, 100, eager) == 600
    assert tempo(onsets, 100, replace(eager, max_bpm=320)) == 300
