"""The benchmark of prediction runs, and fails where a promise that no machine changes is broken."""

import subprocess
import sys

import pytest

from ser_models.experiments.train import run_experiment
from ser_models.training.config import TrainConfig


@pytest.fixture(scope="module")
def artifacts(store_root, tmp_path_factory):
    root = tmp_path_factory.mktemp("artifacts")
    run_experiment(store_root, root / "mlp", TrainConfig("mlp", {"epochs": 1}))
    return root


@pytest.mark.long
def test_every_figure_is_printed(artifacts, real_data):
    words = ["--data", real_data, "--artifact", artifacts / "mlp", "--files", 20, "--runs", 1]
    command = [sys.executable, "-m", "benchmarks.speed.predict", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    models, cold, one, two, ratio = done.stdout.splitlines()
    assert models.startswith("mlp: Keras and ONNX differ by ")
    assert "at most over 10" in models
    assert " warm " in models
    assert "mlp: cold " in cold
    assert cold.endswith("importing none of tensorflow, keras, sklearn")
    assert one.startswith("mlp: a folder of 20 files, --workers 1: ")
    assert two.startswith("mlp: a folder of 20 files, --workers 2: ")
    assert ratio.startswith("two workers are ")
