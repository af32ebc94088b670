"""A recording that is longer than the longest of the profile, which is 2 s here."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile

from ser_models.inference import PredictOptions, Predictor, long_recording
from ser_models.inference.answer import POOLED_WARNING
from ser_models.ood.sound import SoundEvidence
from tests.cases.sounds import RATE, voice

OPTIONS = {"windows": True, "win_dur": 0.5, "hop_dur": 0.5}


@pytest.fixture
def short(predictor, monkeypatch) -> Predictor:
    """The predictor, with recordings of at most 2 s, and parts of as many."""
    monkeypatch.setattr(long_recording, "PART_SECONDS", 2.0)
    limited = Predictor(predictor.artifact)
    profile = replace(predictor.profile, audio=replace(predictor.profile.audio, max_seconds=2.0))
    limited.__dict__["profile"] = profile
    return limited


@pytest.fixture(scope="module")
def call() -> np.ndarray:
    """Four seconds of one voice."""
    return np.concatenate(
        [voice(1, emotion, take, 0.5) for take in (0, 1) for emotion in ("sad", "angry")] * 2
    )


def test_windows_are_those_of_a_short_recording(predictor, short, call):
    whole, parts = (one.predict((call, RATE), **OPTIONS) for one in (predictor, short))
    assert len(parts.windows) == len(whole.windows) == 8
    for window, other in zip(parts.windows, whole.windows, strict=True):
        assert (window.start, window.end, window.emotion) == (other.start, other.end, other.emotion)
        assert window.probabilities == pytest.approx(other.probabilities, abs=1e-6)
    assert [(span.end, span.emotion) for span in parts.timeline] == [
        (span.end, span.emotion) for span in whole.timeline
    ]
    assert (parts.probabilities, parts.ood_score) == (
        pytest.approx(whole.probabilities, abs=1e-4),
        pytest.approx(whole.ood_score),
    )
    assert (parts.verdict, parts.error, parts.seconds) == ("no speech", None, 4.0)
    assert parts.warning == f"{POOLED_WARNING}; no speech: no emotion is returned"


def test_few_windows_are_in_memory(short, call, monkeypatch):
    monkeypatch.setattr(long_recording, "BATCH_WINDOWS", 4)
    sizes = []
    by_emotion = Predictor.by_emotion
    monkeypatch.setattr(
        Predictor,
        "by_emotion",
        lambda self, features, *rest: sizes.append(len(features)) or by_emotion(self, features, *rest),
    )
    assert len(short.predict((call, RATE), **OPTIONS).windows) == 8
    assert max(sizes) == 4


def test_what_is_silent_beside_a_later_part_has_no_emotion(short, call):
    prediction = short.predict((np.concatenate([1e-3 * call, call]), RATE), **OPTIONS)
    silent = [window.emotion is None for window in prediction.windows]
    assert all(silent[:7])
    assert not any(silent[8:])
    with_silence = short.predict((np.concatenate([0 * call, call]), RATE), **OPTIONS)
    assert [window.emotion is None for window in with_silence.windows][:7] == [True] * 7


def test_windows_abstain(short, call):
    prediction = short.predict((call, RATE), abstain_below=1.0, **OPTIONS)
    assert all(window.emotion is None or window.confidence == 1 for window in prediction.windows)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "windows of 3 s, expected at most 2 s: pass a shorter win_dur"),
        ({"windows": True, "win_dur": 5.0}, "windows of 5 s, expected at most 2 s: pass a shorter win_dur"),
    ],
)
def test_refusals(short, call, options, message):
    first, second = short.predict([(call, RATE), (call[:RATE], RATE)], **options)
    assert first.error.startswith(message)
    assert second.top


def test_statistics_of_the_speaker_are_estimated_from_the_first_windows(short, call):
    class Normalizer:
        def __init__(self):
            self.sizes = []

        def of_one_speaker(self, features):
            self.sizes.append(len(features))
            return "statistics"

        def warning(self, stats):
            return f"of {stats}"

    normalizer = Normalizer()
    short.__dict__["normalizer"] = normalizer
    given_stats: list[list[object]] = []
    short.__dict__["by_emotion"] = lambda features, stats: (
        given_stats.append(stats) or [{"sad": 1.0}] * len(features)
    )
    short.__dict__["sound_evidence"] = lambda: SoundEvidence(reference=None)
    prediction = short.predict_files([_wav(call)], PredictOptions(**OPTIONS))[0]
    assert prediction.warning == f"of statistics; {POOLED_WARNING}"
    assert len(normalizer.sizes) == 1
    assert {one for stats in given_stats for one in stats} == {"statistics"}


def _wav(signal):
    from ser_features.sources import encoded

    return encoded(signal, RATE)


@pytest.mark.long
def test_a_call_of_eleven_minutes(predictor, tmp_path):
    part = np.concatenate([voice(1, "angry", 0, 1.5, 8000), np.zeros(4000)])
    soundfile.write(tmp_path / "call.wav", np.resize(part, 660 * 8000), 8000, subtype="ULAW")
    assert len(predictor.predict(tmp_path / "call.wav", windows=True).windows) == 658
