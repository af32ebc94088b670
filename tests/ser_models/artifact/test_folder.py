"""Artifacts that were tampered with are refused, in one line, before anything of them is run."""

import hashlib
import json
import shutil
import zipfile

import keras
import pytest
import skops.io

from ser_features.errors import ArtifactError, InputError
from ser_features.extractors.core import Level
from ser_features.extractors.mel import Mel
from ser_features.files import BLANK_SEAL, seal
from ser_models import artifact
from ser_models.artifact.native_backend import NativeBackend
from ser_models.experiments.train import run_experiment
from ser_models.onnx_format.session import OnnxBackend
from ser_models.training.config import TrainConfig

ENCODER = {"folder": "/x", "sha256": "0" * 64, "layer": 1, "size": 16, "pooling": "mean"}


@pytest.fixture(scope="module")
def trained(store_root, tmp_path_factory):
    """Return the folders of a logistic and of an mlp."""
    root = tmp_path_factory.mktemp("artifacts")
    run_experiment(store_root, root / "logistic", TrainConfig(model="logistic"))
    run_experiment(store_root, root / "mlp", TrainConfig(model="mlp", hyperparameters={"epochs": 1}))
    return root


@pytest.fixture
def folder(trained, tmp_path):
    """Return a copy of the logistic that may be spoiled."""
    return shutil.copytree(trained / "logistic", tmp_path / "logistic")


@pytest.fixture
def network_folder(trained, tmp_path):
    """Return a copy of the mlp as older versions of ser saved it, without model.onnx: Keras runs it."""
    folder = shutil.copytree(trained / "mlp", tmp_path / "mlp")
    (folder / "model.onnx").unlink()
    files = json.loads((folder / "artifact.json").read_text())["files"]
    edit(folder, files={name: digest for name, digest in files.items() if name != "model.onnx"})
    return folder


def edit(folder, **changes):
    path = folder / "artifact.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, **changes}))


def rehash(folder, name):
    """Make artifact.json agree with a file that was changed: an attacker can do that too."""
    files = json.loads((folder / "artifact.json").read_text())["files"]
    edit(folder, files={**files, name: hashlib.sha256((folder / name).read_bytes()).hexdigest()})


def refusal(folder):
    with pytest.raises(ArtifactError) as error:
        artifact.load(folder)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_an_untouched_artifact_loads(folder):
    loaded = artifact.load(folder)
    assert loaded.metadata.labels == ["angry", "neutral", "sad"]
    assert loaded.metadata.profile == "speech16k"
    assert loaded.metadata.datasets == ["own"]
    assert loaded.model.name == "logistic"


def test_a_network_is_saved_for_keras_and_for_onnx_runtime_which_is_taken(trained):
    loaded = artifact.load(trained / "mlp")
    assert {"model.keras", "model.onnx", "scaler.skops"} <= set(loaded.metadata.files)
    assert loaded.metadata.model_file == "model.keras"
    assert isinstance(loaded.backend, OnnxBackend)
    assert "model.onnx" not in artifact.load(trained / "logistic").metadata.files


def test_a_network_without_onnx_is_run_by_keras(network_folder):
    assert isinstance(artifact.load(network_folder).backend, NativeBackend)


@pytest.mark.parametrize("name", ["model.skops", "scaler.skops", "predictions.parquet", "metrics.json"])
def test_an_altered_file_is_refused(folder, name):
    with (folder / name).open("ab") as file:
        file.write(b" ")
    assert f"{name} was altered: its SHA-256 is not the one in artifact.json" in refusal(folder)


def test_a_missing_file_is_named(folder):
    (folder / "scaler.skops").unlink()
    assert "lacks scaler.skops, which artifact.json lists: restore it, or train again" in refusal(folder)


def test_a_linked_file_is_refused(folder, trained):
    (folder / "model.skops").unlink()
    (folder / "model.skops").symlink_to(trained / "logistic" / "model.skops")
    assert "lacks model.skops" in refusal(folder)


def test_an_extra_model_is_refused(folder):
    (folder / "model.pkl").write_bytes(b"")
    assert "model.pkl is not listed in artifact.json: expected one model: remove the file" in refusal(folder)


def test_a_note_beside_the_model_is_no_harm(folder):
    (folder / "README.txt").write_text("my best model")
    artifact.load(folder)


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "figures/../../secret", "a/b", "..", "C:\\x"])
def test_paths_that_lead_elsewhere_are_refused(folder, path):
    files = json.loads((folder / "artifact.json").read_text())["files"]
    edit(folder, files={**files, path: "0" * 64})
    assert f"names the file {path!r}, expected one inside of the artifact" in refusal(folder)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 99}, "has format 99, expected 1: use the version of ser that wrote it"),
        ({"labels": "angry"}, "labels is 'angry', expected a list of str: train again"),
        ({"labels": ["angry", "angry", "sad"]}, "expected different emotions"),
        ({"labels": ["<script>"]}, "expected different emotions"),
        ({"model": "perceptron"}, "unknown model 'perceptron'"),
        ({"model": "xgboost", "parameters": {}}, "does not describe a xgboost of this version"),
        ({"parameters": {"import": "os"}}, "'logistic' has no parameter import"),
        ({"model_file": "model.ubj"}, "has no SHA-256 of model.ubj"),
        ({"inputs": {}}, "does not describe a logistic of this version"),
        ({"profile": "speech8k"}, "unknown profile 'speech8k'"),
        ({"digest": "0" * 16}, "was trained on features speech16k (0000000000000000), this version"),
        ({"encoder": {"folder": "x"}}, "encoder is {'folder': 'x'}, expected a local folder, sha256, layer"),
        ({"encoder": {**ENCODER, "layer": "1"}}, "expected a local folder, sha256, layer, size and pooling"),
        ({"encoder": {**ENCODER, "pooling": "max"}}, "expected a local folder, sha256, layer"),
        ({"encoder": {**ENCODER, "folder": "//host/share"}}, "expected a local folder, sha256, layer"),
        ({"encoder": {**ENCODER, "folder": r"\\host\share"}}, "expected a local folder, sha256, layer"),
        ({"surprise": 1}, "is damaged"),
        ({"files": {}}, "has no SHA-256 of model.skops, scaler.skops"),
    ],
)
def test_a_card_that_is_not_ours_is_refused(folder, changes, message):
    edit(folder, **changes)
    assert message in refusal(folder)


def test_an_artifact_depends_on_the_extractors_that_its_model_reads_alone(folder, monkeypatch):
    monkeypatch.setattr(Mel, "version", Mel.version + 1)
    assert artifact.load(folder).metadata.inputs["kind"] == "columns"
    monkeypatch.setattr(Level, "version", Level.version + 1)
    assert "was trained on features speech16k (" in refusal(folder)


def test_a_store_of_other_extractors_makes_no_artifact_that_loads(store_root, tmp_path):
    shutil.copytree(store_root, tmp_path / "store")
    description = tmp_path / "store" / "store.json"
    other = {**json.loads(description.read_text()), "digest": "0" * 16, "seal": BLANK_SEAL.decode()}
    description.write_bytes(seal(json.dumps(other).encode()))
    run_experiment(tmp_path / "store", tmp_path / "model", TrainConfig(model="logistic"))
    assert "was trained on features speech16k (0000000000000000)" in refusal(tmp_path / "model")


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"format": 1}', "\xff"])
def test_a_damaged_card_is_refused(folder, text):
    (folder / "artifact.json").write_bytes(text.encode("latin-1"))
    assert "artifact.json is damaged" in refusal(folder)


def test_no_artifact_says_how_to_make_one(tmp_path):
    assert f"no artifact at {tmp_path}: expected" in refusal(tmp_path)
    assert "make one with ser train --out" in refusal(tmp_path)


def test_a_foreign_skops_object_is_refused_even_with_its_hash(folder):
    skops.io.dump({"run": print}, folder / "scaler.skops")
    rehash(folder, "scaler.skops")
    assert "scaler.skops holds builtins.print" in refusal(folder)


def test_a_network_that_carries_code_is_refused_even_with_its_hash(network_folder):
    columns = keras.Input((30,), name="columns")
    harmful = keras.Model(columns, keras.layers.Lambda(lambda x: x)(columns))
    harmful.save(network_folder / "model.keras")
    rehash(network_folder, "model.keras")
    assert "keras.layers.Lambda, expected only layers that ser uses" in refusal(network_folder)


def test_a_network_that_names_a_foreign_function_is_refused(network_folder):
    path = network_folder / "model.keras"
    with zipfile.ZipFile(path) as source:
        members = {name: source.read(name) for name in source.namelist()}
    config = json.loads(members["config.json"])
    config["config"]["layers"][1] = {
        "module": "os", "class_name": "system", "config": {"command": "true"}, "registered_name": None,
    }  # fmt: skip
    members["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as target:
        for name, content in members.items():
            target.writestr(name, content)
    rehash(network_folder, "model.keras")
    assert "model.keras holds os.system, expected only layers" in refusal(network_folder)


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "model").write_text("")
    with pytest.raises(InputError, match="model is not an artifact"):
        artifact.check_target(tmp_path / "model")


def test_an_empty_folder_is_not_in_the_way(tmp_path):
    artifact.check_target(tmp_path)


def test_other_files_are_not_thrown_away_with_an_old_artifact(folder):
    (folder / "notes.md").write_text("keep me")
    with pytest.raises(
        InputError, match=r"holds notes\.md, which is not ser's: move it, or pass another --out"
    ):
        artifact.check_target(folder)
