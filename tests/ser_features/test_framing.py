"""Trimming and framed power equal librosa's; the level of active speech is that of known constructions."""

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ser_features.audio import decode
from ser_features.framing import (
    active_level,
    active_speech,
    centred_power,
    frame_sums,
    levels_of,
    signal_levels,
    speech_bounds,
    zero_crossing_rate,
)
from ser_features.preprocess import resample
from ser_features.voice.library import library

RATE = 16_000
REAL = [
    "03-01-05-01-01-01-03",
    "03-01-06-02-01-01-15",
    "OAF_keg_sad",
    "YAF_void_ps",
    "03a01Fa",
    "1001_DFA_ANG_XX",
]
TRIM_DB = [10, 40, 60]


def tone_in_silence(before: int, tone: int, after: int, gain: float = 0.5) -> np.ndarray:
    signal = gain * np.sin(2 * np.pi * 200 * np.arange(tone) / 16_000)
    return np.concatenate([np.zeros(before), signal, np.zeros(after)]).astype(np.float32)


def bounds_of_librosa(signal: np.ndarray, top_db: float) -> tuple[int, int]:
    start, end = librosa.effects.trim(signal, top_db=top_db)[1]
    return int(start), int(end)


@pytest.mark.parametrize("top_db", TRIM_DB)
@pytest.mark.parametrize("gain", [1.0, 0.1, 1e-3, 1e-5, 1e-7])
@pytest.mark.parametrize(
    ("before", "tone", "after"), [(8000, 8000, 4000), (0, 3000, 9000), (12_345, 1601, 0), (0, 1600, 0)]
)
def test_trim_of_a_tone_equals_librosa(before, tone, after, gain, top_db):
    signal = tone_in_silence(before, tone, after, gain)
    assert speech_bounds(signal, top_db) == bounds_of_librosa(signal, top_db)


@pytest.mark.parametrize("top_db", TRIM_DB)
@pytest.mark.parametrize("stem", REAL)
def test_trim_of_a_recording_equals_librosa(real, stem, top_db):
    audio = decode(real(stem), min_seconds=0.1, max_seconds=600)
    signal = resample(audio.signal, audio.sample_rate, 16_000)
    assert speech_bounds(signal, top_db) == bounds_of_librosa(signal, top_db)


@given(
    st.lists(st.floats(-120, 0), min_size=1, max_size=12),
    st.integers(100, 5000),
    st.floats(5, 80),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=200, deadline=None)
def test_trim_of_noise_of_any_level_equals_librosa(levels, size, top_db, seed):
    gains = np.repeat(10 ** (np.array(levels) / 20), size)
    signal = (gains * np.random.default_rng(seed).normal(size=gains.size)).astype(np.float32)
    assert speech_bounds(signal, top_db) == bounds_of_librosa(signal, top_db)


def test_trim_keeps_the_tone():
    start, end = speech_bounds(tone_in_silence(16_000, 8000, 16_000), 40)
    assert 16_000 - 2048 <= start <= 16_000
    assert 24_000 <= end <= 24_000 + 2048


@pytest.mark.parametrize(("frame", "hop"), [(400, 160), (2048, 512), (2048, 500), (25, 10), (7, 3)])
@pytest.mark.parametrize("size", [1, 160, 2047, 5000])
def test_power_equals_librosa(frame, hop, size):
    signal = np.random.default_rng(size).normal(size=size).astype(np.float32)
    reference = librosa.feature.rms(y=signal, frame_length=frame, hop_length=hop)[0] ** 2
    assert centred_power(signal, frame, hop) == pytest.approx(reference, rel=1e-5)


def test_power_of_a_faint_end_after_a_loud_start():
    signal = np.concatenate([np.ones(100_000), np.full(100_000, 1e-4)]).astype(np.float32)
    assert centred_power(signal, 400, 160)[-10] == pytest.approx(1e-8, rel=1e-3)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), st.integers(1, 20), st.integers(1, 20))
def test_frame_sums(values, length, hop):
    starts = range(0, len(values) - length + 1, hop)
    assert frame_sums(np.array(values), length, hop).tolist() == [sum(values[s : s + length]) for s in starts]


def noise(seconds: float, db: float, seed: int = 0) -> np.ndarray:
    """White noise of a level in dB re full scale."""
    size = round(seconds * RATE)
    return (10 ** (db / 20) * np.random.default_rng(seed).normal(size=size)).astype(np.float32)


def level_of(*parts: np.ndarray) -> float:
    return active_level(levels_of(np.concatenate(parts), RATE).sustained)


def bounds_of(*parts: np.ndarray) -> tuple[float, float]:
    _, start, end = active_speech(np.concatenate(parts), RATE, 30.0)
    return start / RATE, end / RATE


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), np.float32)


@pytest.mark.parametrize("db", [-80, -26, 0, 100])
def test_the_level_of_a_steady_tone_is_its_rms(sine, db):
    assert level_of(10 ** (db / 20) * sine(200, RATE)) == pytest.approx(db - 3 - 6, abs=0.1)  # of 0.5


@pytest.mark.parametrize("seconds", [0.1, 8])
def test_silence_around_does_not_change_the_level(seconds):
    alone = level_of(noise(1, -30))
    assert level_of(silence(seconds), noise(1, -30), silence(seconds)) == pytest.approx(alone, abs=0.1)
    floor = noise(seconds, -80, seed=1)
    assert level_of(floor, noise(1, -30), floor) == pytest.approx(alone, abs=0.1)


def test_pauses_below_the_margin_do_not_count_and_soft_speech_does():
    """15.9 dB below active speech, as in ITU-T P.56."""
    loud = noise(1, -30)
    assert level_of(loud, noise(1, -50, 1), loud) == pytest.approx(level_of(loud), abs=0.2)
    assert level_of(loud, noise(1, -40, 1)) == pytest.approx(-30 + 10 * np.log10(0.55), abs=0.5)


def test_the_active_share_of_a_pattern_is_measured_as_by_p56():
    """Bursts of 300 ms every 600 ms: the level is that of the bursts, not 3 dB less as of the whole."""
    pattern = [part for seed in range(5) for part in (noise(0.3, -26, seed), silence(0.3))]
    assert level_of(*pattern) == pytest.approx(-26.3, abs=0.5)


@pytest.mark.parametrize("milliseconds", [0.1, 1, 5, 30])
def test_a_click_changes_neither_level_nor_bounds(milliseconds):
    click = np.full(max(round(milliseconds / 1000 * RATE), 1), 0.9, np.float32)
    before = np.concatenate([click, silence(1)])
    assert level_of(before, noise(1, -40)) == pytest.approx(level_of(silence(1), noise(1, -40)), abs=0.05)
    start, end = bounds_of(before, noise(1, -40), silence(1))
    offset = before.size / RATE
    assert (start - offset, end - offset) == pytest.approx((-0.05, 1.05), abs=0.03)


@pytest.mark.parametrize("louder", [6, 12, 40])
def test_a_cough_hardly_changes_the_level(louder):
    """It is a sound of the voice, and stays; but speech is brought to nearly the level it has without it."""
    speech = [part for seed in range(6) for part in (noise(0.2, -40, seed), noise(0.1, -50, seed))]
    alone, with_cough = level_of(*speech), level_of(noise(0.25, louder - 40), silence(0.5), *speech)
    assert abs(with_cough - alone) < 2


@pytest.mark.parametrize("seconds", [0.35, 0.5])
def test_a_short_word_in_a_noisy_room_has_its_own_level(seconds):
    room = noise(1, -55, seed=1)
    assert level_of(room, noise(seconds, -20), room) == pytest.approx(-20.5, abs=0.7)


def test_a_door_does_not_hide_soft_speech():
    """20 dB louder for 0.2 s: speech is neither trimmed nor left too soft."""
    speech = [part for seed in range(4) for part in (noise(0.2, -50, seed), noise(0.1, -60, seed))]
    parts = (noise(0.2, -30), silence(0.5), *speech, silence(0.5))
    assert level_of(*parts) == pytest.approx(level_of(*speech), abs=3)
    assert bounds_of(*parts)[1] == pytest.approx(0.7 + 1.2 + 0.05, abs=0.05)


def test_a_soft_word_after_a_click_and_a_word_apart_are_kept():
    assert bounds_of(noise(0.15, -30), silence(0.5), noise(1, -30)) == pytest.approx((0, 1.65), abs=0.01)
    assert bounds_of(silence(1), noise(0.2, -70)) == pytest.approx((0.95, 1.2), abs=0.03)


@pytest.mark.parametrize("size", [2, 160, 1600])
@pytest.mark.parametrize("value", [0.0, 1e-9, 1.0, 2.0**31])
def test_every_signal_has_a_level_and_bounds(value, size):
    level, start, end = active_speech(np.full(size, value, np.float32), RATE, 30.0)
    assert np.isfinite(level)
    assert 0 <= start < end == size


@given(st.lists(st.floats(-90, 0), min_size=1, max_size=8), st.integers(200, 4000), st.floats(-60, 60))
@settings(max_examples=60, deadline=None)
def test_a_gain_moves_the_level_and_nothing_else(levels, size, gain):
    signal = np.concatenate([noise(size / RATE, db, seed) for seed, db in enumerate(levels)])
    level, *bounds = active_speech(signal, RATE, 30.0)
    louder, *same = active_speech(signal * np.float32(10 ** (gain / 20)), RATE, 30.0)
    assert louder - level == pytest.approx(gain, abs=0.01)
    assert bounds == same


def test_every_sample_of_the_fastest_signal_crosses():
    signal = np.resize(np.array([0.5, -0.5], np.float32), 1000)
    assert zero_crossing_rate(signal, 100, 50)[2:-2] == pytest.approx(99 / 100)


@pytest.mark.parametrize("size", [1, 39, 40, 200, 401, 16_000])
@pytest.mark.parametrize(("frame_length", "hop_length"), [(400, 160), (1024, 480), (7, 2)])
def test_levels_by_the_kernel_equal_those_by_numpy(size, frame_length, hop_length):
    signal = np.random.default_rng(size).normal(size=size).astype(np.float32)
    expected = signal_levels(signal, frame_length, hop_length)
    levels = signal_levels(signal, frame_length, hop_length, library().levels)
    assert levels.crossings.tolist() == expected.crossings.tolist()
    assert levels.power == pytest.approx(expected.power, rel=1e-6)
    assert levels.mean == pytest.approx(expected.mean, rel=1e-6)
    assert levels.peak == expected.peak
