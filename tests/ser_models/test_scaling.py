"""Scaling learns from training recordings alone and treats every recording by itself."""

import numpy as np
import pytest

from ser_features.errors import InputError
from ser_models.dataset import Examples, load_examples
from ser_models.inputs import ColumnInputs, FrameInputs
from ser_models.scaling import Scaler, pad_or_crop

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


def test_a_column_that_nobody_has_stays_as_zero(make_examples):
    examples = with_columns(make_examples(speakers=2), rms_mean=1.0, pitch_mean=np.nan)
    scaled = Scaler.fit(COLUMNS, examples).transform(examples.read(COLUMNS))["columns"]
    np.testing.assert_array_equal(scaled, np.zeros((12, 2)))


def test_scaler_remembers_what_it_was_fitted_on(make_examples):
    examples = with_columns(make_examples(speakers=2), rms_mean=1.0, pitch_mean=1.0)
    train = examples.take(examples.rows["file_id"].tolist()[:4])
    assert Scaler.fit(COLUMNS, train).seen == frozenset(train.rows["file_id"])


def test_frames_are_scaled_per_band_over_all_training_frames(store):
    examples = load_examples(store)
    inputs = FrameInputs("mel", length=40)
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
    inputs = FrameInputs("mel", length=200)
    arrays = Scaler.fit(inputs, examples).transform(examples.read(inputs))
    assert (arrays["mask"].sum(axis=1) < 200).all()
    assert not arrays["frames"][arrays["mask"] == 0].any()


@pytest.mark.parametrize(("count", "length", "first"), [(10, 4, 3), (10, 10, 0), (3, 8, 0), (11, 4, 3)])
def test_crop_is_the_centre_and_padding_is_behind(count, length, first):
    frames = np.arange(1.0, count + 1)[:, None]
    out, mask = pad_or_crop(frames, length)
    kept = min(count, length)
    assert out.shape == (length, 1)
    assert mask.tolist() == [1] * kept + [0] * (length - kept)
    assert out[:kept, 0].tolist() == frames[first : first + kept, 0].tolist()


def test_a_column_that_the_store_lacks_is_named(make_examples):
    with pytest.raises(InputError, match="the store has no column rms_mean, pitch_mean"):
        make_examples().read(COLUMNS)


def test_frames_without_a_store_are_refused(make_examples):
    with pytest.raises(InputError, match="mel frames were asked of rows without a store"):
        make_examples().read(FrameInputs("mel", length=10))
