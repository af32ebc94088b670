"""Saving and loading artifacts; altered ones are refused. tests/attacks has the hostile ones."""

import json
import shutil

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

import ser_models
from ser_features.config import DEFAULT_PROFILE
from ser_features.errors import ArtifactError, InputError
from ser_features.extractors.core import Level, Mel
from ser_features.files import BLANK_SEAL, seal
from ser_models import artifact
from ser_models.artifact.native_backend import NativeBackend
from ser_models.experiments.train import run_experiment
from ser_models.onnx_format.session import OnnxBackend
from ser_models.training.config import TrainConfig
from tests.undrawn import undrawn

ENCODER = {"folder": "/x", "sha256": "0" * 64, "layer": 1, "size": 16, "pooling": "mean"}


@pytest.fixture(scope="module")
def trained(artifact_of):
    """Return the folders of a logistic and of an mlp."""
    return {name: artifact_of(name) for name in ("logistic", "mlp")}


@pytest.fixture
def folder(trained, tmp_path):
    """Return a copy of the logistic for changes."""
    return shutil.copytree(trained["logistic"], tmp_path / "logistic")


@pytest.fixture
def network_folder(trained, tmp_path):
    """Return a copy of the mlp without model.onnx: Keras runs it."""
    folder = shutil.copytree(trained["mlp"], tmp_path / "mlp")
    (folder / "model.onnx").unlink()
    files = json.loads((folder / "artifact.json").read_text())["files"]
    edit(folder, files={name: digest for name, digest in files.items() if name != "model.onnx"})
    return folder


def edit(folder, **changes):
    path = folder / "artifact.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, **changes}))


def refusal(folder):
    with pytest.raises(ArtifactError) as error:
        artifact.load(folder)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_an_untouched_artifact_loads(folder):
    loaded = artifact.load(folder)
    assert loaded.metadata.labels == ["angry", "neutral", "sad"]
    assert loaded.metadata.profile == DEFAULT_PROFILE.name
    assert loaded.metadata.datasets == ["own"]
    assert loaded.model.name == "logistic"


def test_a_network_is_run_by_onnx_runtime_and_without_the_graph_by_keras(trained, network_folder):
    loaded = artifact.load(trained["mlp"])
    assert {"model.npz", "model.onnx", "scaler.npz"} <= set(loaded.metadata.files)
    assert isinstance(loaded.backend, OnnxBackend)
    assert "model.onnx" not in artifact.load(trained["logistic"]).metadata.files
    restored = artifact.load(network_folder)
    assert isinstance(restored.backend, NativeBackend)
    raw = np.random.default_rng(0).normal(size=(5, 30)).astype(np.float32)
    expected = loaded.backend.probabilities(raw)
    np.testing.assert_allclose(restored.backend.probabilities(raw), expected, atol=1e-5)


@pytest.mark.parametrize("name", ["logistic", "mlp"])
def test_the_fitted_standard_scaler_is_returned(trained, name):
    scaler = ser_models.load(trained[name]).scaler
    assert isinstance(scaler, StandardScaler)
    assert scaler.transform(scaler.mean_[None]).tolist() == [[0.0] * scaler.n_features_in_]


@pytest.mark.parametrize("name", ["model.npz", "scaler.npz", "ood.npz"])
def test_an_altered_file_of_the_model_is_refused(folder, name):
    with (folder / name).open("ab") as file:
        file.write(b" ")
    assert f"{name} was altered: its SHA-256 is not the one in artifact.json" in refusal(folder)


def test_a_missing_file_is_named(folder):
    (folder / "scaler.npz").unlink()
    assert "lacks scaler.npz, which artifact.json lists: restore it, or train again" in refusal(folder)


def test_a_table_is_checked_when_it_is_read(folder):
    loaded = artifact.load(folder)
    assert loaded.path("splits.parquet") == folder / "splits.parquet"
    (folder / "splits.parquet").write_bytes(b"")
    with pytest.raises(ArtifactError, match=r"splits\.parquet was altered"):
        loaded.path("splits.parquet")
    (folder / "splits.parquet").unlink()
    with pytest.raises(ArtifactError, match=r"lacks splits\.parquet, which artifact\.json lists: restore it"):
        loaded.path("splits.parquet")


@pytest.mark.parametrize("name", ["README.md", "report.html", "metrics.json", "figures/confusion.png"])
def test_documents_may_be_edited_or_missing(folder, name):
    with (folder / name).open("ab") as file:
        file.write(b"checked")
    artifact.load(folder)
    (folder / name).unlink()
    artifact.load(folder)


def test_the_files_of_an_artifact_may_be_links(folder, tmp_path):
    """As in the cache of a model hub."""
    for number, path in enumerate(sorted(folder.glob("*.*"))):
        path.rename(tmp_path / f"blob-{number}")
        path.symlink_to(f"../blob-{number}")
    artifact.load(folder)


@pytest.mark.parametrize("name", ["README.txt", ".DS_Store", ".git/config", "model.pkl", "scaler.md"])
def test_other_files_beside_the_model_are_ignored(folder, name):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("my best model")
    artifact.load(folder)


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "figures/../../secret", "a/b", "..", "C:\\x"])
def test_paths_outside_the_artifact_are_refused(folder, path):
    files = json.loads((folder / "artifact.json").read_text())["files"]
    edit(folder, files={**files, path: "0" * 64})
    assert f"names the file {path!r}, expected one inside the artifact" in refusal(folder)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 99}, "has format 99, expected 2: use the version of ser that wrote it"),
        ({"format": 1}, "was made by an earlier version of ser (format 1): train again"),
        ({"labels": "angry"}, "labels is 'angry', expected a list of str: train again"),
        ({"labels": ["angry", "angry", "sad"]}, "expected different names"),
        ({"labels": ["<script>"]}, "expected different names"),
        ({"model": "perceptron"}, "unknown model 'perceptron'"),
        ({"model": "xgboost", "parameters": {}}, "model.npz does not hold a xgboost"),
        ({"parameters": {"import": "os"}}, "'logistic' has no parameter import"),
        ({"inputs": {}}, "does not describe a logistic of this version"),
        ({"profile": "speech8k"}, "unknown profile 'speech8k'"),
        ({"digest": "0" * 16}, "was trained on features speech16k-compiled (0000000000000000), this version"),
        ({"encoder": {"folder": "x"}}, "encoder is {'folder': 'x'}, expected a local folder, sha256, layer"),
        ({"encoder": {**ENCODER, "layer": "1"}}, "expected a local folder, sha256, layer, size and pooling"),
        ({"encoder": {**ENCODER, "pooling": "max"}}, "expected a local folder, sha256, layer"),
        ({"encoder": {**ENCODER, "folder": "//host/share"}}, "expected a local folder, sha256, layer"),
        ({"encoder": {**ENCODER, "folder": r"\\host\share"}}, "expected a local folder, sha256, layer"),
        ({"surprise": 1}, "is damaged"),
        ({"files": {}}, "has no SHA-256 of model.npz, scaler.npz"),
    ],
)
def test_invalid_metadata_is_refused(folder, changes, message):
    edit(folder, **changes)
    assert message in refusal(folder)


def test_an_artifact_depends_on_the_extractors_that_its_model_reads_alone(folder, monkeypatch):
    monkeypatch.setattr(Mel, "version", Mel.version + 1)
    assert artifact.load(folder).metadata.inputs["kind"] == "columns"
    monkeypatch.setattr(Level, "version", Level.version + 1)
    assert "was trained on features speech16k-compiled (" in refusal(folder)


def test_an_artifact_of_other_extractors_is_refused(store_root, tmp_path):
    shutil.copytree(store_root, tmp_path / "store")
    description = tmp_path / "store" / "store.json"
    other = {**json.loads(description.read_text()), "digest": "0" * 16, "seal": BLANK_SEAL.decode()}
    description.write_bytes(seal(json.dumps(other).encode()))
    with undrawn():
        run_experiment(tmp_path / "store", tmp_path / "model", TrainConfig(model="logistic"))
    assert "was trained on features speech16k-compiled (0000000000000000)" in refusal(tmp_path / "model")


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"format": 2}', "\xff"])
def test_damaged_metadata_is_refused(folder, text):
    (folder / "artifact.json").write_bytes(text.encode("latin-1"))
    assert "artifact.json is damaged" in refusal(folder)


def test_a_missing_artifact_is_reported_with_the_command_to_train_one(tmp_path):
    assert f"no artifact at {tmp_path}: expected" in refusal(tmp_path)
    assert "make one with ser train --out" in refusal(tmp_path)


def test_an_existing_file_is_not_replaced(tmp_path):
    (tmp_path / "model").write_text("")
    with pytest.raises(InputError, match="model is not an artifact"):
        artifact.check_target(tmp_path / "model")


def test_an_empty_folder_is_replaced(tmp_path):
    artifact.check_target(tmp_path)
