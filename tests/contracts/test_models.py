"""Contract of every model in the registry: a new entry is tested by existing."""

import json
import subprocess
import sys
from dataclasses import fields
from functools import cache

import numpy as np
import pytest

from ser_features import extras
from ser_features.errors import InputError, MissingExtraError
from ser_models.models import MODELS, create
from ser_models.models.base import FitContext
from ser_models.safe_io import arrays
from tests.ser_models.tiny import CLASSES, NETWORKS, REPRESENTATIVES, labelled, long, parameters, tiny

SLOW = sorted(set(NETWORKS) - set(REPRESENTATIVES))
QUICK_AND_LONG = [*(name for name in MODELS if name not in SLOW), *long(SLOW)]


@cache
def fit(name):
    """A tiny fitted model, its training and validation data, its history and the rows that were reported."""
    model = tiny(name)
    train, validation, reported = labelled(model.inputs, 24, 0), labelled(model.inputs, 12, 1), []
    history = model.fit(train, validation, FitContext(0, on_epoch=reported.append))
    return model, train, validation, history, reported


@pytest.fixture(scope="module", params=QUICK_AND_LONG)
def fitted(request):
    return fit(request.param)


def test_every_row_of_the_history_is_reported(fitted):
    model, _, _, history, reported = fitted
    assert history == reported
    assert 1 <= len(history) <= model.most_epochs
    assert bool(model.kept_name(history)) == (model.most_epochs > 1)
    for row in history:
        metrics = {"loss", "uar", "accuracy"}
        assert set(row) == {"epoch", *metrics, *(f"val_{name}" for name in metrics)}
        assert all(np.isfinite(value) for value in row.values())
        assert 0 <= row["val_uar"] <= 1
        assert 0 <= row["val_accuracy"] <= 1


def test_probabilities_sum_to_one_alone_and_in_a_batch(fitted):
    model, _, validation, _, _ = fitted
    probabilities = model.predict_proba(validation.arrays)
    assert probabilities.shape == (12, CLASSES)
    assert probabilities.dtype == np.float64
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)
    alone = model.predict_proba({name: array[:1] for name, array in validation.arrays.items()})
    np.testing.assert_allclose(alone, probabilities[:1], atol=1e-6)


def test_a_restored_model_predicts_the_same(fitted, tmp_path):
    model, _, validation, _, _ = fitted
    arrays.save(tmp_path / "model.npz", model.state())
    state = arrays.load(tmp_path / "model.npz")
    restored = create(model.name, model.parameters).set_state(state, classes=CLASSES)
    np.testing.assert_array_equal(
        restored.predict_proba(validation.arrays), model.predict_proba(validation.arrays)
    )


def test_a_state_with_an_array_too_many_missing_or_of_another_type_is_refused(fitted):
    model = fitted[0]
    state = model.state()
    name = next(iter(state))
    for wrong in (
        {**state, "more": np.ones(1)},
        {key: array for key, array in state.items() if key != name},
        {**state, name: state[name].astype(np.int8)},
    ):
        with pytest.raises(ValueError, match=r"unexpected array|is missing|expected"):
            create(model.name, model.parameters).set_state(wrong, classes=CLASSES)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.long) if name in ("best", "cnn_lstm") else name
        for name in QUICK_AND_LONG
    ],
)
def test_the_same_seed_gives_the_same_model_however_many_jobs(name):
    if not create(name).reproducible:
        pytest.skip(f"{name} is not reproducible on this machine")
    model, train, validation, history, _ = fit(name)
    again = tiny(name)
    assert again.fit(train, validation, FitContext(0, jobs=2)) == history
    np.testing.assert_array_equal(*(one.predict_proba(validation.arrays) for one in (model, again)))


@pytest.mark.parametrize("name", MODELS)
def test_name_hyperparameters_and_inputs_are_json(name):
    model = create(name)
    assert model.name == name
    assert json.loads(json.dumps(model.parameters)) == model.parameters
    assert set(model.parameters) == {field.name for field in fields(model) if field.init}
    assert json.loads(json.dumps(model.inputs.to_json())) == model.inputs.to_json()


@pytest.mark.parametrize("name", MODELS)
def test_the_defaults_are_valid(name):
    model = create(name)
    again = create(name, model.parameters)
    assert again.parameters == model.parameters
    assert list(map(type, again.parameters.values())) == list(map(type, model.parameters.values()))
    assert (
        create(name, parameters(name)).parameters.items() >= json.loads(json.dumps(parameters(name))).items()
    )


@pytest.mark.parametrize("name", MODELS)
def test_an_unfitted_model_does_not_predict(name):
    with pytest.raises(RuntimeError, match=f"{name} is not fitted"):
        create(name).predict_proba({"columns": np.zeros((1, 40)), "frames": np.zeros((1, 1, 1))})


def test_an_unknown_hyperparameter_lists_the_valid_ones():
    with pytest.raises(InputError, match="'logistic' has no parameter depth: expected C, max_iter"):
        create("logistic", {"depth": 3})


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("logistic", {"max_iter": "many"}, "max_iter is 'many', expected an integer of at least 1"),
        ("logistic", {"C": 0}, "C is 0, expected a number above 0"),
        ("mlp", {"epochs": 0}, "epochs is 0, expected an integer of at least 1"),
        ("mlp", {"epochs": True}, "epochs is True, expected an integer of at least 1"),
        ("mlp", {"class_weights": 1}, "class_weights is 1, expected true or false"),
        ("mlp", {"loss": "hinge"}, "loss is 'hinge', expected one of cross_entropy, focal"),
        ("mlp", {"dropout": 1}, "dropout is 1, expected a number from 0 to below 1"),
        ("mlp", {"clip_norm": -1.0}, "clip_norm is -1.0, expected a number above 0 or none"),
        ("cnn_lstm", {"monitor": "uar"}, "monitor is 'uar', expected one of val_loss, val_uar, val_accuracy"),
        ("xgboost", {"subsample": 1.5}, "subsample is 1.5, expected a number above 0 and at most 1"),
        ("svm", {"kernel": "cubic"}, "kernel is 'cubic', expected one of linear, rbf"),
    ],
)
def test_an_invalid_value_is_refused_with_the_valid_ones(name, values, message):
    with pytest.raises(InputError) as error:
        create(name, values)
    assert str(error.value) == f"model {name!r}: {message}"


@pytest.mark.parametrize(
    ("name", "missing", "extra"),
    [
        ("mlp", "keras", "cpu"),
        ("mlp", "tensorflow", "cpu"),
        ("cnn_lstm", "tensorflow", "cpu"),
        ("xgboost", "xgboost", "xgboost"),
    ],
)
def test_a_missing_package_names_the_extra(monkeypatch, name, missing, extra):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtraError) as error:
        create(name)
    expected = f"model {name!r} needs {missing}, which is not installed: pip install 'ser-toolkit[{extra}]'"
    assert str(error.value) == expected
    assert create("logistic")


def test_the_selected_backend_is_the_one_that_is_needed(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setattr(extras, "find_spec", lambda package: None if package == "tensorflow" else object())
    assert create("mlp").name == "mlp"
    monkeypatch.setattr(extras, "find_spec", lambda package: None if package == "jax" else object())
    with pytest.raises(MissingExtraError, match="'mlp' needs jax, which is not installed: pip install jax"):
        create("mlp")


CREATE_ALL = "[(model := create(name)).parameters and model.inputs.to_json() for name in MODELS]"
FIT_COLUMNS = """
import numpy as np, ser_models.inference.predictor, ser_models.experiments.train
from ser_models.models.base import FitContext
from tests.ser_models.tiny import labelled, tiny
for name in ("xgboost", "logistic", "svm"):
    model = tiny(name)
    data = labelled(model.inputs, 20, 0)
    model.fit(data, data, FitContext(0))
"""
PREDICT_BEST = """
from pathlib import Path
from ser_models.safe_io import arrays
from tests.ser_models.tiny import labelled, tiny
model = tiny("best").set_state(arrays.load(Path({path!r})), classes=3)
model.predict_proba(labelled(model.inputs, 2, 0).arrays)
"""


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        (CREATE_ALL, {"keras", "tensorflow", "jax", "torch", "xgboost", "sklearn"}),
        pytest.param(FIT_COLUMNS, {"keras", "tensorflow"}, marks=pytest.mark.long),
        (PREDICT_BEST, {"keras", "ser_features.engine", "loky", "joblib", "sklearn", "scipy.special"}),
    ],
    ids=["create all", "fit on columns", "restore and predict with best"],
)
def test_packages_are_imported_only_when_needed(code, unwanted, tmp_path):
    if code is PREDICT_BEST:
        path = tmp_path / "model.npz"
        arrays.save(path, fit("best")[0].state())
        code = code.format(path=str(path))
    code = f"import sys\nfrom ser_models.models import MODELS, create\n{code}\n"
    code += f"print(sorted({unwanted!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"
