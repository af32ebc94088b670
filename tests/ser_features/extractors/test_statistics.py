"""Statistics of signals with a known answer, and the 350 columns of the fusion network."""

import numpy as np
import pytest

from ser_features.config import PROFILES, profile
from ser_features.extractors import CORE_COLUMNS, columns, summary_vector
from ser_features.extractors.statistics import Statistics


def statistics_of(analysis) -> dict[str, float]:
    return Statistics().extract(analysis)


def test_statistics_of_a_recording_that_grows_louder(analyse, profile):
    """Level rises linearly from 0 to 1: quartiles at a quarter, a half and three quarters."""
    rate = profile.audio.sample_rate
    square = np.resize(np.repeat([1.0, -1.0], rate // 200), 20 * rate)
    values = statistics_of(analyse(square * np.linspace(0, 1, square.size)))
    for name, share in (("q25", 0.25), ("median", 0.5), ("q75", 0.75), ("max", 1)):
        assert values[f"rms_{name}"] == pytest.approx(share, rel=2e-2)
    assert values["rms_min"] == pytest.approx(0, abs=5e-3)
    assert values["rms_range"] == pytest.approx(values["rms_max"] - values["rms_min"], abs=1e-12)
    assert values["zcr_median"] == pytest.approx(200 / rate, abs=1 / profile.frames.frame_length)


def test_a_steady_signal_has_no_derivative(analyse, profile):
    signal = np.zeros(2 * profile.audio.sample_rate)
    signal[:: profile.frames.hop_length] = 0.5
    values = statistics_of(analyse(signal))
    derivatives = [value for name, value in values.items() if name.startswith("mfcc_delta_mean")]
    assert derivatives == pytest.approx(np.zeros(13), abs=0.5)


@pytest.mark.parametrize("config", PROFILES.values(), ids=PROFILES)
def test_number_of_mel_bands_is_the_profile_s(config):
    names = [column.name for column in columns(["statistics"], config)]
    assert len(names) == 2 * config.frames.n_mels + 64
    assert f"mel_std_{config.frames.n_mels - 1}" in names


@pytest.mark.parametrize("name", [name for name in PROFILES if PROFILES[name].frames.n_mels == 128])
def test_the_350_columns_of_the_fusion_network_are_stored(name):
    names = summary_vector(128)
    stored = [column.name for column in columns(["core", "statistics"], profile(name))]
    assert len(names) == len(set(names)) == 350
    assert set(names) <= set(stored)
    assert set(stored) - set(names) <= {column.name for column in CORE_COLUMNS}


def test_order_of_the_350_columns():
    names = summary_vector(128)
    groups = [name.rstrip("0123456789") for name in names]
    assert list(dict.fromkeys(groups)) == [
        *("mel_mean_", "mel_std_", "mfcc_mean_", "mfcc_std_"),
        *("mfcc_delta_mean_", "mfcc_delta_std_", "mfcc_delta2_mean_", "mfcc_delta2_std_"),
        *("zcr_mean", "zcr_std", "zcr_min", "zcr_max", "zcr_median", "zcr_q", "zcr_range"),
        *("rms_mean", "rms_std", "rms_min", "rms_max", "rms_median", "rms_q", "rms_range"),
    ]
    assert names[:2] == ("mel_mean_0", "mel_mean_1")
    assert names[256:258] == ("mfcc_mean_0", "mfcc_mean_1")
    assert names[334] == "zcr_mean"
    assert names[342] == "rms_mean"
