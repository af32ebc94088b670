"""F0, jitter and shimmer of signals with a known answer."""

import numpy as np
import pytest

from ser_features.extractors.prosody import Pitch, Prosody

NAMES = {column.name for column in Prosody.fixed_columns}


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
    assert values.keys() == NAMES - {"voiced_ratio"}
    assert np.isnan(list(values.values())).all()


@pytest.mark.parametrize("periods", [0.5, 2.9, 2.999, 3, 3.001, 3.1, 6])
def test_around_the_shortest_window(analyse, sine, profile, periods):
    signal = sine(200, profile.audio.sample_rate, seconds=periods / profile.pitch.floor)
    values = Prosody().extract(analyse(signal))
    assert values.keys() == NAMES
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
