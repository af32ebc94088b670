"""Level, zero crossings, spectral shape, F0, voice quality and mel frames of signals with a known answer."""

import librosa
import numpy as np
import pytest
import scipy.signal

from ser_features.extractors.core import (
    MIN_RMS,
    Level,
    Mel,
    Pitch,
    Prosody,
    Spectral,
    ZeroCrossings,
    centroid,
    rolloff,
)
from ser_features.voice.library import library

PROSODY = {column.name for column in Prosody.fixed_columns}


@pytest.mark.parametrize("amplitude", [0.9, 0.01])
def test_level_of_a_sine(analyse, sine, profile, amplitude):
    analysis = analyse(sine(441, profile.audio.sample_rate, seconds=20, amplitude=amplitude))
    values = Level().extract(analysis)
    assert analysis.rms[10:-10] == pytest.approx(amplitude / np.sqrt(2), rel=2e-2)
    assert values["duration_sec"] == 20
    assert values["sample_rate"] == profile.audio.sample_rate
    assert values["mean_amplitude"] == pytest.approx(2 * amplitude / np.pi, rel=1e-3)
    assert values["peak_amplitude"] == pytest.approx(amplitude, rel=1e-3)
    assert values["rms_mean"] == pytest.approx(amplitude / np.sqrt(2), rel=2e-3)
    assert values["rms_std"] < 0.02 * amplitude
    assert values["intensity_db_mean"] == pytest.approx(20 * np.log10(amplitude / np.sqrt(2)), abs=0.02)


def test_level_of_a_square_wave(analyse, profile):
    rate = profile.audio.sample_rate
    square = 0.25 * scipy.signal.square(2 * np.pi * 100 * (np.arange(20 * rate) + 0.5) / rate)
    values = Level().extract(analyse(square))
    assert values["mean_amplitude"] == values["peak_amplitude"] == 0.25
    assert values["rms_mean"] == pytest.approx(0.25, rel=2e-3)
    assert ZeroCrossings().extract(analyse(square))["zcr_mean"] == pytest.approx(200 / rate, rel=2e-2)


def test_silent_frames_have_the_minimum_level(analyse, profile):
    signal = np.zeros(20 * profile.audio.sample_rate)
    signal[0] = 0.5
    assert Level().extract(analyse(signal))["intensity_db_mean"] == pytest.approx(
        20 * np.log10(MIN_RMS), abs=0.5
    )


@pytest.mark.parametrize("frequency", [100, 441, 3000])
def test_zero_crossings_of_a_sine(analyse, sine, profile, frequency):
    rate = profile.audio.sample_rate
    values = ZeroCrossings().extract(analyse(sine(frequency, rate, seconds=20)))
    assert values["zcr_mean"] == pytest.approx(2 * frequency / rate, rel=1.5e-2)


def test_an_offset_has_no_zero_crossings(analyse, sine, profile):
    signal = 0.9 + sine(300, profile.audio.sample_rate, amplitude=0.05)
    assert ZeroCrossings().extract(analyse(signal)) == {"zcr_mean": 0, "zcr_std": 0}


def test_twice_the_amplitude_is_six_decibels_more(analyse, sine, profile):
    quiet = sine(300, profile.audio.sample_rate, amplitude=0.2)
    levels = [Level().extract(analyse(signal)) for signal in (quiet, 2 * quiet)]
    assert levels[1]["rms_mean"] == pytest.approx(2 * levels[0]["rms_mean"], rel=1e-6)
    difference = levels[1]["intensity_db_mean"] - levels[0]["intensity_db_mean"]
    assert difference == pytest.approx(20 * np.log10(2), abs=1e-6)


def frequencies(profile) -> np.ndarray:
    return np.fft.rfftfreq(profile.frames.n_fft, 1 / profile.audio.sample_rate)


def test_centroid_and_rolloff_of_a_sine(analyse, sine, profile):
    analysis = analyse(sine(1000, profile.audio.sample_rate))
    bins = frequencies(profile)
    assert centroid(analysis.magnitude, bins)[10:-10] == pytest.approx(1000, rel=1e-2)
    assert rolloff(analysis.magnitude, bins, 0.85)[10:-10] == pytest.approx(1000, abs=1.5 * bins[1])


def test_centroid_follows_a_chirp(analyse, profile):
    rate = profile.audio.sample_rate
    time = np.arange(2 * rate) / rate
    analysis = analyse(np.sin(2 * np.pi * (500 * time + 1000 * time**2 / 2)))
    expected = 500 + 1000 * analysis.frame_times
    measured = centroid(analysis.magnitude, frequencies(profile))
    assert measured[10:-10] == pytest.approx(expected[10:-10], rel=2e-2)


def test_white_noise_is_flat(analyse, profile):
    rate = profile.audio.sample_rate
    values = Spectral().extract(analyse(np.random.default_rng(3).normal(scale=0.1, size=10 * rate)))
    assert values["spectral_centroid_mean"] == pytest.approx(rate / 4, rel=1e-2)
    assert values["spectral_rolloff_mean"] == pytest.approx(0.85 * rate / 2, rel=1e-2)


@pytest.mark.parametrize("share", [0.25, 0.5, 0.85, 1.0])
def test_rolloff_of_a_flat_spectrum(share):
    bins = np.arange(100.0)
    assert rolloff(np.ones((3, 100), np.float32), bins, share) == pytest.approx(100 * share - 1, abs=1)


def test_centroid_and_rolloff_of_a_silent_frame_are_zero():
    silent = np.zeros((2, 5), np.float32)
    assert centroid(silent, np.arange(5.0)).tolist() == [0, 0]
    assert rolloff(silent, np.arange(5.0), 0.85).tolist() == [0, 0]


def test_flux_is_the_rise_in_decibels(analyse, profile):
    rate, hop = profile.audio.sample_rate, profile.frames.hop_length
    signal = np.zeros(4 * rate)
    signal[::hop] = 0.05  # one click per hop: every frame has the same spectrum
    signal[2 * rate :] *= 10
    strength = analyse(signal).onset_strength
    assert strength[20:-20].sum() == pytest.approx(20, abs=0.3)


def test_a_steady_signal_has_no_flux(analyse, profile):
    signal = np.zeros(profile.audio.sample_rate)
    signal[:: profile.frames.hop_length] = 0.5
    assert analyse(signal).onset_strength[20:-20] == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("bins", [1, 2, 15, 16, 17, 32, 33, 257])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.85, 1.0])
def test_rolloff_is_the_first_bin_whose_cumulative_sum_is_enough(bins, share):
    magnitude = np.random.default_rng(bins).integers(0, 9, size=(50, bins)).astype(np.float32)
    sums = magnitude.cumsum(axis=1)
    expected = (sums >= np.float32(share) * sums[:, -1:]).argmax(axis=1)
    for kernel in (None, library().rolloff):
        assert rolloff(magnitude, np.arange(float(bins)), share, kernel).tolist() == expected.tolist()


def pulse_train(rate: int, period: float, period_change: float, peak_change: float) -> np.ndarray:
    """A second of narrow pulses whose periods and peaks alternate by ± these shares."""
    time = np.arange(rate) / rate
    signs = np.resize([1, -1], int(0.95 / period))
    places = 0.02 + np.cumsum(period * (1 + period_change * signs))
    peaks = 0.5 * (1 + peak_change * signs)
    return sum(
        peak * np.exp(-0.5 * ((time - index) / 2e-4) ** 2) for index, peak in zip(places, peaks, strict=True)
    )


@pytest.mark.parametrize(("period_change", "peak_change"), [(0, 0), (0.005, 0), (0, 0.05), (0.004, 0.02)])
def test_jitter_and_shimmer_of_alternating_pulses(analyse, profile, period_change, peak_change):
    signal = pulse_train(profile.audio.sample_rate, 0.008, period_change, peak_change)
    values = Prosody().extract(analyse(signal))
    assert values["pitch_mean"] == pytest.approx(125, rel=1e-3)
    assert values["jitter"] == pytest.approx(2 * period_change, rel=1e-2, abs=1e-5)
    assert values["shimmer"] == pytest.approx(2 * peak_change, rel=1e-2, abs=1e-4)


@pytest.mark.parametrize("frequency", [90, 220, 440])
def test_pitch_of_a_sine(analyse, sine, profile, frequency):
    values = Prosody().extract(analyse(sine(frequency, profile.audio.sample_rate)))
    assert values["pitch_mean"] == pytest.approx(frequency, rel=2e-4)
    assert values["pitch_median"] == pytest.approx(frequency, rel=2e-4)
    assert values["pitch_std"] == pytest.approx(0, abs=0.05)
    assert values["voiced_ratio"] == 1
    assert values["jitter"] == pytest.approx(0, abs=1e-4)
    assert values["shimmer"] == pytest.approx(0, abs=1e-3)


def test_pitch_of_two_levels(analyse, sine, profile):
    rate = profile.audio.sample_rate
    signal = np.concatenate([sine(200, rate, seconds=2), sine(300, rate, seconds=2)])
    values = Prosody().extract(analyse(signal))
    assert values["pitch_mean"] == pytest.approx(250, rel=1e-2)
    assert values["pitch_std"] == pytest.approx(50, rel=1e-2)
    assert values["pitch_variation"] == pytest.approx(20, rel=2e-2)


def test_voiced_ratio_counts_all_frames(analyse, sine, profile):
    rate = profile.audio.sample_rate
    signal = np.concatenate([sine(200, rate, seconds=1), np.zeros(3 * rate)])
    assert Prosody().extract(analyse(signal))["voiced_ratio"] == pytest.approx(0.25, abs=0.02)


def test_unvoiced_recordings_have_nan(analyse, profile):
    click = np.zeros(profile.audio.sample_rate)
    click[5000] = 0.5
    values = Prosody().extract(analyse(click))
    assert values.pop("voiced_ratio") == 0
    assert values.keys() == PROSODY - {"voiced_ratio"}
    assert np.isnan(list(values.values())).all()


@pytest.mark.parametrize("periods", [0.5, 2.9, 2.999, 3, 3.001, 3.1, 6])
def test_around_the_shortest_window(analyse, sine, profile, periods):
    signal = sine(200, profile.audio.sample_rate, seconds=periods / profile.pitch.floor)
    values = Prosody().extract(analyse(signal))
    assert values.keys() == PROSODY
    if periods < 3:
        assert np.isnan(list(values.values())).all()
    if periods == 6:
        assert values["pitch_mean"] == pytest.approx(200, rel=1e-2)


def test_pitch_of_a_tone_with_silence_around_it(analyse, profile, sine):
    rate, hop = profile.audio.sample_rate, profile.frames.hop_length
    signal = np.concatenate([np.zeros(rate), sine(220, rate), np.zeros(rate)])
    values = Pitch().extract(analyse(signal))[:, 0]
    times = np.arange(values.size) * hop / rate
    assert values[(times > 1.1) & (times < 1.9)] == pytest.approx(220, rel=2e-3)
    assert np.isnan(values[(times < 0.9) | (times > 2.1)]).all()


def test_recordings_shorter_than_the_window_have_nan(analyse, profile):
    signal = np.ones(profile.audio.sample_rate // 100)
    assert np.isnan(Pitch().extract(analyse(signal))).all()


@pytest.mark.parametrize("band", [20, 40, 60])
def test_a_sine_is_loudest_in_its_band(analyse, sine, profile, band):
    rate, bands = profile.audio.sample_rate, profile.frames.n_mels
    centre = librosa.mel_frequencies(bands + 2, fmin=0, fmax=rate / 2)[band + 1]
    frames = Mel().extract(analyse(sine(centre, rate)))
    assert (frames[5:-5].argmax(axis=1) == band).all()


def test_mel_bands_of_twice_the_amplitude_are_six_decibels_more(analyse, profile):
    noise = np.random.default_rng(1).normal(scale=0.1, size=profile.audio.sample_rate)
    quiet, loud = Mel().extract(analyse(noise)), Mel().extract(analyse(2 * noise))
    np.testing.assert_allclose(loud - quiet, 20 * np.log10(2), atol=1e-3)


def test_dynamic_range_is_80_db(analyse, sine, profile):
    signal = sine(300, profile.audio.sample_rate)
    signal[signal.size // 2 :] = 0
    frames = Mel().extract(analyse(signal))
    assert frames.max() - frames.min() == pytest.approx(80, abs=1e-3)


def test_level_is_in_coefficient_zero_only(analyse, profile):
    noise = np.random.default_rng(1).normal(scale=0.1, size=profile.audio.sample_rate)
    change = analyse(10 * noise).mfcc - analyse(noise).mfcc
    assert change[:, 0] == pytest.approx(20 * np.sqrt(profile.frames.n_mels), rel=1e-4)
    assert change[:, 1:] == pytest.approx(0, abs=1e-2)
