"""The contract of every feature family, in a loop over the registry."""

import numpy as np
import pytest

from ser_features import extractors, pipeline
from ser_features.audio import Audio
from ser_features.config import PROFILES, SPEECH16K, SPEECH16K_RAW, Profile
from ser_features.engine.open_store import describe
from ser_features.errors import InputError
from ser_features.extractors import (
    CORE_COLUMNS,
    DEFAULT_FAMILIES,
    FAMILIES,
    Analysis,
    Family,
    check_families,
    columns,
    encoder_free,
    of_kind,
    versions,
    wide_family_of,
)
from ser_features.extractors.base import FrameExtractor
from ser_features.extractors.core import GAIN

FREE = encoder_free()
CORE_NAMES = (
    "duration_sec sample_rate mean_amplitude peak_amplitude rms_mean rms_std intensity_db_mean tempo_bpm "
    "zcr_mean zcr_std pitch_mean pitch_median pitch_std pitch_variation voiced_ratio jitter shimmer "
    "mfcc_mean_0 mfcc_mean_1 mfcc_mean_2 mfcc_mean_3 mfcc_mean_4 mfcc_mean_5 mfcc_mean_6 "
    "mfcc_mean_7 mfcc_mean_8 mfcc_mean_9 mfcc_mean_10 mfcc_mean_11 mfcc_mean_12 "
    "mfcc_std_0 mfcc_std_1 mfcc_std_2 mfcc_std_3 mfcc_std_4 mfcc_std_5 mfcc_std_6 "
    "mfcc_std_7 mfcc_std_8 mfcc_std_9 mfcc_std_10 mfcc_std_11 mfcc_std_12 "
    "spectral_centroid_mean spectral_rolloff_mean spectral_flux_mean"
)
MAY_BE_NAN = {*CORE_NAMES.split()[10:17]}
"""Prosody, of what is unvoiced."""

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


@pytest.fixture(params=PROFILES.values(), ids=PROFILES)
def profile(request: pytest.FixtureRequest) -> Profile:
    """Each profile in turn."""
    return request.param


class Toy(FrameExtractor):
    """The signal's mean, once per frame."""

    name = "toy"
    unit = "1"
    description = "Mean of the signal."

    def extract(self, analysis: Analysis) -> np.ndarray:
        """float32, shape (frames, 1)."""
        return np.full((analysis.frames, 1), analysis.signal.mean(), np.float32)


def test_a_new_family_is_registered_by_one_line(monkeypatch):
    monkeypatch.setitem(FAMILIES, "toy", Family("toy", "frames", f"{__name__}:Toy"))
    families = check_families(["toy"])
    audio = Audio(np.full(16_000, 0.25, np.float32), 16_000, 1)
    features = pipeline.features_of(audio, pipeline.analysis_of(audio, SPEECH16K_RAW), families)
    assert families == ("core", "toy")
    assert features.frames["toy"].shape == (101, 1)
    assert (features.frames["toy"] == 0.25).all()
    assert describe(SPEECH16K, families).frames[0].description == "Mean of the signal."
    assert extractors.digest(SPEECH16K, families) != extractors.digest(SPEECH16K, ["core"])


def test_the_46_core_columns_in_their_documented_order():
    assert len(CORE_COLUMNS) == 46
    assert " ".join(column.name for column in CORE_COLUMNS) == CORE_NAMES


def test_columns(profile):
    names = [column.name for column in columns(FREE, profile)]
    assert len(set(names)) == len(names) > 46
    core = columns(["core"], profile)
    assert core == ((*CORE_COLUMNS, GAIN) if profile.audio.conditioning else CORE_COLUMNS)
    assert columns(["core", "mel", "statistics"], profile) == (
        *core,
        *columns(["statistics"], profile),
    )
    for family in of_kind("frames", FREE):
        assert columns([family.name], profile) == ()
    for family in of_kind("columns", FREE):
        for column in columns([family.name], profile):
            assert column.type == "float32", column
            assert column.unit in {"s", "Hz", "dB", "%", "1", "beats/min"}, column
            assert column.description.endswith("."), column
            assert "\n" not in column.description, column
            assert wide_family_of(column.name) is None


def test_wide_families_own_their_columns():
    for family in of_kind("wide", FREE):
        described = columns([family.name], SPEECH16K)
        names = [column.name for column in described]
        assert {wide_family_of(name) for name in names} == {family}
        assert family.extractor.positions(names[::-7], len(names)) == list(range(len(names)))[::-7]


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_has_a_description(name):
    extractor = FAMILIES[name].extractor
    assert type(extractor).__doc__
    if FAMILIES[name].kind != "columns":
        assert extractor.description.endswith(".")
        assert bool(extractor.unit) == (FAMILIES[name].kind == "frames")
        assert extractor.name == name


def test_versions_count_from_one_and_are_those_of_the_families():
    assert all(type(version) is int and version >= 1 for version in versions().values())
    for family in FREE:
        others = versions([name for name in FREE if name != family])
        assert versions([family]) == {name: versions()[name] for name in versions().keys() - others.keys()}


@pytest.mark.parametrize("source", SIGNALS)
def test_features_are_finite_and_as_declared(source, profile):
    rate = profile.audio.sample_rate
    signal = SIGNALS[source](np.arange(rate) / rate)
    analysis = Analysis(signal.astype(np.float32), profile)
    for family in of_kind("columns", FREE):
        values = family.extractor.extract(analysis)
        assert list(values) == [column.name for column in columns([family.name], profile)]
        for name, value in values.items():
            assert np.isfinite(value) or (np.isnan(value) and name in MAY_BE_NAN), name
    for family in of_kind("frames", FREE):
        frames = family.extractor.extract(analysis)
        assert frames.dtype == np.float32
        assert len(frames) == 1 + signal.size // profile.frames.hop_length
        assert np.isfinite(frames).all() or (family.name == "pitch" and not np.isinf(frames).any())


@pytest.mark.parametrize("frames", [1, 2, 3, 8, 9, 20])
def test_very_short_signals(profile, frames):
    signal = np.zeros(frames * profile.frames.hop_length, np.float32)
    signal[-1] = 0.5
    analysis = Analysis(signal, profile)
    for name in FREE:
        values = FAMILIES[name].extractor.extract(analysis)
        values = np.fromiter(values.values(), float) if isinstance(values, dict) else values
        assert not np.isinf(values).any(), name


def test_names():
    frames = ("mel", "mfcc", "pitch", "intonation", "chroma", "contrast", "tonnetz")
    assert ("core", "statistics", "functionals", "loudness", *frames) == FREE
    assert DEFAULT_FAMILIES == ("core", "mel", "mfcc", "pitch")
    assert check_families(["tonnetz", "mfcc", "statistics"]) == ("core", "statistics", "mfcc", "tonnetz")
    assert check_families([]) == ("core",)
    assert check_families(["ssl", "mel"]) == ("core", "ssl_pooled", "mel", "ssl")
    assert check_families(["ssl_pooled"]) == ("core", "ssl_pooled")


@pytest.mark.parametrize("check", [check_families, versions])
def test_unknown_family(check):
    with pytest.raises(InputError) as caught:
        check(["mel", "melody"])
    assert str(caught.value) == (
        "unknown feature family 'melody': did you mean 'mel'? expected one of "
        "core, statistics, functionals, loudness, ssl_pooled, mel, mfcc, pitch, intonation, chroma, "
        "contrast, tonnetz, ssl"
    )
