"""Running a graph: memory is bounded, what does not fit says so, nothing heavy is imported."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from ser_features.errors import ArtifactError
from ser_models.onnx_format import export
from ser_models.onnx_format.session import OnnxBackend
from tests.ser_models.tiny import long

HEAVY = (
    "tensorflow",
    "keras",
    "sklearn",
    "pandas",
    "librosa",
    "xgboost",
    "onnx",
    "pyarrow",
    "matplotlib",
)

PROGRAM = """
import json, sys
from ser_cli.main import main
try:
    main(["predict", *sys.argv[2:], "--format", "json"])
except SystemExit as ended:
    code = ended.code
heavy = sorted(set(sys.argv[1].split(",")) & set(sys.modules))
print(json.dumps({"code": code, "heavy": heavy}), file=sys.stderr)
"""


def imported(*words, program=PROGRAM):
    """Run `ser predict` in a process of its own; return its answers and what heavy it imported."""
    done = subprocess.run(
        [sys.executable, "-c", program, ",".join(HEAVY), *map(str, words)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    report = json.loads(done.stderr.splitlines()[-1])
    assert report["code"] in (0, None), done.stderr
    return json.loads(done.stdout), report["heavy"]


@pytest.mark.parametrize("name", ["logistic", "xgboost", *long(["mlp", "cnn_lstm"])])
def test_predicting_imports_nothing_that_training_needs(artifact_of, recordings, name):
    [answer], heavy = imported(artifact_of(name), recordings / "s0_sad_0.wav")
    assert answer["emotion"] in ("angry", "neutral", "sad")
    assert heavy == []


def test_a_heavy_import_would_be_seen(artifact_of, recordings):
    program = PROGRAM.replace("import json", "import pandas, json")
    _, heavy = imported(artifact_of("logistic"), recordings / "s0_sad_0.wav", program=program)
    assert "pandas" in heavy


@pytest.mark.long
def test_networks_are_recognised_where_keras_is_not_installed(artifact_of, recordings, tmp_path):
    """A package of that name that cannot be imported stands for one that is not there."""
    for package in ("keras", "tensorflow", "onnx", "sklearn", "pandas"):
        (tmp_path / f"{package}.py").write_text("raise ImportError('not installed')")
    done = subprocess.run(
        [sys.executable, "-m", "ser_cli.main", "predict", artifact_of("mlp"), recordings / "s0_sad_0.wav"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_what_does_not_fit_the_graph_is_an_artifact_error(network, tmp_path):
    model, scaler, raw = network("cnn_lstm")
    export.write(model.fitted_network, scaler, tmp_path / "model.onnx")
    portable = OnnxBackend.load(tmp_path / "model.onnx", model)
    with pytest.raises(ArtifactError, match=r"model.onnx does not accept the inputs of cnn_lstm \(.*INVALID"):
        portable.probabilities([frames[:, :7] for frames in raw])


def test_a_graph_of_another_length_is_refused(network, tmp_path):
    model, scaler, _ = network("cnn_lstm")
    export.write(model.fitted_network, scaler, tmp_path / "model.onnx")
    model.length = 50
    with pytest.raises(ArtifactError, match=r"frames has the shape \[0, 40, 20\], expected \[0, 50, None\]"):
        OnnxBackend.load(tmp_path / "model.onnx", model)


def test_missing_values_are_the_median_of_training(network, tmp_path):
    model, scaler, raw = network("mlp")
    export.write(model.fitted_network, scaler, tmp_path / "model.onnx")
    portable = OnnxBackend.load(tmp_path / "model.onnx", model)
    medians = scaler.statistics["median"]
    filled = np.where(np.isnan(raw), medians, raw).astype(np.float32)
    assert np.isnan(raw).any()
    np.testing.assert_array_equal(portable.probabilities(raw), portable.probabilities(filled))
