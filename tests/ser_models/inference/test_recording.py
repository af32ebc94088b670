"""A recording is analysed once; windows are recordings of their own."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_features.audio import Audio
from ser_features.config import SPEECH16K, profile
from ser_features.errors import InputError
from ser_features.pipeline import analysis_of, features_of
from ser_models.inference import PredictOptions
from ser_models.inference.recording import analyse_recording, window_bounds

RATE = 16_000
WINDOWS = PredictOptions(windows=True)


def buzz(seconds: float) -> np.ndarray:
    time = np.arange(int(seconds * RATE)) / RATE
    return sum(np.sin(2 * np.pi * 150 * k * time) / k for k in range(1, 8)).astype(np.float32)


@given(
    st.floats(min_value=0.05, max_value=600),
    st.floats(min_value=0.5, max_value=10),
    st.floats(min_value=0.1, max_value=5),
)
def test_windows_cover_a_recording(seconds, win_dur, hop_dur):
    bounds = window_bounds(seconds, win_dur, hop_dur)
    starts, ends = zip(*bounds, strict=True)
    assert starts[0] == 0
    assert ends[-1] == pytest.approx(seconds, abs=2e-3)
    assert all(end - start == pytest.approx(min(seconds, win_dur), abs=2e-3) for start, end in bounds)
    assert all(0 <= later - earlier <= hop_dur + 1e-3 for earlier, later in pairwise(starts))


@pytest.mark.parametrize(
    ("seconds", "options", "count"),
    [
        (0.5, WINDOWS, 0),
        (4.0, WINDOWS, 0),
        (4.5, WINDOWS, 3),
        (4.5, PredictOptions(windows=True, win_dur=2, hop_dur=2), 3),
        (4.5, PredictOptions(windows=True, win_dur=1, hop_dur=0.5), 8),
        (4.5, PredictOptions(), 0),
    ],
)
def test_recordings_longer_than_a_window_and_a_hop_have_windows(seconds, options, count):
    analysis = analyse_recording(Audio(buzz(seconds), RATE, 1), SPEECH16K, ["core"], options)
    assert len(analysis.windows) == count
    assert analysis.seconds == seconds


@pytest.mark.parametrize("value", [0, -1.0, 0.05, float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["win_dur", "hop_dur"])
def test_durations_out_of_range_are_refused(name, value):
    with pytest.raises(InputError, match=rf"^{name} is \S+ s, expected at least 0\.1 s: pass a longer one$"):
        PredictOptions(**{name: value})


def split_windows(audio, config, families, options):
    return analyse_recording(audio, config, families, options).windows


def test_a_window_has_the_features_of_a_recording_of_its_own():
    audio = Audio(buzz(6) * np.linspace(0.2, 1, 6 * RATE, dtype=np.float32), RATE, 1)
    for window in split_windows(audio, SPEECH16K, ["core", "mel"], WINDOWS):
        part = Audio(audio.signal[round(window.start * RATE) : round(window.end * RATE)], RATE, 1)
        alone = features_of(part, analysis_of(part, SPEECH16K), ["core", "mel"])
        for name in (
            "pitch_median",
            "voiced_ratio",
            "jitter",
            "rms_mean",
            "gain_db",
            "spectral_centroid_mean",
        ):
            assert window.features.columns[name] == pytest.approx(alone.columns[name], rel=2e-2, abs=1e-4)
        mel, other = window.features.frames["mel"], alone.frames["mel"]
        np.testing.assert_allclose(mel[30:-30], other[30:-30], atol=0.1)  # filters reach over the ends


@pytest.mark.parametrize(("name", "hum"), [("speech16k", 0), ("speech16k", 0.02), ("speech16k-raw", 0)])
def test_silent_windows_have_no_features(name, hum):
    quiet = 1e-4 * np.random.default_rng(0).normal(size=5 * RATE)
    signal = np.concatenate([0.3 * buzz(5), quiet])
    signal += hum * np.sin(2 * np.pi * 50 * np.arange(signal.size) / RATE)
    audio = Audio(signal.astype(np.float32), RATE, 1)
    windows = split_windows(audio, profile(name), ["core"], WINDOWS)
    assert [window.features is None for window in windows] == [window.start >= 5 for window in windows]
    assert any(window.features is None for window in windows)


def test_windows_of_zeros_and_of_an_offset_have_no_features():
    signal = np.concatenate([0.3 * buzz(4), np.zeros(4 * RATE), np.full(4 * RATE, 0.1)]).astype(np.float32)
    windows = split_windows(
        Audio(signal, RATE, 1), SPEECH16K, ["core"], PredictOptions(windows=True, win_dur=3, hop_dur=3)
    )
    assert [window.features is None for window in windows] == [False, False, True, True]


def test_a_soft_voice_in_a_call_is_measured_like_the_loud_one():
    loud = buzz(5)
    audio = Audio(np.concatenate([loud, 0.07 * loud]), RATE, 1)
    windows = split_windows(audio, SPEECH16K, ["core"], PredictOptions(windows=True, win_dur=4, hop_dur=4))
    first, _, second = (window.features.columns for window in windows)
    assert second["gain_db"] - first["gain_db"] == pytest.approx(-20 * np.log10(0.07), abs=0.1)
    assert second["mfcc_mean_0"] == pytest.approx(first["mfcc_mean_0"], rel=1e-2)


def test_the_analysed_signal_is_trimmed():
    signal = np.concatenate([np.zeros(RATE), buzz(0.65), np.zeros(RATE)]).astype(np.float32)
    analysis = analyse_recording(Audio(signal, RATE, 1), SPEECH16K, ["core"], PredictOptions())
    assert analysis.start_sec == pytest.approx(1, abs=0.1)
    assert analysis.seconds == pytest.approx(2.65)
    assert analysis.signal.size / analysis.sample_rate == pytest.approx(0.65, abs=0.2)
