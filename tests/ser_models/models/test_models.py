"""The contract of every model in the registry: a new entry is tested by existing."""

import json
import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest

from ser_features.errors import InputError, MissingExtraError
from ser_models import models
from ser_models.inputs import ColumnInputs
from ser_models.models import MODELS, create
from ser_models.models.base import Labelled

QUICK = {"epochs": 3, "rounds": 20, "length": 24}
CLASSES = 3


def quick(name):
    """Return the model with as little work as it allows."""
    known = create(name).hyperparameters()
    return create(name, {key: value for key, value in QUICK.items() if key in known})


def labelled(model, count, seed):
    """Return separable noise of the shape that the model reads."""
    rng = np.random.default_rng(seed)
    targets = np.arange(count) % CLASSES
    shift = 1.5 * targets
    if isinstance(model.inputs, ColumnInputs):
        columns = rng.normal(size=(count, len(model.inputs.columns))) + shift[:, None]
        return Labelled({"columns": columns.astype(np.float32)}, targets, CLASSES)
    length = model.inputs.length
    mask = (np.arange(length) < rng.integers(length // 2, length + 1, count)[:, None]).astype(np.float32)
    frames = (rng.normal(size=(count, length, 8)) + shift[:, None, None]) * mask[:, :, None]
    return Labelled({"frames": frames.astype(np.float32), "mask": mask}, targets, CLASSES)


@pytest.fixture(scope="module", params=MODELS)
def fitted(request):
    model = quick(request.param)
    train, validation = labelled(model, 96, 0), labelled(model, 24, 1)
    epochs = []
    history = model.fit(train, validation, seed=0, on_epoch=epochs.append)
    return model, train, validation, history, epochs


def test_history_has_a_row_per_epoch_that_was_reported(fitted):
    _, _, _, history, epochs = fitted
    assert history == epochs
    for row in history:
        assert set(row) == {"epoch", "loss", "uar", "val_loss", "val_uar"}
        assert all(np.isfinite(value) for value in row.values())
        assert 0 <= row["val_uar"] <= 1


def test_probabilities_sum_to_one(fitted):
    model, _, validation, _, _ = fitted
    probabilities = model.predict_proba(validation.arrays)
    assert probabilities.shape == (24, CLASSES)
    assert probabilities.dtype == np.float64
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)


def test_a_recording_is_recognised_alike_alone_and_among_others(fitted):
    model, _, validation, _, _ = fitted
    alone = model.predict_proba({name: array[:1] for name, array in validation.arrays.items()})
    np.testing.assert_allclose(alone, model.predict_proba(validation.arrays)[:1], atol=1e-6)


def test_saved_and_restored_it_says_the_same(fitted, tmp_path):
    model, _, validation, _, _ = fitted
    path = tmp_path / f"model{model.suffix}"
    model.save(path)
    restored = create(model.name, model.parameters).restore(path, classes=CLASSES)
    np.testing.assert_allclose(
        restored.predict_proba(validation.arrays), model.predict_proba(validation.arrays), atol=1e-6
    )


def test_the_same_seed_gives_the_same_model_where_it_promises(fitted):
    model, train, validation, history, _ = fitted
    if not model.reproducible:
        pytest.skip(f"{model.name} promises nothing on this machine")
    again = quick(model.name)
    assert again.fit(train, validation, seed=0, on_epoch=lambda row: None) == history
    np.testing.assert_array_equal(
        again.predict_proba(validation.arrays), model.predict_proba(validation.arrays)
    )


@pytest.mark.parametrize("name", MODELS)
def test_name_parameters_and_inputs_are_plain(name):
    model = create(name)
    assert model.name == name
    assert json.loads(json.dumps(model.parameters)) == model.parameters
    assert set(model.parameters) == {field.name for field in fields(model) if field.init}
    assert json.loads(json.dumps(model.inputs.to_json())) == model.inputs.to_json()


@pytest.mark.parametrize("name", MODELS)
def test_unfitted_it_does_not_answer(name):
    with pytest.raises(RuntimeError, match=f"{name} is not fitted"):
        create(name).predict_proba({"columns": np.zeros((1, 45)), "frames": np.zeros((1, 1, 1))})


def test_a_wrong_parameter_lists_the_known_ones():
    with pytest.raises(InputError, match="'logistic' has no parameter depth: expected strength, iterations"):
        create("logistic", {"depth": 3})


@pytest.mark.parametrize("missing", ["tensorflow", "xgboost"])
def test_a_missing_package_names_the_extra(monkeypatch, missing):
    def refuse(module):
        raise ModuleNotFoundError(f"No module named {missing!r}", name=missing)

    monkeypatch.setattr(models, "import_module", refuse)
    with pytest.raises(MissingExtraError) as error:
        create("mlp")
    assert str(error.value) == f"model 'mlp' needs {missing}, which is not installed: pip install 'ser[cpu]'"


def test_a_mistake_in_our_own_code_is_not_called_a_missing_package(monkeypatch):
    def refuse(module):
        raise ModuleNotFoundError("No module named 'ser_models.nothing'", name="ser_models.nothing")

    monkeypatch.setattr(models, "import_module", refuse)
    with pytest.raises(ModuleNotFoundError, match=r"ser_models\.nothing"):
        create("mlp")


def test_boosting_and_logistic_never_load_tensorflow():
    code = (
        "import sys, ser_models.inference, ser_models.experiment; from ser_models.models import create;"
        "create('xgboost'); create('logistic'); assert not {'keras', 'tensorflow'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
