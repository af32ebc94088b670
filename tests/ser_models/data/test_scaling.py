"""Scaling is fitted on training recordings only and treats every recording independently."""

import numpy as np
import pytest
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ser_models.data import batches
from ser_models.data.batches import Scaler, fit_statistics
from ser_models.data.examples import Examples, load_examples
from ser_models.data.frame_inputs import ChunkInputs, FrameInputs
from ser_models.data.inputs import ColumnInputs, JointInputs, separated

COLUMNS = ColumnInputs(("rms_mean", "pitch_mean"))


def with_columns(examples: Examples, **columns) -> Examples:
    return Examples(examples.rows.assign(**columns), examples.labels)


def test_columns_have_zero_mean_and_unit_variance_over_training(make_examples):
    values = np.arange(12.0)
    examples = with_columns(make_examples(speakers=2), rms_mean=values, pitch_mean=values**2)
    scaled = Scaler.fit(COLUMNS, examples).transform(examples.read(COLUMNS))["columns"]
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(scaled.std(axis=0), 1, atol=1e-6)


def test_missing_values_become_the_training_median(make_examples):
    pitch = np.r_[np.nan, np.arange(11.0)]
    examples = with_columns(make_examples(speakers=2), rms_mean=1.0, pitch_mean=pitch)
    scaler = Scaler.fit(COLUMNS, examples)
    missing, median = scaler.transform(np.array([[1, np.nan], [1, 5]], dtype=np.float32))["columns"]
    np.testing.assert_array_equal(missing, median)


def test_a_column_without_values_is_zero(make_examples):
    examples = with_columns(make_examples(speakers=2), rms_mean=1.0, pitch_mean=np.nan)
    scaled = Scaler.fit(COLUMNS, examples).transform(examples.read(COLUMNS))["columns"]
    np.testing.assert_array_equal(scaled, np.zeros((12, 2)))


def test_the_scaler_records_its_recordings(make_examples):
    examples = with_columns(make_examples(speakers=2), rms_mean=1.0, pitch_mean=1.0)
    train = examples.take(examples.rows["file_id"].tolist()[:4])
    assert Scaler.fit(COLUMNS, train).seen == frozenset(train.rows["file_id"])


def test_frames_are_scaled_per_band_over_all_training_frames(store):
    examples = load_examples(store)
    inputs = FrameInputs(("mel",), length=40)
    raw = examples.read(inputs)
    arrays = Scaler.fit(inputs, examples).transform(raw)
    stacked = np.concatenate(raw).astype(np.float64)
    expected = (raw[0] - stacked.mean(axis=0)) / stacked.std(axis=0)
    count = int(arrays["mask"][0].sum())
    start = max(0, (len(raw[0]) - 40) // 2)
    np.testing.assert_allclose(arrays["frames"][0, :count], expected[start : start + count], atol=1e-3)
    assert arrays["frames"].shape == (72, 40, 64)


def test_padding_is_zero_after_scaling(store):
    examples = load_examples(store)
    inputs = FrameInputs(("mel",), length=200)
    arrays = Scaler.fit(inputs, examples).transform(examples.read(inputs))
    assert (arrays["mask"].sum(axis=1) < 200).all()
    assert not arrays["frames"][arrays["mask"] == 0].any()


def test_joined_families_are_scaled_like_each_alone(store):
    examples = load_examples(store)
    both = FrameInputs(("mel", "mfcc"), length=40)
    joined = Scaler.fit(both, examples).transform(examples.read(both))
    for family, bands in (("mel", slice(0, 64)), ("mfcc", slice(64, None))):
        alone = FrameInputs((family,), length=40)
        arrays = Scaler.fit(alone, examples).transform(examples.read(alone))
        np.testing.assert_allclose(joined["frames"][..., bands], arrays["frames"], atol=1e-4)
        np.testing.assert_array_equal(joined["mask"], arrays["mask"])


@pytest.mark.parametrize("at_once", [1, 100, 10**9])
def test_the_block_size_does_not_change_the_statistics(store, monkeypatch, at_once):
    monkeypatch.setattr(batches, "FRAMES_AT_ONCE", at_once)
    examples = load_examples(store)
    inputs = FrameInputs(("mel",), length=40)
    stacked = np.concatenate(examples.read(inputs)).astype(np.float64)
    fitted = Scaler.fit(inputs, examples).statistics
    np.testing.assert_allclose(fitted["mean"], stacked.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(fitted["scale"], stacked.std(axis=0), rtol=1e-6)


def test_nothing_is_fitted_for_chunks(store):
    examples = load_examples(store)
    inputs = ChunkInputs("mel", chunks=2, frames=30)
    scaler = Scaler.fit(inputs, examples)
    assert scaler.seen == frozenset()
    raw = examples.read(inputs)
    arrays = scaler.transform(raw)
    assert arrays["chunks"].shape == (72, 2, 64, 30, 1)
    assert arrays["chunks"].min() == 0
    assert arrays["chunks"].max() == 1
    np.testing.assert_array_equal(scaler.transform(raw[5:6])["chunks"][0], arrays["chunks"][5])


def test_parts_are_scaled_like_each_alone(store):
    examples = load_examples(store)
    parts = (COLUMNS, FrameInputs(("mel",), 40), ChunkInputs("mel", 2, 20))
    joint = Scaler.fit(JointInputs(parts), examples)
    assert joint.seen == frozenset(examples.rows["file_id"])
    arrays = joint.transform(examples.read(joint.inputs)[3:6])
    for index, part in enumerate(parts):
        alone = Scaler.fit(part, examples).transform(examples.read(part)[3:6])
        own = separated(arrays, index)
        assert own.keys() == alone.keys()
        for name, array in alone.items():
            np.testing.assert_array_equal(own[name], array)


def test_a_scaler_of_one_kind_has_no_parts(store):
    with pytest.raises(ValueError, match="a scaler of columns has no parts"):
        Scaler.fit(COLUMNS, load_examples(store)).part(0)


RAW = np.random.default_rng(0).normal(-40, 15, size=(20, 2)).astype(np.float32)


def test_scaling_equals_that_of_scikit_learn_to_the_bit():
    raw = np.where(np.random.default_rng(1).random(RAW.shape) < 0.2, np.nan, RAW).astype(np.float32)
    pipeline = make_pipeline(SimpleImputer(strategy="median"), StandardScaler()).fit(raw)
    scaled = Scaler(COLUMNS, fit_statistics(COLUMNS, raw)).transform(raw)["columns"]
    np.testing.assert_array_equal(scaled, pipeline.transform(raw))


@pytest.mark.parametrize("inputs", [COLUMNS, FrameInputs(("mel",), length=40)])
def test_the_fitted_standard_scaler_is_rebuilt(inputs):
    raw = RAW if inputs is COLUMNS else [RAW]
    scaler = Scaler(inputs, fit_statistics(inputs, raw)).standard_scaler()
    expected = StandardScaler().fit(RAW)
    np.testing.assert_array_equal(scaler.transform(RAW), expected.transform(RAW))
    np.testing.assert_array_equal(scaler.inverse_transform(RAW), expected.inverse_transform(RAW))
    assert scaler.n_samples_seen_ == expected.n_samples_seen_


def test_joint_inputs_have_a_standard_scaler_per_part_and_chunks_none():
    joint = JointInputs((COLUMNS, COLUMNS))
    raw = list(zip(RAW, RAW, strict=True))
    first, second = Scaler(joint, fit_statistics(joint, raw)).standard_scaler()
    np.testing.assert_array_equal(first.mean_, second.mean_)
    assert Scaler(ChunkInputs("mel", 2, 3), {}).standard_scaler() is None
