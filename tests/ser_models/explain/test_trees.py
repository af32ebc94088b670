"""SHAP values of boosted trees sum to the margin and find the decisive feature."""

import numpy as np
import pytest
import xgboost
from scipy.stats import rankdata

from ser_models import inference
from ser_models.artifact.native_backend import NativeBackend
from ser_models.data.batches import InMemory, Scaler, fit_statistics
from ser_models.explain import trees
from ser_models.models.base import FitContext, Labelled
from ser_models.models.trees import Xgboost

DECISIVE = 7
CLASSES = 3


@pytest.fixture(scope="module")
def raw():
    """Noise with missing values; one column contains the class."""
    rng = np.random.default_rng(0)
    matrix = rng.normal(100, 30, size=(150, len(Xgboost().inputs.columns))).astype(np.float32)
    matrix[:, 3][rng.random(150) < 0.3] = np.nan
    matrix[:, 5] = 1.0
    matrix[:, DECISIVE] = 10 * (np.arange(150) % CLASSES)
    return matrix


@pytest.fixture(scope="module")
def fitted(raw):
    model = Xgboost(n_estimators=20, colsample_bytree=1.0)
    scaler = Scaler(model.inputs, fit_statistics(model.inputs, raw))
    labelled = Labelled(InMemory(dict(scaler.transform(raw))), np.arange(150) % CLASSES, CLASSES)
    model.fit(labelled, labelled, FitContext(0))
    return NativeBackend(model, scaler)


def margins(fitted, raw):
    """XGBoost's own margins before the softmax."""
    matrix = xgboost.DMatrix(fitted.scaler.transform(raw)["columns"])
    return fitted.model.booster.predict(matrix, output_margin=True)


def test_shap_values_sum_to_the_margin(fitted, raw):
    shap = trees.shap_values(fitted, raw)
    assert shap.by_feature.shape == (150, CLASSES, raw.shape[1])
    assert shap.margins == pytest.approx(margins(fitted, raw), abs=1e-4)
    odds = np.exp(shap.margins)
    assert odds / odds.sum(axis=1, keepdims=True) == pytest.approx(fitted.probabilities(raw), abs=1e-4)


def test_the_decisive_feature_has_the_largest_values(fitted, raw):
    sizes = np.abs(trees.shap_values(fitted, raw).by_feature).mean(axis=0)
    assert set(sizes.argmax(axis=1)) == {DECISIVE}
    assert sizes[:, DECISIVE].min() > 10 * np.delete(sizes, DECISIVE, axis=1).max()


def test_directions(fitted, raw):
    directions = trees.directions(trees.shap_values(fitted, raw))
    assert directions[0, DECISIVE] < -0.8
    assert directions[2, DECISIVE] > 0.8
    assert abs(directions[1, DECISIVE]) < 0.3
    assert np.isnan(directions[:, 5]).all()
    finite = directions[np.isfinite(directions)]
    assert np.abs(finite).max() <= 1 + 1e-9


def test_directions_are_correlations_with_ranks(fitted, raw):
    shap = trees.shap_values(fitted, raw)
    ranks, added = rankdata(shap.inputs[:, DECISIVE]), shap.by_feature[:, 0, DECISIVE]
    assert trees.directions(shap)[0, DECISIVE] == pytest.approx(np.corrcoef(ranks, added)[0, 1])


def test_trees_of_returns_boosted_trees_only(artifact_of):
    assert trees.trees_of(inference.load(artifact_of("xgboost")).artifact) is not None
    assert trees.trees_of(inference.load(artifact_of("logistic")).artifact) is None
