"""The benchmark of prediction runs, and fails where a promise that no machine changes is broken."""

import json
import subprocess
import sys

import pytest

from benchmarks.report import Report
from ser_models.experiments.train import run_experiment
from ser_models.training.config import TrainConfig


@pytest.fixture(scope="module")
def artifacts(store_root, tmp_path_factory):
    root = tmp_path_factory.mktemp("artifacts")
    run_experiment(store_root, root / "mlp", TrainConfig("mlp", {"epochs": 1}))
    return root


@pytest.mark.long
def test_every_figure_is_printed(artifacts, real_data, tmp_path):
    words = ["--data", real_data, "--artifact", artifacts / "mlp", "--files", 20, "--rounds", 1]
    command = [sys.executable, "-m", "benchmarks.speed.predict", *words, "--json", tmp_path / "report.json"]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    report = Report.of(json.loads((tmp_path / "report.json").read_text()))
    names = [figure.name for figure in report.figures]
    assert [name.startswith("mlp: ") for name in names] == [True] * 10
    for what in ("differ by", "cold", "warm", "20 files, 2 workers", "timeline of 10 minutes"):
        assert any(what in name for name in names), what
    assert report.figures[0].reached
