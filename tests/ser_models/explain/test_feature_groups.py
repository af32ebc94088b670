"""Parts cover what a model reads, every column and band once, whatever the profile."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from ser_features.config import PROFILES, EncoderConfig
from ser_features.errors import InputError
from ser_features.extractors import FAMILIES, Analysis, encoder_free, of_kind
from ser_models.data.inputs import WITH_GAPS, ChunkInputs, ColumnInputs, FrameInputs, JointInputs
from ser_models.explain.feature_groups import parts
from ser_models.models import MODELS, create


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize(
    "family", sorted({family.name for family in of_kind("frames", encoder_free())} - WITH_GAPS)
)
def test_every_band_of_a_family_is_in_one_part(family, profile):
    signal = np.sin(np.arange(profile.audio.sample_rate) / 9).astype(np.float32)
    bands = FAMILIES[family].extractor.extract(Analysis(signal, profile)).shape[1]
    found = parts(FrameInputs((family,), 10), profile)
    assert sorted(place for part in found for place in part.places) == list(range(bands))
    assert len({part.name for part in found}) == len(found)


def test_families_stand_side_by_side():
    profile = PROFILES["speech16k"]
    both = parts(FrameInputs(("mel", "mfcc"), 10), profile)
    assert [part.name for part in both[8:]] == [
        "MFCC 0", "MFCC 1–4", "MFCC 5–12", "ΔMFCC 0", "ΔMFCC 1–4", "ΔMFCC 5–12",
        "ΔΔMFCC 0", "ΔΔMFCC 1–4", "ΔΔMFCC 5–12",
    ]  # fmt: skip
    assert both[8].places == (64,)
    assert both[-1].places == tuple(range(64 + 26 + 5, 64 + 39))
    assert "change" in both[11].description
    assert parts(ChunkInputs("mel", 2, 5), profile) == both[:8]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_mel_ranges_follow_each_other_up_to_half_the_sample_rate(profile):
    names = [part.name for part in parts(FrameInputs(("mel",), 10), profile)]
    ranges = [name.removeprefix("mel ").removesuffix(" Hz").split("–") for name in names]
    assert ranges[0][0] == "0"
    assert ranges[-1][1] == str(profile.audio.sample_rate // 2)
    assert all(one[1] == next_one[0] for one, next_one in pairwise(ranges))


def test_a_tone_lies_in_the_range_that_is_named_for_it():
    profile = PROFILES["speech16k"]
    signal = np.sin(2 * np.pi * 3000 * np.arange(16_000) / 16_000).astype(np.float32)
    mel = Analysis(signal, profile).mel_db.mean(axis=0)
    loudest = max(parts(FrameInputs(("mel",), 10), profile), key=lambda part: mel[list(part.places)].max())
    low, high = (int(edge) for edge in loudest.name.removeprefix("mel ").removesuffix(" Hz").split("–"))
    assert low <= 3000 <= high


@pytest.mark.parametrize("name", MODELS)
def test_every_model_can_be_cut_into_parts(name):
    inputs = create(name, described_only=True).inputs
    profile = replace(PROFILES["wide16k"], encoder=EncoderConfig("/x", "0" * 64, layer=12, size=768))
    if isinstance(inputs, JointInputs):
        with pytest.raises(InputError, match=r"an ensemble reads in 3 ways at once, expected a single model"):
            parts(inputs, profile)
        return
    found = parts(inputs, profile)
    assert len(found) > 1
    assert all(part.description.endswith(".") for part in found)
    if isinstance(inputs, ColumnInputs):
        assert tuple(part.name for part in found) == inputs.columns
