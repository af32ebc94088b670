"""Columns on disk: models that are fitted batch by batch predict as those that are fitted at once."""

import numpy as np
import pytest

from ser_features.store import Store
from ser_models.data.column_file import PLACE
from ser_models.data.examples import Examples, load_examples
from ser_models.data.split import make_split
from ser_models.experiments import train as experiments
from ser_models.experiments.train import read_data
from ser_models.models import create
from ser_models.models.feature_sets import CORE_INPUTS
from ser_models.training.config import TrainConfig
from ser_models.training.train import train

SMALL = {
    "logistic": {},
    "ridge": {"columns": CORE_INPUTS},
    "xgboost": {"n_estimators": 8, "patience": 8},
}
"""Hyperparameters of a short training by model."""


def columns_of(model: str) -> tuple[str, ...]:
    return create(model, SMALL[model]).inputs.columns


def test_rows_and_columns_are_those_in_memory(store: Store):
    inputs = create("logistic").inputs
    whole, apart = load_examples(store), load_examples(store, on_disk=inputs.columns)
    left_out = set(whole.rows) - set(apart.rows)
    on_disk = set(inputs.columns) - {"duration_sec"}
    assert left_out >= on_disk
    assert whole.rows[list(left_out - on_disk)].isna().all(axis=None)
    assert set(apart.rows) - set(whole.rows) == {PLACE}
    kept = list(set(whole.rows) & set(apart.rows))
    assert apart.rows[kept].astype(object).equals(whole.rows[kept].astype(object))
    some = list(whole.rows["file_id"][[5, 0, 3]])
    for examples, other in ((apart, whole), (apart.take(some), whole.take(some))):
        raw = examples.read(inputs)
        assert len(raw) == len(other)
        np.testing.assert_array_equal(raw[:], other.read(inputs))


@pytest.mark.parametrize("model", SMALL)
@pytest.mark.parametrize("emotions", [2, None])
def test_predictions_equal_those_of_a_fit_at_once(store: Store, model: str, emotions: int | None):
    def fitted(examples: Examples) -> Examples:
        kept = examples.keep_labels(examples.labels[:emotions], "few")
        config = TrainConfig(model, SMALL[model])
        return train(kept, make_split(kept, seed=0), config)

    at_once = fitted(load_examples(store))
    in_batches = fitted(load_examples(store, on_disk=columns_of(model)))
    for name, values in at_once.scaler.statistics.items():
        np.testing.assert_allclose(in_batches.scaler.statistics[name], values, rtol=1e-6, atol=1e-9)
    probabilities = [
        one.predictions.set_index("file_id").filter(like="p_").sort_index() for one in (in_batches, at_once)
    ]
    np.testing.assert_allclose(*probabilities, atol=1e-3)


@pytest.mark.parametrize(
    ("model", "settings", "on_disk"),
    [
        ("logistic", {}, True),
        ("xgboost", {}, True),
        ("ridge", {"hyperparameters": {"columns": CORE_INPUTS}}, True),
        ("ridge", {}, False),
        ("random_forest", {}, False),
        ("logistic", {"speaker_norm": True}, False),
    ],
)
def test_columns_of_large_stores_stay_on_disk(store: Store, monkeypatch, model, settings, on_disk):
    assert read_data(store, TrainConfig(model, **settings)).examples.columns is None
    monkeypatch.setattr(experiments, "MAX_COLUMNS_IN_MEMORY", 0)
    columns = read_data(store, TrainConfig(model, **settings)).examples.columns
    assert (columns is not None) == on_disk
    if columns:
        assert columns.names == columns_of(model)
