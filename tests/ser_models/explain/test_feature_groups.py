"""Feature groups cover the input of every model, each column and band once, for every profile."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from ser_features.config import PROFILES, EncoderConfig
from ser_features.extractors import FAMILIES, Analysis, encoder_free, of_kind
from ser_models.data.frame_inputs import WITH_GAPS, ChunkInputs, FrameInputs
from ser_models.data.inputs import ColumnInputs, JointInputs
from ser_models.explain.feature_groups import feature_groups, topic_groups
from ser_models.models import MODELS, create

SPEECH16K = PROFILES["speech16k"]


def mel_ranges(profile):
    names = [group.name for group in feature_groups(FrameInputs(("mel",), 10), profile)]
    return [name.removeprefix("mel ").removesuffix(" Hz").split("–") for name in names]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize(
    "family", sorted({family.name for family in of_kind("frames", encoder_free())} - WITH_GAPS)
)
def test_every_band_of_a_family_is_in_one_group(family, profile):
    signal = np.sin(np.arange(profile.audio.sample_rate) / 9).astype(np.float32)
    bands = FAMILIES[family].extractor.extract(Analysis(signal, profile)).shape[1]
    groups = feature_groups(FrameInputs((family,), 10), profile)
    assert sorted(index for group in groups for index in group.indices[0]) == list(range(bands))
    assert len({group.name for group in groups}) == len(groups)


def test_families_follow_each_other():
    both = feature_groups(FrameInputs(("mel", "mfcc"), 10), SPEECH16K)
    assert [group.name for group in both[8:]] == [
        "MFCC 0", "MFCC 1–4", "MFCC 5–12", "ΔMFCC 0", "ΔMFCC 1–4", "ΔMFCC 5–12",
        "ΔΔMFCC 0", "ΔΔMFCC 1–4", "ΔΔMFCC 5–12",
    ]  # fmt: skip
    assert both[8].indices == ((64,),)
    assert both[-1].indices == (tuple(range(64 + 26 + 5, 64 + 39)),)
    assert "derivative" in both[11].description
    assert feature_groups(ChunkInputs("mel", 2, 5), SPEECH16K) == both[:8]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_mel_ranges_are_contiguous_up_to_half_the_sample_rate(profile):
    ranges = mel_ranges(profile)
    assert ranges[0][0] == "0"
    assert ranges[-1][1] == str(profile.audio.sample_rate // 2)
    assert all(one[1] == following[0] for one, following in pairwise(ranges))


def test_a_tone_is_loudest_in_the_range_of_its_frequency():
    signal = np.sin(2 * np.pi * 3000 * np.arange(16_000) / 16_000).astype(np.float32)
    mel = Analysis(signal, SPEECH16K).mel_db.mean(axis=0)
    groups = feature_groups(FrameInputs(("mel",), 10), SPEECH16K)
    levels = [mel[list(group.indices[0])].max() for group in groups]
    low, high = (int(edge) for edge in mel_ranges(SPEECH16K)[int(np.argmax(levels))])
    assert low <= 3000 <= high


@pytest.mark.parametrize("name", MODELS)
def test_every_feature_of_every_model_is_in_one_group(name):
    inputs = create(name, described_only=True).inputs
    profile = replace(PROFILES["wide16k"], encoder=EncoderConfig("/x", "0" * 64, layer=12, size=768))
    for groups in (feature_groups(inputs, profile), topic_groups(inputs, profile)):
        assert len(groups) > 1
        assert all(group.description.endswith(".") for group in groups)
        parts = inputs.parts if isinstance(inputs, JointInputs) else (inputs,)
        for number, part in enumerate(parts):
            indices = sorted(index for group in groups for index in group.indices[number])
            assert indices == list(range(len(indices)))
            if isinstance(part, ColumnInputs):
                assert len(indices) == len(part.columns)


def test_a_few_columns_are_explained_one_by_one_and_many_by_topic():
    few, many = create("logistic").inputs, create("ridge").inputs
    assert tuple(group.name for group in feature_groups(few, SPEECH16K)) == few.columns
    topics = ["pitch", "voice quality", "rhythm", "level", "spectrum", "MFCC", "modulation"]
    assert [group.name for group in feature_groups(many, SPEECH16K)] == topics
    assert len(feature_groups(many, SPEECH16K, by_column=True)) == len(many.columns)
    best = feature_groups(create("best").inputs, SPEECH16K)
    assert [group.name for group in best] == topics
    for topic in ("MFCC", "pitch"):
        assert all(best[topics.index(topic)].indices)
    assert [bool(part) for part in best[topics.index("level")].indices] == [True, True, False, False, False]


def test_own_features_are_grouped_by_the_beginning_of_their_names():
    names = [f"own/{word}{number}_mean" for word in ("loudness", "mfcc") for number in range(40)]
    assert [group.name for group in feature_groups(ColumnInputs(tuple(names)), SPEECH16K)] == [
        "loudness",
        "mfcc",
    ]
    groups = feature_groups(ColumnInputs(tuple(names[:40])), SPEECH16K)
    assert groups[39].name == "loudness39_mean"
    embedding = ColumnInputs(tuple(f"own/e_{number}" for number in range(100)))
    assert len(feature_groups(embedding, SPEECH16K)) == 100, "a single group says nothing"
