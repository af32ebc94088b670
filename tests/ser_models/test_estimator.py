"""`SerClassifier`: scikit-learn's own checks, and what it is fitted on."""

import numpy as np
import pytest
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.utils.estimator_checks import check_estimator

from ser_models import SerClassifier
from ser_models.estimator import FitError, _with_validation


@pytest.mark.parametrize(
    "model",
    ["ridge", *(pytest.param(name, marks=pytest.mark.long) for name in ("logistic", "svm"))],
)
def test_passes_the_checks_of_scikit_learn(model):
    results = check_estimator(SerClassifier(model), on_skip=None)
    assert len(results) > 40
    assert {result["status"] for result in results} <= {"passed", "skipped"}


def test_fits_a_store_and_predicts_its_recordings(store):
    model = SerClassifier("logistic").fit(store)
    rows = store.files()
    assert model.classes_.tolist() == ["angry", "neutral", "sad"]
    assert model.predict_proba(store).shape == (72, 3)
    assert model.score(store, rows["emotion"]) > 0.6
    assert repr(model) == "SerClassifier()"


def test_models_of_frames_are_cross_validated_on_rows(store):
    rows = store.files()
    model = SerClassifier("fisher_vectors", hyperparameters={"n_components": 2}, store=store)
    scores = cross_val_score(
        model, rows, rows["emotion"], groups=rows["speaker"], cv=GroupKFold(2), scoring="balanced_accuracy"
    )
    assert scores.min() > 0.5


def test_another_column_of_a_store_is_the_class(store):
    assert SerClassifier().fit(str(store.root), "gender").classes_.tolist() == ["female", "male"]


def test_groups_are_on_one_side(make_examples):
    examples = make_examples(speakers=6)
    split = _with_validation(examples, seed=0)
    train, validation = (
        set(examples.take(split.side(-1, side)).rows["speaker"]) for side in ("train", "validation")
    )
    assert train
    assert validation
    assert not train & validation


def test_missing_values_of_an_array_are_imputed():
    X = np.random.default_rng(0).normal(size=(60, 3)) + np.repeat([[0.0], [4.0]], 30, axis=0)
    X[::7, 1] = np.nan
    model = SerClassifier("ridge").fit(X, np.repeat(["calm", "angry"], 30))
    assert model.score(X, np.repeat(["calm", "angry"], 30)) > 0.95


@pytest.mark.parametrize(
    ("model", "X", "y", "message"),
    [
        (
            "cnn_lstm",
            "array",
            [0, 1],
            "'cnn_lstm' reads frames of a store, found an array: fit it on a store, or",
        ),
        ("logistic", "array", [0, 0], "found 1 class, expected at least two"),
        ("logistic", "rows", None, "found 72 rows of a store, and no store: pass SerClassifier"),
        ("loud", "array", [0, 1], "unknown model 'loud'"),
        ("cnn_lstm", "missing", None, "no store at"),
    ],
)
def test_errors_are_value_errors_of_one_line(store, tmp_path, model, X, y, message):
    data = {"array": np.zeros((2, 2)), "rows": store.files(), "missing": str(tmp_path / "none")}[X]
    with pytest.raises(ValueError, match=message):
        SerClassifier(model).fit(data, y)


def test_rows_without_a_class_are_refused(store):
    rows = store.files()
    with pytest.raises(FitError, match="the class of 2 recordings is unknown: leave them out"):
        SerClassifier(store=store).fit(rows, rows["emotion"].mask(rows.index < 2))
