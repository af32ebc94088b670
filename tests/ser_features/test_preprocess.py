"""Resampling equals librosa's, filters have their stated response, conditioning removes what it should."""

from dataclasses import replace
from functools import partial

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ser_features.audio import Audio, decode
from ser_features.augment import TRANSFORMS
from ser_features.config import PROFILES, SPEECH16K, AudioConfig, profile
from ser_features.errors import MissingExtraError, SilentAudioError
from ser_features.extractors import Analysis
from ser_features.framing import active_level, levels_of, speech_bounds
from ser_features.pipeline import analyse, augment_decoded, columns_of
from ser_features.preprocess import (
    bone_conduct,
    check_packages,
    high_pass,
    levelled,
    peak_normalised,
    prepare,
    resample,
)

RATES = [8_000, 11_025, 16_000, 22_050, 24_414, 44_100, 48_000, 96_000]


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


def test_prepare_resamples_then_trims():
    audio = Audio(tone_in_silence(16_000, 8000, 16_000), 16_000, 1)
    whole = prepare(audio, AudioConfig(sample_rate=48_000)).signal
    assert whole.size == 120_000
    trimmed = prepare(audio, AudioConfig(sample_rate=48_000, trim_db=40))
    start, end = speech_bounds(whole, 40)
    assert (start, end) != (0, whole.size)
    assert np.array_equal(trimmed.signal, whole[start:end])
    assert (trimmed.start_sec, trimmed.gain_db) == (start / 48_000, 0)


def test_a_raw_profile_keeps_the_level():
    audio = Audio(tone_in_silence(0, 16_000, 0, gain=0.01), 16_000, 1)
    assert prepare(audio, AudioConfig(sample_rate=16_000, trim_db=40)).signal.max() == pytest.approx(
        0.01, rel=1e-3
    )


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
    result = prepare(audio, replace(plain, bone_conduction=True)).signal
    filtered = resample(bone_conduct(audio.signal), 48_000, 16_000)
    start, end = speech_bounds(filtered, 30)
    assert np.array_equal(result, filtered[start:end])
    assert result.size < 20_000 < prepare(audio, plain).signal.size


@pytest.mark.parametrize("rate", [16_000, 24_414, 48_000, 96_000])
def test_bone_conduction_is_the_same_at_every_rate(sine, rate):
    """A tone of 2 kHz is as much weaker in a recording of any rate as the formula says at 48 kHz."""
    gain = abs(0.205 / (1 - 0.755 * np.exp(-2j * np.pi * 2000 / 48_000)))
    tone = sine(2000, rate)
    result = prepare(Audio(tone, rate, 1), AudioConfig(sample_rate=16_000, bone_conduction=True)).signal
    middle = slice(4000, 12_000)
    assert np.sqrt(np.mean(result[middle] ** 2)) == pytest.approx(gain * np.sqrt(np.mean(tone**2)), rel=1e-2)


def test_raw_profiles_resample_and_trim(real):
    audio = decode(real("03-01-05-01-01-01-03"), min_seconds=0.1, max_seconds=600)
    for config in PROFILES.values():
        if config.audio.conditioning:
            continue
        signal = resample(audio.signal, audio.sample_rate, config.audio.sample_rate)
        if config.audio.trim_db is not None:
            signal = signal[slice(*speech_bounds(signal, config.audio.trim_db))]
        assert np.array_equal(prepare(audio, config.audio).signal, signal)


@pytest.fixture(scope="module")
def spoken(real):
    """A real recording, decoded, and its signal at 16 kHz."""
    decoded = decode(real("03-01-05-01-01-01-03"), min_seconds=0.1, max_seconds=600)
    return decoded, resample(decoded.signal, decoded.sample_rate, 16_000)


def prepared_by(decoded: Audio, name: str) -> np.ndarray:
    return prepare(decoded, profile(name).audio).signal


def test_peak_normalisation_divides_by_the_peak(spoken):
    decoded, signal = spoken
    assert np.abs(signal).max() < 0.5
    result = prepared_by(decoded, "wide16k-raw+peak")
    assert np.array_equal(result, signal / np.abs(signal).max())
    assert np.array_equal(result, librosa.util.normalize(signal))


def test_the_level_columns_are_of_the_normalised_signal(real):
    content = real("03-01-05-01-01-01-03").read_bytes()
    values = columns_of(analyse(content, profile("paper48k+peak"))[1], ["core"])
    assert values["peak_amplitude"] == 1


def test_peak_normalisation_of_silence_and_of_a_copy():
    silence = np.zeros(1600, np.float32)
    assert peak_normalised(silence) == (silence, 0.0)
    louder, gain_db = levelled(np.float32([0.1, -0.25]), profile("wide16k-raw+peak").audio)
    assert louder.tolist() == [pytest.approx(0.4), -1]
    assert gain_db == pytest.approx(12.04, abs=0.01)


def test_trim_is_librosa_s_at_40_db(spoken):
    decoded, signal = spoken
    reference, _ = librosa.effects.trim(signal, top_db=40)
    assert reference.size < signal.size
    assert np.array_equal(prepared_by(decoded, "wide16k-raw+trim"), reference)


def test_noise_reduction_is_noisereduce_s_and_deterministic(spoken):
    noisereduce = pytest.importorskip("noisereduce")
    decoded, signal = spoken
    result = prepared_by(decoded, "wide16k-raw+denoise")
    assert result.dtype == np.float32
    assert np.array_equal(result, noisereduce.reduce_noise(signal, 16_000, stationary=True))
    assert np.array_equal(result, prepared_by(decoded, "wide16k-raw+denoise"))
    assert np.abs(result[:3000]).mean() < 0.5 * np.abs(signal[:3000]).mean()  # before the first word


def test_noise_reduction_of_the_shortest_recording():
    pytest.importorskip("noisereduce")
    tone = Audio(tone_in_silence(0, 1600, 0), 16_000, 1)
    assert np.isfinite(prepared_by(tone, "wide16k-raw+denoise")).all()


def test_noise_reduction_without_its_package(monkeypatch):
    monkeypatch.setattr("ser_features.extras.find_spec", lambda package: None)
    config, tone = profile("wide16k-raw+denoise").audio, Audio(tone_in_silence(0, 1600, 0), 16_000, 1)
    for needs_it in (check_packages, partial(prepare, tone)):
        with pytest.raises(MissingExtraError) as caught:
            needs_it(config)
        assert str(caught.value) == (
            "noise reduction (+denoise) needs noisereduce, which is not installed: "
            "pip install 'ser-toolkit[denoise]'"
        )
    check_packages(profile("wide16k-raw").audio)


def test_the_spectra_are_of_the_pre_emphasised_signal_and_the_level_is_not(spoken):
    decoded, signal = spoken
    config = profile("wide16k-raw+preemphasis")
    analysis = Analysis(prepare(decoded, config.audio).signal, config)
    emphasised = librosa.effects.preemphasis(signal, coef=0.97)
    mel = librosa.feature.melspectrogram(y=emphasised, sr=16_000, n_fft=2048, hop_length=512, n_mels=128)
    np.testing.assert_allclose(analysis.mel_db.T, librosa.power_to_db(mel), atol=2e-3)
    plain = Analysis(signal, profile("wide16k-raw"))
    assert np.array_equal(analysis.rms, plain.rms)
    assert np.array_equal(analysis.zero_crossings, plain.zero_crossings)


def test_steps_in_order(spoken):
    """Bone conduction at 48 kHz, resampling, peak, noise reduction, trimming."""
    noisereduce = pytest.importorskip("noisereduce")
    decoded, _ = spoken
    signal = resample(bone_conduct(resample(decoded.signal, decoded.sample_rate, 48_000)), 48_000, 16_000)
    signal = noisereduce.reduce_noise(signal / np.abs(signal).max(), 16_000, stationary=True)
    reference, _ = librosa.effects.trim(signal, top_db=40)
    assert np.array_equal(prepared_by(decoded, "wide16k-raw+bone+peak+denoise+trim"), reference)


def test_copies_with_a_rate_of_their_own_are_altered_between_filter_and_resampling(spoken):
    decoded, _ = spoken
    config, noise = profile("wide16k-raw+bone"), TRANSFORMS["noise"]
    parameters = {"amplitude": 0.005, "seed": 1}
    copy = augment_decoded(decoded, config, noise, parameters, 48_000)
    filtered = bone_conduct(resample(decoded.signal, decoded.sample_rate, 48_000))
    reference = resample(noise.apply(filtered, 48_000, parameters), 48_000, 16_000)
    assert np.array_equal(copy.signal, reference)


def gain_of_filter(frequency: float) -> float:
    """Of a tone of 2 s, in dB, over its middle second."""
    tone = np.sin(2 * np.pi * frequency * np.arange(32_000) / 16_000).astype(np.float32)
    filtered = high_pass(tone, 16_000, 64, 74)
    middle = slice(8_000, 24_000)
    return float(20 * np.log10(np.sqrt(np.mean(filtered[middle] ** 2) / np.mean(tone[middle] ** 2))))


@pytest.mark.parametrize("frequency", [10, 25, 50, 60])
def test_the_filter_removes_hum(frequency):
    assert gain_of_filter(frequency) < -60


@pytest.mark.parametrize("frequency", [75, 80, 100, 1000, 7500])
def test_the_filter_keeps_the_voice(frequency):
    assert gain_of_filter(frequency) == pytest.approx(0, abs=0.05)


def test_the_filter_s_phase_is_zero_and_its_response_is_short():
    impulse = np.zeros(16_000, np.float32)
    impulse[8_000] = 1
    response = high_pass(impulse, 16_000, 64, 74)
    assert np.argmax(response) == 8_000
    assert response[1:8_000] == pytest.approx(response[-1:8_000:-1], abs=1e-6)
    assert np.abs(response[: 8_000 - 4_000]).max() < 1e-5


@pytest.mark.parametrize("frequency", [0, 50, 60])
@pytest.mark.parametrize("phase", [0, 1, 2])
def test_hum_is_gone_a_tenth_of_a_second_from_the_ends(frequency, phase):
    hum = np.cos(2 * np.pi * frequency * np.arange(16_000) / 16_000 + phase).astype(np.float32)
    filtered = np.abs(high_pass(hum, 16_000, 64, 74))
    assert filtered[1_600:-1_600].max() < 0.06


@pytest.mark.parametrize("size", [2, 3, 100, 1600, 4001])
def test_the_filter_accepts_every_length(size):
    signal = np.random.default_rng(size).normal(size=size).astype(np.float32)
    filtered = high_pass(signal, 16_000, 64, 74)
    assert (filtered.dtype, filtered.shape) == (np.float32, (size,))
    assert np.isfinite(filtered).all()


@pytest.mark.parametrize("size", [2**16, 3**10, 5**7])
def test_the_filter_is_one_of_the_whole_spectrum(size):
    """Whatever the low rate is, of which the sizes of the transform leave a choice."""
    margin = 4_000
    signal = np.random.default_rng(size).normal(size=size - 2 * margin).astype(np.float32)
    signal += 10 * np.sin(2 * np.pi * 50 / 16_000 * np.arange(signal.size)).astype(np.float32)
    spectrum = np.fft.rfft(np.pad(signal, margin, mode="reflect").astype(np.float64))
    share = np.clip((np.fft.rfftfreq(size, 1 / 16_000) - 64) / (74 - 64), 0, 1)
    whole = np.fft.irfft(spectrum * (0.5 - 0.5 * np.cos(np.pi * share)), size)[margin:-margin]
    np.testing.assert_allclose(high_pass(signal, 16_000, 64, 74), whole, atol=1e-5)


def speech(seconds: float = 1.5, rate: int = 16_000) -> np.ndarray:
    """Harmonics of 120 Hz in syllables, with a soft floor of noise before and after."""
    time = np.arange(round(seconds * rate)) / rate
    voice = sum(np.sin(2 * np.pi * 120 * k * time) / k for k in range(1, 20))
    voice = 0.05 * voice * (0.6 - 0.4 * np.cos(2 * np.pi * 4 * time))
    margin = np.zeros(rate // 2)
    signal = np.concatenate([margin, voice, margin])
    return (signal + 1e-5 * np.random.default_rng(0).normal(size=signal.size)).astype(np.float32)


def conditioned(signal: np.ndarray, rate: int = 16_000) -> tuple[np.ndarray, float, float]:
    result = prepare(Audio(signal.astype(np.float32), rate, 1), SPEECH16K.audio)
    return result.signal, result.start_sec, result.gain_db


def difference_db(signal: np.ndarray, reference: np.ndarray) -> float:
    """Level of the difference below the reference; as far as both go."""
    size = min(signal.size, reference.size)
    error, power = signal[:size] - reference[:size], np.mean(np.square(reference))
    return float(10 * np.log10(np.mean(np.square(error)) / power + 1e-12))


@pytest.mark.parametrize("value", [1e-6, 0.3, 1000.0])
def test_an_offset_alone_is_no_recording(value):
    with pytest.raises(SilentAudioError, match=r"^nothing above 64 Hz, only a constant"):
        conditioned(np.full(16_000, value))


def test_speech_is_brought_to_26_db_below_full_scale():
    signal, start, gain = conditioned(speech())
    level = active_level(levels_of(signal, 16_000).sustained)
    assert level == pytest.approx(-26, abs=0.1)
    assert start == pytest.approx(0.45, abs=0.03)
    raw = prepare(Audio(speech(), 16_000, 1), AudioConfig(sample_rate=16_000)).signal
    assert gain == pytest.approx(-26 - active_level(levels_of(raw, 16_000).sustained), abs=0.1)


def test_other_levels_are_only_another_gain():
    signal, start, gain = conditioned(speech())
    for decibels in (-30, -12, 12, 100):
        louder = conditioned(speech() * 10 ** (decibels / 20))
        assert difference_db(louder[0], signal) < -100
        assert louder[1:] == pytest.approx((start, gain - decibels), abs=1e-4)


@pytest.mark.parametrize("offset", [0.002, -0.01, 0.5])
def test_an_offset_changes_nothing(offset):
    plain, shifted = conditioned(speech()), conditioned(speech() + offset)
    assert difference_db(shifted[0], plain[0]) < -60
    assert shifted[1:] == pytest.approx(plain[1:], abs=1e-2)


@pytest.mark.parametrize("frequency", [50, 60])
def test_hum_changes_little(frequency):
    hum = 0.01 * np.sin(2 * np.pi * frequency * np.arange(speech().size) / 16_000 + 1)
    plain, humming = conditioned(speech()), conditioned(speech() + hum)
    assert difference_db(humming[0], plain[0]) < -40
    assert humming[1:] == pytest.approx(plain[1:], abs=2e-2)


@pytest.mark.parametrize("milliseconds", [0.1, 5])
def test_a_click_before_and_after_changes_nothing(milliseconds):
    click = np.full(max(round(16 * milliseconds), 1), 0.9)
    rest = np.zeros(16_000 - click.size)
    plain = conditioned(speech())
    clicking = conditioned(np.concatenate([click, rest, speech(), rest, click]))
    assert difference_db(clicking[0], plain[0]) < -60
    assert clicking[1:] == pytest.approx((plain[1] + 1, plain[2]), abs=1e-2)


def test_silence_around_changes_nothing():
    plain, rest = conditioned(speech()), np.zeros(8 * 16_000)
    silent = conditioned(np.concatenate([rest, speech(), rest]))
    assert difference_db(silent[0], plain[0]) < -60
    assert silent[1:] == pytest.approx((plain[1] + 8, plain[2]), abs=1e-2)


@pytest.mark.parametrize("rate", [44_100, 48_000, 192_000])
def test_other_rates_change_nothing(rate):
    plain, other = conditioned(speech()), conditioned(resample(speech(), 16_000, rate), rate)
    assert difference_db(other[0], plain[0]) < -35  # what lies above 7 kHz is filtered twice
    assert other[1:] == pytest.approx(plain[1:], abs=2e-2)


def test_a_copy_is_brought_to_the_level_again():
    signal, gain = levelled(conditioned(speech())[0] * np.float32(0.25), SPEECH16K.audio)
    assert gain == pytest.approx(20 * np.log10(4), abs=0.1)
    assert active_level(levels_of(signal, 16_000).sustained) == pytest.approx(-26, abs=0.1)
    assert levelled(signal, AudioConfig(sample_rate=16_000)) == (signal, 0.0)


def test_bone_conduction_comes_before_the_level():
    config = replace(SPEECH16K.audio, bone_conduction=True)
    signal = prepare(Audio(speech(), 16_000, 1), config).signal
    assert active_level(levels_of(signal, 16_000).sustained) == pytest.approx(-26, abs=0.1)
