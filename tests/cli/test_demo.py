"""`ser demo`: its steps, and what it does without XGBoost."""

import sys

import pytest


@pytest.fixture
def steps(monkeypatch):
    """Replace the commands that the demo runs, and return their calls."""
    calls = []
    for name in ("extract", "train", "predict"):
        module = f"ser_cli.{name}"
        monkeypatch.setattr(
            f"{module}.{name}", lambda *files, of=name, **options: calls.append((of, options))
        )
    monkeypatch.setattr("ser_cli.demo._validation_files", lambda artifact, data: [])
    return calls


@pytest.mark.parametrize(("installed", "second"), [(True, "xgboost"), (False, "logistic")])
def test_two_models_of_what_is_installed(ser, steps, tmp_path, monkeypatch, installed, second):
    if installed:
        pytest.importorskip("xgboost")
    else:
        monkeypatch.setitem(sys.modules, "xgboost", None)
    answer = ser("demo", "--data", tmp_path / "data", "--artifacts", tmp_path)
    assert answer.code == 0
    assert [options["model"] for name, options in steps if name == "train"] == ["best", second]
    missing = (
        "model 'xgboost' needs xgboost, which is not installed: pip install 'ser-toolkit[xgboost]': the demo "
    )
    assert (missing in answer.err) == (not installed)
    assert "The ranking of models on 12 synthetic voices does not carry over to human speech" in answer.err


@pytest.mark.long
def test_demo_from_nothing(ser, tmp_path):
    answer = ser("demo", "--data", tmp_path / "data", "--artifacts", tmp_path)
    assert answer.code == 0
    assert answer.out.count(" 95 % interval ") == 2
    assert "next: ser train --model best --folds 5" in answer.out
