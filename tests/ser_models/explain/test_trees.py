"""SHAP values of boosted trees: they add up, and find the feature that decides."""

import numpy as np
import pytest
from scipy.stats import rankdata
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from ser_models import inference
from ser_models.artifact.native_backend import NativeBackend
from ser_models.data.batches import InMemory
from ser_models.data.scaling import Scaler
from ser_models.explain import trees
from ser_models.models.base import Labelled
from ser_models.models.trees import Xgboost

DECIDES = 7
CLASSES = 3


@pytest.fixture(scope="module")
def raw():
    """Recordings of noise, in one column of which the class is written; some values are missing."""
    rng = np.random.default_rng(0)
    matrix = rng.normal(100, 30, size=(150, len(Xgboost().inputs.columns))).astype(np.float32)
    matrix[:, 3][rng.random(150) < 0.3] = np.nan
    matrix[:, 5] = 1.0
    matrix[:, DECIDES] = 10 * (np.arange(150) % CLASSES)
    return matrix


@pytest.fixture(scope="module")
def fitted(raw):
    model = Xgboost(n_estimators=20, colsample_bytree=1.0)
    pipeline = Pipeline([("impute", SimpleImputer(strategy="median")), ("scale", StandardScaler())]).fit(raw)
    scaler = Scaler(model.inputs, pipeline)
    labelled = Labelled(InMemory(dict(scaler.transform(raw))), np.arange(150) % CLASSES, CLASSES)
    model.fit(labelled, labelled, seed=0, on_epoch=lambda row: None)
    return NativeBackend(model, scaler)


def test_contributions_add_up_to_the_margin(fitted, raw):
    found = trees.shares(fitted, raw)
    said = trees.margins(fitted, raw)
    assert found.by_feature.shape == (150, CLASSES, raw.shape[1])
    assert found.margins == pytest.approx(said, abs=1e-4)
    odds = np.exp(found.margins)
    assert odds / odds.sum(axis=1, keepdims=True) == pytest.approx(fitted.probabilities(raw), abs=1e-4)


def test_the_feature_that_decides_comes_first(fitted, raw):
    sizes = np.abs(trees.shares(fitted, raw).by_feature).mean(axis=0)
    assert set(sizes.argmax(axis=1)) == {DECIDES}
    assert sizes[:, DECIDES].min() > 10 * np.delete(sizes, DECIDES, axis=1).max()


def test_directions_say_which_end_speaks_for_a_class(fitted, raw):
    ways = trees.directions(trees.shares(fitted, raw))
    assert ways[0, DECIDES] < -0.8
    assert ways[2, DECIDES] > 0.8
    assert abs(ways[1, DECIDES]) < 0.3
    assert np.isnan(ways[:, 5]).all()
    finite = ways[np.isfinite(ways)]
    assert np.abs(finite).max() <= 1 + 1e-9


def test_directions_are_correlations_with_ranks(fitted, raw):
    found = trees.shares(fitted, raw)
    ranks, added = rankdata(found.values[:, DECIDES]), found.by_feature[:, 0, DECIDES]
    assert trees.directions(found)[0, DECIDES] == pytest.approx(np.corrcoef(ranks, added)[0, 1])


def test_only_trees_are_taken_for_trees(artifacts):
    assert trees.trees_of(inference.load(artifacts("xgboost")).artifact) is not None
    assert trees.trees_of(inference.load(artifacts("logistic")).artifact) is None
