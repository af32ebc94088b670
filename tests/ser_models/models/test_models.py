"""The contract of every model in the registry: a new entry is tested by existing."""

import json
import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest

from ser_features import extras
from ser_features.errors import InputError, MissingExtraError
from ser_models.data.batches import InMemory, joined
from ser_models.data.inputs import ChunkInputs, ColumnInputs, JointInputs
from ser_models.models import MODELS, create
from ser_models.models.base import Labelled

QUICK = {"epochs": 3, "n_estimators": 20, "length": 24}
CLASSES = 3


def quick(name):
    """Return the model with as little work as it allows."""
    known = create(name).hyperparameters()
    return create(name, {key: value for key, value in QUICK.items() if key in known})


def labelled(model, count, seed):
    """Return separable noise of the shape that the model reads."""
    targets = np.arange(count) % CLASSES
    if isinstance(model.inputs, JointInputs):
        parts = [labelled_as(part, count, seed).arrays for part in model.inputs.parts]
        return Labelled(InMemory(joined(parts)), targets, CLASSES)
    return labelled_as(model.inputs, count, seed)


def labelled_as(inputs, count, seed):
    """Return separable noise of the shape of one kind of inputs."""
    rng = np.random.default_rng(seed)
    targets = np.arange(count) % CLASSES
    shift = 1.5 * targets
    if isinstance(inputs, ColumnInputs):
        columns = rng.normal(size=(count, len(inputs.columns))) + shift[:, None]
        return Labelled(InMemory({"columns": columns.astype(np.float32)}), targets, CLASSES)
    if isinstance(inputs, ChunkInputs):
        shape = (count, inputs.chunks, 16, inputs.frames, 1)
        chunks = rng.normal(size=shape) + shift[:, None, None, None, None]
        return Labelled(InMemory({"chunks": chunks.astype(np.float32)}), targets, CLASSES)
    length = inputs.length
    mask = (np.arange(length) < rng.integers(length // 2, length + 1, count)[:, None]).astype(np.float32)
    frames = (rng.normal(size=(count, length, 8)) + shift[:, None, None]) * mask[:, :, None]
    return Labelled(InMemory({"frames": frames.astype(np.float32), "mask": mask}), targets, CLASSES)


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
    with pytest.raises(InputError, match="'logistic' has no parameter depth: expected C, max_iter"):
        create("logistic", {"depth": 3})


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("logistic", {"max_iter": "many"}, "max_iter is 'many', expected a whole number of at least 1"),
        ("logistic", {"C": 0}, "C is 0, expected a number above 0"),
        ("mlp", {"epochs": 0}, "epochs is 0, expected a whole number of at least 1"),
        ("mlp", {"epochs": True}, "epochs is True, expected a whole number of at least 1"),
        ("mlp", {"class_weights": 1}, "class_weights is 1, expected true or false"),
        ("mlp", {"loss": "hinge"}, "loss is 'hinge', expected one of cross_entropy, focal"),
        ("mlp", {"dropout": 1}, "dropout is 1, expected a number from 0 to below 1"),
        ("mlp", {"clip_norm": -1.0}, "clip_norm is -1.0, expected a number above 0 or none"),
        ("cnn_lstm", {"monitor": "uar"}, "monitor is 'uar', expected one of val_loss, val_uar"),
        ("xgboost", {"subsample": 1.5}, "subsample is 1.5, expected a number above 0 and at most 1"),
    ],
)
def test_a_value_that_does_not_fit_says_what_would(name, parameters, message):
    with pytest.raises(InputError) as error:
        create(name, parameters)
    assert str(error.value) == f"model {name!r}: {message}"


@pytest.mark.parametrize("name", MODELS)
def test_the_defaults_fit_their_own_rules(name):
    model = create(name)
    again = create(name, model.parameters)
    assert again.parameters == model.parameters
    assert [type(value) for value in again.parameters.values()] == [
        type(value) for value in model.parameters.values()
    ]


@pytest.mark.parametrize(
    ("name", "missing"),
    [("mlp", "keras"), ("mlp", "tensorflow"), ("cnn_lstm", "tensorflow"), ("xgboost", "xgboost")],
)
def test_a_missing_package_names_the_extra(monkeypatch, name, missing):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtraError) as error:
        create(name)
    expected = f"model {name!r} needs {missing}, which is not installed: pip install 'ser-toolkit[cpu]'"
    assert str(error.value) == expected
    assert create("logistic")


def test_the_backend_that_is_chosen_is_the_one_that_is_looked_for(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setattr(extras, "find_spec", lambda package: None if package == "tensorflow" else object())
    assert create("mlp").name == "mlp"
    monkeypatch.setattr(extras, "find_spec", lambda package: None if package == "jax" else object())
    with pytest.raises(MissingExtraError, match="'mlp' needs jax, which is not installed: pip install jax"):
        create("mlp")


HEAVY = {"keras", "tensorflow", "jax", "torch", "xgboost", "sklearn"}


def test_creating_a_model_imports_nothing_that_it_stands_on():
    code = (
        "import sys; from ser_models.models import MODELS, create;"
        "[(model := create(name)).parameters and model.inputs.to_json() for name in MODELS];"
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_boosting_and_logistic_never_load_keras():
    code = (
        "import sys, numpy as np, ser_models.inference.predictor, ser_models.experiments.train;"
        "from ser_models.models import create; from ser_models.models.base import Labelled;"
        "from ser_models.data.batches import InMemory; y = np.arange(20) % 2;"
        "data = Labelled(InMemory({'columns': np.random.normal(size=(20, 45))}), y, 2);"
        "[create(name).fit(data, data, seed=0, on_epoch=print) for name in ('xgboost', 'logistic')];"
        "assert not {'keras', 'tensorflow'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
