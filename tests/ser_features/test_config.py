"""Profiles, and their digest, which changes with every parameter."""

import re
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from typing import Any

import pytest

from ser_features import extractors
from ser_features.config import PAPER48K, PROFILES, SPEECH16K, SPEECH16K_RAW, SUFFIXES, Conditioning, profile
from ser_features.errors import InputError

VERSIONS = extractors.versions()


def changes(config: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every way to change one parameter of a configuration: (its path, the changed configuration)."""
    for field in fields(config):
        value = getattr(config, field.name)
        if field.name == "encoder":  # which no profile has of itself: see test_encoder.py
            continue
        if field.name == "conditioning" and value is None:
            yield path + field.name, replace(config, conditioning=Conditioning())
        elif is_dataclass(value):
            inner = changes(value, f"{field.name}.")
            yield from ((name, replace(config, **{field.name: changed})) for name, changed in inner)
        else:
            changed = f"{value}x" if isinstance(value, str) else (value or 0) + 1
            yield path + field.name, replace(config, **{field.name: changed})


@pytest.mark.parametrize("config", PROFILES.values(), ids=PROFILES)
def test_digest_changes_with_every_parameter(config):
    changed = dict(changes(config))
    assert len(changed) == (35 if config.audio.conditioning else 31)
    assert {"name", "audio.trim_db", "frames.hop_length", "pitch.floor", "tempo.max_bpm"} <= changed.keys()
    digests = {name: other.digest(VERSIONS) for name, other in changed.items()}
    assert config.digest(VERSIONS) not in digests.values()
    assert len(set(digests.values())) == len(digests)


@pytest.mark.parametrize("name", VERSIONS)
def test_digest_changes_with_every_extractor_s_version(name):
    assert SPEECH16K.digest(VERSIONS | {name: VERSIONS[name] + 1}) != SPEECH16K.digest(VERSIONS)


@pytest.mark.parametrize(
    ("name", "default_families", "every_family"),
    [
        ("speech16k", "2d083de4399c9d49", "5720c18ea7a8cd15"),
        ("speech16k-compiled", "ccf5e843402c988e", "8f6800885fbc8849"),
        ("speech16k-fast", "ac7e39028553dcad", "2c4cbd9039198b55"),
        ("speech16k-raw", "656f79ec38e9a9d0", "3877dabb2743abdb"),
        ("paper48k", "bb0e5bca899a29b4", "c1b338e838799f62"),
        ("wide16k", "47584cd6bea9000f", "ab60f06473e5d978"),
        ("speech16k+bone", "8444e147fa82f7cf", "d37f8620dcb503fd"),
        ("wide16k+bone", "8a448a943cac31cf", "985e70c3ebcbafbd"),
        ("wide16k-raw+bone", "3794793785dd27cd", "ec4b1fc9478b19e7"),
        ("wide16k-raw+peak", "ab784567527fcfb4", "beb2a9e9550207ee"),
        ("wide16k-raw+denoise", "a5d98e9315f39aa7", "08149ea5d5ddf440"),
        ("wide16k-raw+preemphasis", "2b9654eac04b47b6", "c7a978f5b564aa5d"),
    ],
)
def test_digests_of_existing_stores_and_artifacts(name, default_families, every_family):
    """Raise a version or change a parameter, and all of them have to be made again: mean it, then pin it."""
    assert extractors.digest(profile(name), extractors.DEFAULT_FAMILIES) == default_families
    assert extractors.digest(profile(name), extractors.encoder_free()) == every_family


def test_digest_changes_with_a_new_extractor():
    assert SPEECH16K.digest(VERSIONS | {"new": 1}) != SPEECH16K.digest(VERSIONS)


def test_digest_is_of_values_not_of_order_or_object():
    backwards = dict(reversed(VERSIONS.items()))
    assert replace(SPEECH16K).digest(backwards) == SPEECH16K.digest(VERSIONS)
    assert len(SPEECH16K.digest(VERSIONS)) == 16
    assert int(SPEECH16K.digest(VERSIONS), 16) >= 0


def test_digest_of_families_covers_profile_and_extractors():
    everything = extractors.encoder_free()
    assert extractors.digest(SPEECH16K, everything) == SPEECH16K.digest(VERSIONS)
    assert extractors.digest(SPEECH16K, everything) != extractors.digest(PAPER48K, everything)


def test_profiles_cannot_be_altered():
    with pytest.raises(FrozenInstanceError):
        SPEECH16K.frames.n_mels = 80  # type: ignore[misc]


def test_speech16k_is_25_ms_frames_every_10_ms_at_16_khz():
    rate = SPEECH16K.audio.sample_rate
    assert rate == 16_000
    assert SPEECH16K.frames.frame_length / rate == 0.025
    assert SPEECH16K.frames.hop_length / rate == 0.01


def test_speech16k_raw_is_what_speech16k_was_before_conditioning():
    """A store or an artifact from then has this digest."""
    before = replace(SPEECH16K_RAW, name="speech16k")
    assert extractors.digest(before, extractors.DEFAULT_FAMILIES) == "a4f891c123348670"
    assert extractors.digest(before, extractors.encoder_free()) == "1079a7ce6314f1cd"
    assert replace(before, audio=SPEECH16K.audio) == SPEECH16K


def test_only_the_default_profiles_condition():
    conditioned = [name for name, config in PROFILES.items() if config.audio.conditioning]
    assert conditioned == ["speech16k", "speech16k-compiled", "speech16k-fast"]
    assert all(PROFILES[name].audio.trim_db is None for name in conditioned)
    assert "conditioning" not in PAPER48K.to_json()["audio"]


@pytest.mark.parametrize("config", PROFILES.values(), ids=PROFILES)
def test_the_filter_keeps_every_f0(config):
    if conditioning := config.audio.conditioning:
        assert 60 < conditioning.stop_hz < conditioning.pass_hz < config.pitch.floor


def test_paper48k_is_the_papers():
    assert PAPER48K.audio.sample_rate == 48_000
    assert (PAPER48K.frames.frame_length, PAPER48K.frames.hop_length) == (2048, 512)
    assert (PAPER48K.frames.n_mfcc, PAPER48K.pitch.floor, PAPER48K.pitch.ceiling) == (13, 50, 500)
    assert PAPER48K.audio.trim_db is None


@pytest.mark.parametrize("name", PROFILES)
def test_profile_by_name(name):
    assert profile(name).name == name


@pytest.mark.parametrize("name", ["Speech16k", "speech-16k", "SPEECH16K_FAST", "Speech16k+bone"])
def test_profile_by_another_spelling(name):
    assert profile(name).name.replace("-", "") == name.lower().replace("-", "").replace("_", "")


def test_unknown_profile():
    with pytest.raises(InputError) as caught:
        profile("speech44k")
    assert str(caught.value) == (
        "unknown profile 'speech44k': did you mean 'speech16k'? expected one of speech16k, "
        "speech16k-compiled, speech16k-fast, speech16k-raw, paper48k, wide16k, wide16k-raw, each also with "
        "+bone, +left, +right, +peak, +denoise, +trim, +preemphasis"
    )


def test_wide16k_is_128_bands_of_long_frames():
    config = profile("wide16k")
    assert (config.audio.sample_rate, config.audio.trim_db) == (16_000, 40)
    assert (config.frames.n_fft, config.frames.frame_length, config.frames.hop_length) == (2048, 2048, 512)
    assert (config.frames.n_mels, config.frames.n_mfcc) == (128, 13)
    assert config.pitch == SPEECH16K.pitch


def test_wide16k_raw_is_wide16k_without_trimming():
    raw = profile("wide16k-raw")
    assert raw.audio.trim_db is None
    assert replace(raw, name="wide16k", audio=PROFILES["wide16k"].audio) == PROFILES["wide16k"]


@pytest.mark.parametrize(
    ("name", "method"), [("speech16k-fast", "autocorrelation"), ("speech16k-compiled", "compiled")]
)
def test_profiles_that_are_speech16k_but_for_the_pitch_method(name, method):
    other = profile(name)
    assert other.pitch == replace(SPEECH16K.pitch, method=method)
    assert replace(other, name="speech16k", pitch=SPEECH16K.pitch) == SPEECH16K


@pytest.mark.parametrize("name", PROFILES)
def test_bone_is_the_same_profile_with_the_filter_on(name):
    plain, bone = profile(name), profile(f"{name}+bone")
    assert (plain.audio.bone_conduction, bone.audio.bone_conduction) == (False, True)
    assert replace(bone, name=name, audio=plain.audio) == plain
    assert bone.name == f"{name}+bone"
    assert bone.digest(VERSIONS) != plain.digest(VERSIONS)


@pytest.mark.parametrize(
    "name", ["+bone", "speech44k+bone", "speech16k+bone+bone", "speech16k+", "speech16k+left+right"]
)
def test_unknown_profile_with_bone(name):
    with pytest.raises(InputError, match=f"unknown profile '{re.escape(name)}': .*expected one of speech16k"):
        profile(name)


def test_one_channel_by_the_name_of_the_profile():
    right = profile("speech16k+right")
    assert (right.name, right.audio.channel) == ("speech16k+right", "right")
    assert right.digest(VERSIONS) != replace(SPEECH16K, name=right.name).digest(VERSIONS)
    assert profile("wide16k+bone+left").audio.bone_conduction


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_suffix_changes_its_field_and_the_digest(suffix):
    plain, changed = profile("paper48k"), profile(f"paper48k{suffix}")
    (field, value), *others = SUFFIXES[suffix].items()
    assert not others
    assert getattr(changed.audio, field) == value
    assert replace(changed.audio, **{field: getattr(plain.audio, field)}) == plain.audio
    assert changed.digest(VERSIONS) != replace(plain, name=changed.name).digest(VERSIONS)


@pytest.mark.parametrize(
    "name", ["speech16k+peak", "speech16k-fast+trim", "speech16k-raw+trim", "wide16k+trim"]
)
def test_a_suffix_that_the_profile_covers(name):
    plain, suffix = name.split("+")
    with pytest.raises(InputError) as caught:
        profile(name)
    message = f"profile '{name}': {plain} does +{suffix} itself: leave +{suffix} out, or use one of "
    assert str(caught.value).startswith(message)
    assert "paper48k" in str(caught.value)
