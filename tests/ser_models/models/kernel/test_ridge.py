"""Ridge and kernel ridge against scikit-learn, their calibration on held-out speakers, and what is saved."""

import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge

from ser_features.errors import InputError
from ser_models.data.batches import InMemory
from ser_models.models import create
from ser_models.models.base import FitContext, Labelled, balanced_weights
from ser_models.models.feature_sets import GROUP_SHARES, group_of
from ser_models.models.kernel import ridge, solver

ALPHA = 0.3
FIRST, LAST = np.arange(45), np.arange(45, 60)


@pytest.fixture
def fitted(recordings):
    """Return a function that fits a model to the first 45 recordings, with the others as validation."""

    def fit(name, **parameters):
        model = create(name, {"alphas": (ALPHA,), **parameters})
        model.fit(recordings.take(FIRST), recordings.take(LAST), FitContext(0))
        return model

    return fit


@pytest.mark.parametrize(
    ("name", "parameters", "kernel"),
    [
        ("ridge", {}, {"kernel": "linear"}),
        ("kernel_ridge", {}, {"kernel": "rbf", "gamma": 0.25}),
        ("kernel_ridge", {"gamma": 2.0}, {"kernel": "rbf", "gamma": 2.0}),
    ],
)
def test_scores_equal_weighted_kernel_ridge_on_training_and_validation(
    fitted, recordings, name, parameters, kernel
):
    columns = recordings.arrays["columns"].astype(np.float64) / np.sqrt(12)
    weights, one_hot = balanced_weights(recordings.targets, 3), np.eye(3)[recordings.targets]
    mean = np.average(one_hot, axis=0, weights=weights)
    peer = KernelRidge(alpha=ALPHA, **kernel).fit(columns, one_hot - mean, sample_weight=weights)
    model = fitted(name, **parameters)
    logits = np.log(model.predict_proba(recordings.arrays)) / model.arrays["logit_scale"]
    np.testing.assert_allclose(np.diff(logits), np.diff(peer.predict(columns) + mean), atol=2e-3)


@pytest.mark.parametrize("name", ["ridge", "kernel_ridge"])
def test_outliers_are_clipped(fitted, recordings, name):
    outlier, limit = (recordings.arrays["columns"][:1].copy() for _ in range(2))
    outlier[0, 3], limit[0, 3] = 1e6, ridge.CLIP
    model = fitted(name)
    np.testing.assert_array_equal(*(model.predict_proba({"columns": given}) for given in (outlier, limit)))


@pytest.mark.parametrize(("limit", "count"), [(1000, 60), (25, 25)])
def test_landmarks_are_at_most_as_many_as_allowed(fitted, recordings, monkeypatch, limit, count):
    monkeypatch.setattr(ridge, "LANDMARKS", limit)
    arrays = fitted("kernel_ridge").arrays
    assert arrays["landmarks"].shape == (count, 12)
    assert arrays["weights"].shape == (count, 3)
    rows = {row.tobytes() for row in ridge.clipped(recordings.arrays)}
    assert {row.tobytes() for row in arrays["landmarks"]} <= rows


def test_sampled_landmarks_depend_on_seed_and_fold(recordings, monkeypatch):
    monkeypatch.setattr(ridge, "LANDMARKS", 25)
    first, same, *others = (
        create("kernel_ridge").fit_features(recordings, seed=seed, fold=fold)[0]["landmarks"]
        for seed, fold in [(0, 0), (0, 0), (1, 0), (0, 1)]
    )
    np.testing.assert_array_equal(first, same)
    assert not any(np.array_equal(first, other) for other in others)


@pytest.mark.parametrize(("name", "own"), [("ridge", set()), ("kernel_ridge", {"landmarks"})])
def test_nothing_is_saved_that_only_the_fit_needs(fitted, name, own):
    assert set(fitted(name).state()) == {"weights", "intercept", "trained", "logit_scale"} | own


def test_the_alpha_is_chosen_on_held_out_speakers(fitted, recordings, monkeypatch):
    """α = 1000 predicts the most frequent class for all, so it is never chosen for informative columns."""
    choices, choose = [], solver.choose
    monkeypatch.setattr(
        solver, "choose", lambda *args, **more: choices.append(choose(*args, **more)) or choices[-1]
    )
    alphas = (0.01, 0.3, 1000.0)
    fitted("ridge", alphas=alphas)
    weights = balanced_weights(recordings.targets, 3)

    def uar(alpha):
        _, held_out = fitted("ridge", alphas=(alpha,)).predicted_in_fit
        return weights[held_out.argmax(axis=1) == recordings.targets].sum()

    uars = {alpha: uar(alpha) for alpha in alphas}
    assert uars[choices[0].alpha] == max(uars.values())


def test_held_out_predictions_are_not_fitted_to_the_speaker():
    """Random labels can be fitted, but not predicted for other speakers."""
    columns = np.random.default_rng(0).standard_normal((200, 400)).astype(np.float32)
    targets = np.random.default_rng(1).integers(0, 2, 200)
    ids = tuple(f"own/{index}" for index in range(200))
    speakers = tuple(f"own/s{index // 20}" for index in range(200))
    train = Labelled(InMemory({"columns": columns}), targets, 2, ids, speakers)
    empty = train.take(np.arange(0))
    row = create("ridge", {"alphas": (0.01,)}).fit(train, empty, FitContext(0))[0]
    assert row["uar"] > 0.95
    assert 0.35 < row["val_uar"] < 0.65


def test_held_out_predictions_are_calibrated(fitted, recordings):
    """No other scale of their log-probabilities has a higher likelihood."""
    logs, weights = np.log(fitted("ridge").predicted_in_fit[1]), balanced_weights(recordings.targets, 3)

    def loss(scale):
        probabilities = solver.probabilities(logs, scale, np.ones(3, dtype=bool))
        return np.average(-np.log(probabilities[np.arange(60), recordings.targets]), weights=weights)

    assert all(loss(1.0) <= loss(scale) + 1e-6 for scale in np.geomspace(0.1, 10, 41))


def test_a_class_without_training_data_has_no_probability(recordings):
    rows = np.flatnonzero(recordings.targets != 1)
    model = create("ridge")
    model.fit(recordings.take(rows[::2]), recordings.take(rows[1::2]), FitContext(0))
    probabilities = model.predict_proba(recordings.arrays)
    assert not probabilities[:, 1].any()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


@pytest.mark.parametrize(
    ("name", "classes", "message"),
    [
        ("ridge", 4, r"weights is float64 of shape \(\d+, 3\), expected float64 of shape \(any, 4\)"),
        ("kernel_ridge", 3, "array landmarks is missing"),
    ],
)
def test_the_state_of_another_model_is_refused(fitted, name, classes, message):
    with pytest.raises(ValueError, match=message):
        create(name).set_state(fitted("ridge").state(), classes=classes)


def test_an_invalid_gamma_is_refused():
    with pytest.raises(InputError) as error:
        create("kernel_ridge", {"gamma": 0})
    assert str(error.value) == "model 'kernel_ridge': gamma is 0, expected a number above 0"


@pytest.mark.parametrize(
    ("name", "plain", "total"),
    [
        ("group_ridge", "ridge", 1),
        ("group_kernel_ridge", "kernel_ridge", 1),
        ("loudness_ridge", "ridge", 2),
        ("loudness_kernel_ridge", "kernel_ridge", 2),
    ],
)
def test_groups_of_columns_have_their_shares_whatever_their_number(name, plain, total):
    columns = create(name).inputs.columns
    ones = {"columns": np.ones((1, len(columns)), np.float32)}
    squares = np.square(create(name).scaled(ones)[0])
    groups = np.array([group_of(column) for column in columns])
    shares = {group: total * squares[groups == group].sum() for group in np.unique(groups)}
    assert shares == pytest.approx({group: GROUP_SHARES[group] for group in shares}, rel=1e-4)
    assert squares.sum() == pytest.approx(np.square(create(plain).scaled(ones)).sum(), rel=1e-4)
    assert not any("_delta" in column for column in create(name).inputs.columns)
