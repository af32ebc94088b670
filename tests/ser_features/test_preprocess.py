"""Resampling, trimming and framed power equal librosa's."""

from dataclasses import replace

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ser_features.audio import Audio, decode
from ser_features.config import PROFILES, AudioConfig
from ser_features.preprocess import (
    bone_conduct,
    centred_power,
    frame_sums,
    prepare,
    resample,
    speech_bounds,
)

RATES = [8_000, 11_025, 16_000, 22_050, 24_414, 44_100, 48_000, 96_000]
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


@pytest.mark.parametrize("target", [16_000, 48_000])
@pytest.mark.parametrize("source", RATES)
@pytest.mark.parametrize("seconds", [0.1, 0.7777])
def test_resample_equals_librosa(sine, source, target, seconds):
    signal = sine(440, source, seconds=seconds)
    result = resample(signal, source, target)
    reference = librosa.resample(signal, orig_sr=source, target_sr=target, res_type="soxr_hq")
    assert result.dtype == np.float32
    assert np.array_equal(result, reference)


@given(st.integers(1600, 9000), st.sampled_from(RATES), st.sampled_from([16_000, 48_000]))
@settings(max_examples=100, deadline=None)
def test_resampled_length_is_librosa_s(size, source, target):
    signal = np.random.default_rng(size).normal(size=size).astype(np.float32)
    reference = librosa.resample(signal, orig_sr=source, target_sr=target, res_type="soxr_hq")
    assert resample(signal, source, target).shape == reference.shape


def test_resampling_keeps_a_sine(sine):
    result = resample(sine(440, 48_000), 48_000, 16_000)
    assert result[200:-200] == pytest.approx(sine(440, 16_000)[200:-200], abs=1e-4)


def test_same_rate_is_not_resampled(sine):
    signal = sine(440, 16_000)
    assert resample(signal, 16_000, 16_000) is signal


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


def test_prepare_resamples_then_trims():
    audio = Audio(tone_in_silence(16_000, 8000, 16_000), 16_000, 1)
    whole = prepare(audio, AudioConfig(sample_rate=48_000))
    assert whole.size == 120_000
    trimmed = prepare(audio, AudioConfig(sample_rate=48_000, trim_db=40))
    start, end = speech_bounds(whole, 40)
    assert (start, end) != (0, whole.size)
    assert np.array_equal(trimmed, whole[start:end])


def test_level_is_kept():
    audio = Audio(tone_in_silence(0, 16_000, 0, gain=0.01), 16_000, 1)
    assert prepare(audio, AudioConfig(sample_rate=16_000, trim_db=40)).max() == pytest.approx(0.01, rel=1e-3)


def test_bone_conduction_s_impulse_response_is_the_formula_s():
    impulse = np.zeros(64, np.float32)
    impulse[0] = 1
    result = bone_conduct(impulse)
    assert result.dtype == np.float32
    assert result == pytest.approx(0.205 * 0.755 ** np.arange(64), rel=1e-6)


def test_bone_conduction_s_frequency_response_is_the_formula_s():
    impulse = np.zeros(4096, np.float32)
    impulse[0] = 1
    omega = 2 * np.pi * np.fft.rfftfreq(4096)
    expected = np.abs(0.205 / (1 - 0.755 * np.exp(-1j * omega)))
    assert np.abs(np.fft.rfft(bone_conduct(impulse))) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("frequency", [100, 1000, 4000, 7500])
def test_bone_conduction_of_a_tone(sine, frequency):
    omega = 2 * np.pi * frequency / 16_000  # the formula knows no rate
    gain = abs(0.205 / (1 - 0.755 * np.exp(-1j * omega)))
    tone = sine(frequency, 16_000)
    whole_periods = slice(1600, 14_400)
    result, given = bone_conduct(tone)[whole_periods], tone[whole_periods]
    assert np.sqrt(np.mean(result**2) / np.mean(given**2)) == pytest.approx(gain, rel=1e-4)


def test_prepare_filters_before_it_trims():
    """High notes around a low one pass for speech until the filter has weakened them."""
    time = np.arange(144_000) / 48_000
    low = np.sin(2 * np.pi * 100 * time) * (time >= 1) * (time < 2)
    high = 0.05 * np.sin(2 * np.pi * 7000 * time)
    audio = Audio((low + high).astype(np.float32), 48_000, 1)
    plain = AudioConfig(sample_rate=16_000, trim_db=30)
    result = prepare(audio, replace(plain, bone_conduction=True))
    filtered = resample(bone_conduct(audio.signal), 48_000, 16_000)
    start, end = speech_bounds(filtered, 30)
    assert np.array_equal(result, filtered[start:end])
    assert result.size < 20_000 < prepare(audio, plain).size


@pytest.mark.parametrize("rate", [16_000, 24_414, 48_000, 96_000])
def test_bone_conduction_is_the_same_at_every_rate(sine, rate):
    """A tone of 2 kHz is as much weaker in a recording of any rate as the formula says at 48 kHz."""
    gain = abs(0.205 / (1 - 0.755 * np.exp(-2j * np.pi * 2000 / 48_000)))
    tone = sine(2000, rate)
    result = prepare(Audio(tone, rate, 1), AudioConfig(sample_rate=16_000, bone_conduction=True))
    middle = slice(4000, 12_000)
    assert np.sqrt(np.mean(result[middle] ** 2)) == pytest.approx(gain * np.sqrt(np.mean(tone**2)), rel=1e-2)


def test_only_bone_profiles_filter(real):
    audio = decode(real("03-01-05-01-01-01-03"), min_seconds=0.1, max_seconds=600)
    for config in PROFILES.values():
        signal = resample(audio.signal, audio.sample_rate, config.audio.sample_rate)
        if config.audio.trim_db is not None:
            signal = signal[slice(*speech_bounds(signal, config.audio.trim_db))]
        assert np.array_equal(prepare(audio, config.audio), signal)
