"""The contract of every extractor, looped over the registry: a new one is tested by existing."""

import numpy as np
import pytest

from ser_features.errors import InputError
from ser_features.extractors import (
    CORE,
    CORE_COLUMNS,
    FAMILIES,
    FRAMES,
    Analysis,
    check_families,
    versions,
)

ALL = [*CORE, *FRAMES.values()]
COLUMNS = (
    "duration_sec sample_rate mean_amplitude peak_amplitude rms_mean rms_std intensity_db_mean tempo_bpm "
    "zcr_mean zcr_std pitch_mean pitch_median pitch_std pitch_variation voiced_ratio jitter shimmer "
    "mfcc_mean_0 mfcc_mean_1 mfcc_mean_2 mfcc_mean_3 mfcc_mean_4 mfcc_mean_5 mfcc_mean_6 "
    "mfcc_mean_7 mfcc_mean_8 mfcc_mean_9 mfcc_mean_10 mfcc_mean_11 mfcc_mean_12 "
    "mfcc_std_0 mfcc_std_1 mfcc_std_2 mfcc_std_3 mfcc_std_4 mfcc_std_5 mfcc_std_6 "
    "mfcc_std_7 mfcc_std_8 mfcc_std_9 mfcc_std_10 mfcc_std_11 mfcc_std_12 "
    "spectral_centroid_mean spectral_rolloff_mean spectral_flux_mean"
)
MAY_BE_UNKNOWN = {
    "pitch_mean",
    "pitch_median",
    "pitch_std",
    "pitch_variation",
    "voiced_ratio",
    "jitter",
    "shimmer",
}


def by_name(extractor: object) -> str:
    return extractor.name  # type: ignore[attr-defined]


def test_the_46_columns_in_their_documented_order():
    assert len(CORE_COLUMNS) == 46
    assert " ".join(column.name for column in CORE_COLUMNS) == COLUMNS


@pytest.mark.parametrize("column", CORE_COLUMNS, ids=lambda column: column.name)
def test_every_column_is_described(column):
    assert column.type == "float32"
    assert column.unit in {"s", "Hz", "dB", "%", "1", "beats/min"}
    assert column.description.endswith(".")
    assert "\n" not in column.description


def test_names_are_unique_and_versions_count_from_one():
    assert len({extractor.name for extractor in ALL}) == len(ALL)
    assert versions() == {extractor.name: extractor.version for extractor in ALL}
    assert all(type(version) is int and version >= 1 for version in versions().values())


@pytest.mark.parametrize("extractor", ALL, ids=by_name)
def test_every_extractor_says_what_it_computes(extractor):
    assert type(extractor).__doc__


SIGNALS = {
    "noise": lambda time: np.random.default_rng(2).normal(scale=0.1, size=time.size),
    "tone": lambda time: 0.5 * np.sin(2 * np.pi * 220 * time),
    "click": lambda time: 0.5 * (np.arange(time.size) == time.size // 2),
    "near silence": lambda time: 1e-9 * np.sin(2 * np.pi * 220 * time),
    "constant": lambda time: np.full(time.size, 0.3),
    "constant and tone": lambda time: 0.5 + 0.1 * np.sin(2 * np.pi * 220 * time),
    "clipped": lambda time: np.clip(50 * np.sin(2 * np.pi * 220 * time), -1, 1),
    "0.1 s": lambda time: 0.5 * np.sin(2 * np.pi * 220 * time[: time.size // 10]),
    "0.01 s": lambda time: 0.5 * np.sin(2 * np.pi * 220 * time[: time.size // 100]),
    "one sample": lambda time: np.array([0.5]),
}


@pytest.fixture(scope="module", params=SIGNALS)
def analysis(request, analyse, profile) -> Analysis:
    rate = profile.audio.sample_rate
    return analyse(SIGNALS[request.param](np.arange(rate) / rate))


@pytest.mark.parametrize("extractor", CORE, ids=by_name)
def test_columns_are_those_declared(extractor, analysis):
    values = extractor.extract(analysis)
    assert list(values) == [column.name for column in extractor.columns]
    for name, value in values.items():
        assert np.isfinite(value) or (np.isnan(value) and name in MAY_BE_UNKNOWN), name


@pytest.mark.parametrize("extractor", FRAMES.values(), ids=by_name)
def test_frames_are_finite_float32(extractor, analysis):
    frames = extractor.extract(analysis)
    assert frames.dtype == np.float32
    assert len(frames) == 1 + analysis.signal.size // analysis.profile.frames.hop_length
    assert np.isfinite(frames).all()
    assert extractor.unit
    assert extractor.description.endswith(".")


@pytest.mark.parametrize("extractor", ALL, ids=by_name)
@pytest.mark.parametrize("frames", [1, 2, 3, 8, 9, 20])
def test_very_short_signals(extractor, analyse, profile, frames):
    signal = np.zeros(frames * profile.frames.hop_length)
    signal[-1] = 0.5
    found = extractor.extract(analyse(signal))
    values = np.fromiter(found.values(), float) if isinstance(found, dict) else found
    assert not np.isinf(values).any()


def test_families():
    assert FAMILIES == ("core", "mel", "mfcc")
    assert check_families(["mfcc", "mel"]) == ("core", "mel", "mfcc")
    assert check_families([]) == ("core",)


def test_unknown_family():
    with pytest.raises(InputError) as caught:
        check_families(["mel", "melody"])
    assert str(caught.value) == "unknown family 'melody': expected some of core, mel, mfcc"
