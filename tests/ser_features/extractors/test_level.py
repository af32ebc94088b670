"""Level and zero crossings: known answers, and librosa's."""

import librosa
import numpy as np
import pytest
import scipy.signal

from ser_features.extractors.level import FAINTEST_RMS, Level, ZeroCrossings


def test_level_equals_librosa(case):
    signal, rms = case.librosa.signal.astype(np.float64), case.librosa.rms.astype(np.float64)
    assert Level().extract(case.analysis) == pytest.approx(
        {
            "duration_sec": librosa.get_duration(y=signal, sr=case.librosa.rate),
            "sample_rate": case.librosa.rate,
            "mean_amplitude": np.abs(signal).mean(),
            "peak_amplitude": np.abs(signal).max(),
            "rms_mean": rms.mean(),
            "rms_std": rms.std(),
            "intensity_db_mean": (20 * np.log10(np.maximum(rms, 1e-5))).mean(),
        },
        rel=1e-5,
        abs=1e-9,
    )


def test_zero_crossings_equal_librosa(case):
    rate = librosa.feature.zero_crossing_rate(case.librosa.signal, **case.librosa.sizes)[0]
    found = ZeroCrossings().extract(case.analysis)
    assert found == pytest.approx({"zcr_mean": rate.mean(), "zcr_std": rate.std()}, rel=1e-9)


@pytest.mark.parametrize("amplitude", [0.9, 0.01])
def test_level_of_a_sine(analyse, sine, profile, amplitude):
    analysis = analyse(sine(441, profile.audio.sample_rate, seconds=20, amplitude=amplitude))
    found = Level().extract(analysis)
    assert analysis.rms[10:-10] == pytest.approx(amplitude / np.sqrt(2), rel=2e-2)
    assert found["duration_sec"] == 20
    assert found["sample_rate"] == profile.audio.sample_rate
    assert found["mean_amplitude"] == pytest.approx(2 * amplitude / np.pi, rel=1e-3)
    assert found["peak_amplitude"] == pytest.approx(amplitude, rel=1e-3)
    assert found["rms_mean"] == pytest.approx(amplitude / np.sqrt(2), rel=2e-3)
    assert found["rms_std"] < 0.02 * amplitude
    assert found["intensity_db_mean"] == pytest.approx(20 * np.log10(amplitude / np.sqrt(2)), abs=0.02)


def test_level_of_a_square_wave(analyse, profile):
    rate = profile.audio.sample_rate
    square = 0.25 * scipy.signal.square(2 * np.pi * 100 * (np.arange(20 * rate) + 0.5) / rate)
    found = Level().extract(analyse(square))
    assert found["mean_amplitude"] == found["peak_amplitude"] == 0.25
    assert found["rms_mean"] == pytest.approx(0.25, rel=2e-3)
    assert ZeroCrossings().extract(analyse(square))["zcr_mean"] == pytest.approx(200 / rate, rel=2e-2)


def test_silent_frames_count_as_the_faintest_level(analyse, profile):
    signal = np.zeros(20 * profile.audio.sample_rate)
    signal[0] = 0.5
    assert Level().extract(analyse(signal))["intensity_db_mean"] == pytest.approx(
        20 * np.log10(FAINTEST_RMS), abs=0.5
    )


@pytest.mark.parametrize("frequency", [100, 441, 3000])
def test_zero_crossings_of_a_sine(analyse, sine, profile, frequency):
    rate = profile.audio.sample_rate
    found = ZeroCrossings().extract(analyse(sine(frequency, rate, seconds=20)))
    assert found["zcr_mean"] == pytest.approx(2 * frequency / rate, rel=1.5e-2)


def test_an_offset_crosses_nothing(analyse, sine, profile):
    signal = 0.9 + sine(300, profile.audio.sample_rate, amplitude=0.05)
    assert ZeroCrossings().extract(analyse(signal)) == {"zcr_mean": 0, "zcr_std": 0}


def test_twice_the_amplitude_is_six_decibels_more(analyse, sine, profile):
    quiet = sine(300, profile.audio.sample_rate, amplitude=0.2)
    levels = [Level().extract(analyse(signal)) for signal in (quiet, 2 * quiet)]
    assert levels[1]["rms_mean"] == pytest.approx(2 * levels[0]["rms_mean"], rel=1e-6)
    difference = levels[1]["intensity_db_mean"] - levels[0]["intensity_db_mean"]
    assert difference == pytest.approx(20 * np.log10(2), abs=1e-6)
