"""Models of the literature on columns, against scikit-learn's own."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KNeighborsClassifier

from ser_models.data.batches import InMemory
from ser_models.models import create
from ser_models.models.base import FitContext, Labelled

RNG = np.random.default_rng(3)
COUNT = len(create("knn").inputs.columns)
TARGETS = np.repeat([0, 1, 3], 20)  # the third class has no training data
COLUMNS = (RNG.standard_normal((60, COUNT)) + TARGETS[:, None] / 2).astype(np.float32)
NEW = (RNG.standard_normal((30, COUNT)) + 1).astype(np.float32)


def fitted(name, targets=TARGETS, **parameters):
    model = create(name, parameters)
    data = Labelled(InMemory({"columns": COLUMNS[: len(targets)]}), targets, 4)
    model.fit(data, data, FitContext(0))
    return model


def predicted(name, targets=TARGETS, **parameters):
    """Probabilities of the classes with training data; the others have none."""
    probabilities = fitted(name, targets, **parameters).predict_proba({"columns": NEW})
    present = np.unique(targets)
    assert (np.delete(probabilities, present, axis=1) == 0).all()
    return probabilities[:, present]


@pytest.mark.parametrize("weights", ["uniform", "distance"])
def test_knn_gives_the_shares_of_scikit_learn(weights):
    peer = KNeighborsClassifier(7, weights=weights).fit(COLUMNS, TARGETS)
    shares = predicted("knn", n_neighbors=7, weights=weights)
    np.testing.assert_allclose(shares, peer.predict_proba(NEW), atol=1e-6)


def test_votes_of_the_nearest_neighbours_are_balanced_over_the_classes():
    targets = np.repeat([0, 1], [40, 20])
    nearest = KNeighborsClassifier(9).fit(COLUMNS, targets).kneighbors(NEW, return_distance=False)
    votes = np.stack([(targets[nearest] == label).sum(axis=1) / (targets == label).sum() for label in (0, 1)])
    expected = (votes / votes.sum(axis=0)).T
    np.testing.assert_allclose(predicted("knn", targets, n_neighbors=9, weights="uniform"), expected)


def test_more_neighbours_than_recordings_are_all_of_them():
    shares = predicted("knn", n_neighbors=500, weights="uniform")
    np.testing.assert_allclose(shares, 1 / 3)


def test_gmm_gives_the_posteriors_of_scikit_learns_mixtures():
    scores = [
        GaussianMixture(2, covariance_type="diag", reg_covar=0.1, random_state=0)
        .fit(COLUMNS[label == TARGETS].astype(np.float64))
        .score_samples(NEW.astype(np.float64))
        for label in (0, 1, 3)
    ]
    expected = np.exp(scores - np.logaddexp.reduce(scores, axis=0)).T
    np.testing.assert_allclose(predicted("gmm", n_components=2), expected, atol=1e-9)


def test_a_class_with_fewer_recordings_than_components_has_fewer():
    weights = fitted("gmm", np.repeat([0, 1], [40, 1]), n_components=3).state()["weights"]
    assert (weights > 0).sum(axis=1).tolist() == [3, 1, 0, 0]


def test_random_forest_gives_the_shares_of_scikit_learn():
    peer = RandomForestClassifier(20, min_samples_leaf=2, max_features=0.2, random_state=0)
    peer.fit(COLUMNS, TARGETS, sample_weight=np.ones(len(TARGETS)))
    shares = predicted("random_forest", n_estimators=20)
    np.testing.assert_allclose(shares, peer.predict_proba(NEW), atol=1e-6)


@pytest.mark.parametrize(
    ("array", "value"), [("left", 0), ("right", 10**6), ("column", COUNT), ("roots", -1), ("shares", 0)]
)
def test_nodes_that_are_no_trees_are_refused(array, value):
    model = fitted("random_forest", n_estimators=3)
    state = {name: values.copy() for name, values in model.state().items()}
    state[array][:] = value
    with pytest.raises(ValueError, match="no trees"):
        create("random_forest", {"n_estimators": 3}).set_state(state, classes=4)


def test_mixtures_without_variance_are_refused():
    model = fitted("gmm")
    state = {**model.state(), "variances": np.zeros_like(model.state()["variances"])}
    with pytest.raises(ValueError, match="no mixture"):
        create("gmm").set_state(state, classes=4)
