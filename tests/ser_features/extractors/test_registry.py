"""The contract of every extractor, looped over the registry: a new one is tested by existing."""

import numpy as np
import pytest

from ser_features.config import SPEECH16K
from ser_features.errors import InputError
from ser_features.extractors import (
    COLUMNS,
    CORE_COLUMNS,
    DEFAULT_FAMILIES,
    FAMILIES,
    FILED,
    FRAMES,
    Analysis,
    check_families,
    column_extractors,
    columns,
    versions,
)

ALL = [*column_extractors(COLUMNS, SPEECH16K), *FILED.values()]
CORE_NAMES = (
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
    assert " ".join(column.name for column in CORE_COLUMNS) == CORE_NAMES


@pytest.mark.parametrize("family", COLUMNS)
def test_every_column_is_described(family, profile):
    for column in columns([family], profile):
        assert column.type == "float32", column
        assert column.unit in {"s", "Hz", "dB", "%", "1", "beats/min"}, column
        assert column.description.endswith("."), column
        assert "\n" not in column.description, column


def test_names_of_columns_are_unique_over_all_families(profile):
    names = [column.name for column in columns(FAMILIES, profile)]
    assert len(set(names)) == len(names) > 46


def test_core_is_the_same_in_every_profile(profile):
    assert columns(["core"], profile) == CORE_COLUMNS


def test_columns_are_those_of_the_asked_families_alone(profile):
    core, statistics = columns(["core"], profile), columns(["statistics"], profile)
    assert columns(["core", "mel", "statistics"], profile) == (*core, *statistics)
    assert columns(FRAMES, profile) == ()


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


@pytest.mark.parametrize("family", COLUMNS)
def test_columns_are_those_declared(family, analysis):
    for extractor in column_extractors([family], analysis.profile):
        values = extractor.extract(analysis)
        assert list(values) == [column.name for column in extractor.columns]
        for name, value in values.items():
            assert np.isfinite(value) or (np.isnan(value) and name in MAY_BE_UNKNOWN), name


@pytest.mark.parametrize("extractor", FRAMES.values(), ids=by_name)
def test_frames_are_finite_float32_but_for_the_pitch_of_what_is_unvoiced(extractor, analysis):
    frames = extractor.extract(analysis)
    assert frames.dtype == np.float32
    assert len(frames) == 1 + analysis.signal.size // analysis.profile.frames.hop_length
    assert np.isfinite(frames).all() or (extractor.name == "pitch" and not np.isinf(frames).any())
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
    frames = ("mel", "mfcc", "pitch", "chroma", "contrast", "tonnetz")
    assert ("core", "statistics", "functionals", *frames) == FAMILIES
    assert DEFAULT_FAMILIES == ("core", "mel", "mfcc", "pitch")
    assert check_families(["tonnetz", "mfcc", "statistics"]) == ("core", "statistics", "mfcc", "tonnetz")
    assert check_families([]) == ("core",)
    assert check_families(["ssl", "mel"]) == ("core", "ssl_pooled", "mel", "ssl")
    assert check_families(["ssl_pooled"]) == ("core", "ssl_pooled")


@pytest.mark.parametrize("family", FAMILIES)
def test_versions_are_those_of_exactly_the_asked_families(family):
    others = [name for name in FAMILIES if name != family]
    assert versions([family])
    assert versions([family]).keys() == versions().keys() - versions(others).keys()


def test_unknown_family():
    with pytest.raises(InputError) as caught:
        check_families(["mel", "melody"])
    message = (
        "unknown family 'melody': expected some of "
        "core, statistics, functionals, ssl_pooled, mel, mfcc, pitch, chroma, contrast, tonnetz, ssl"
    )
    assert str(caught.value) == message
    with pytest.raises(InputError) as caught:
        versions(["melody"])
    assert str(caught.value) == message
