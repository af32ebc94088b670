"""Inputs are equal from a store and from a file."""

import json

import numpy as np
import pytest

from ser_features.config import profile
from ser_features.engine import extract_corpora
from ser_features.errors import InputError
from ser_features.extractors import CORE_COLUMNS, encoder_free
from ser_features.pipeline import extract
from ser_features.store import open_store
from ser_models.data.examples import load_examples
from ser_models.data.frame_inputs import ChunkInputs, FrameInputs
from ser_models.data.frames import JoinedFrames
from ser_models.data.inputs import ColumnInputs
from tests.faults.serial import Serial

INPUTS = [
    ColumnInputs(("rms_mean", "mfcc_mean_3")),
    ColumnInputs(("mel_mean_127", "rms_mean", "zcr_range")),
    ColumnInputs(("loudness_03__peak_rate", "mel_07__mean", "rms_mean", "loudness_25__rising")),
    FrameInputs(("mel",), 40),
    FrameInputs(("mfcc", "chroma", "mel"), 40),
    ChunkInputs("mel", chunks=3, frames=6),
]


@pytest.fixture(scope="module")
def whole_store(recordings, tmp_path_factory):
    """Nine recordings in a store of every family."""
    wide = {"profile": profile("wide16k"), "features": encoder_free(), "limit": 9}
    root = tmp_path_factory.mktemp("whole") / "store"
    extract_corpora([str(recordings / "own.csv")], data=recordings, store=root, runner=Serial(), **wide)
    return open_store(root)


@pytest.mark.parametrize("inputs", INPUTS, ids=lambda inputs: "-".join((inputs.kind, *inputs.families)))
def test_a_store_and_a_file_have_equal_values(inputs, whole_store, recordings):
    examples = load_examples(whole_store)
    stored = examples.read(inputs)[:5]
    paths = [recordings / path for path in examples.rows["path"][:5]]
    fresh = inputs.from_features([extract(path, profile("wide16k"), inputs.families) for path in paths])
    for one, other in zip(stored, fresh, strict=True):
        np.testing.assert_allclose(np.asarray(one), np.asarray(other), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("inputs", INPUTS, ids=lambda inputs: "-".join((inputs.kind, *inputs.families)))
def test_json_round_trip(inputs):
    content = json.loads(json.dumps(inputs.to_json()))
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in content.items()}
    assert values.pop("kind") == inputs.kind
    assert type(inputs)(**values) == inputs


def test_families_of_columns():
    core = tuple(column.name for column in CORE_COLUMNS)
    assert ColumnInputs(core).families == ("core",)
    assert ColumnInputs((*core, "mel_mean_0")).families == ("core", "statistics")
    assert ColumnInputs(("mel_std_3",)).families == ("core", "statistics")


def test_bands_are_joined_in_the_order_of_the_families(whole_store):
    examples = load_examples(whole_store)
    joined = examples.read(FrameInputs(("chroma", "mel", "tonnetz"), 40))[7]
    assert isinstance(joined, JoinedFrames)
    parts = [examples.read(FrameInputs((family,), 40))[7] for family in ("chroma", "mel", "tonnetz")]
    np.testing.assert_array_equal(np.asarray(joined), np.concatenate(parts, axis=1))
    np.testing.assert_array_equal(joined[3:9], np.concatenate(parts, axis=1)[3:9])
    assert len(joined) == len(parts[0])
    assert all(isinstance(part, np.memmap) for part in joined.parts), "read on access"


def test_many_missing_columns_are_named_in_part(store):
    inputs = ColumnInputs(tuple(f"mel_mean_{index}" for index in range(12)))
    with pytest.raises(InputError) as error:
        load_examples(store).read(inputs)
    assert str(error.value) == (
        "the store has no column mel_mean_0, mel_mean_1, mel_mean_2, mel_mean_3, mel_mean_4 and 7 more: "
        "extract into a new store with --features core statistics and a profile that gives them"
    )


def test_missing_columns_of_rows_are_named(make_examples):
    with pytest.raises(InputError, match="the store has no column rms_mean, pitch_mean"):
        make_examples().read(ColumnInputs(("rms_mean", "pitch_mean")))
