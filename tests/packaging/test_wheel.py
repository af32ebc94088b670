"""The wheel alone gives a working `ser`, with the base installation and nothing beside it."""

import zipfile

import pytest

from tests.packaging.conftest import run

pytestmark = pytest.mark.long


def test_wheel_has_the_packages_and_nothing_else(environment):
    [wheel] = (environment.parents[1] / "wheels").glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert top == {"ser_features", "ser_models", "ser_cli"}
    for suffix in (".toml", ".jinja", ".css"):
        assert any(name.endswith(suffix) for name in names)
    for name in ("artifact.json", "model.npz", "README.md"):
        assert f"ser_models/builtin/{name}" in names


def test_base_installation_has_no_heavy_extras(environment):
    installed = run(environment / "python", "-m", "pip", "list", "--format=freeze").stdout.lower()
    for package in ("tensorflow", "keras", "gradio", "xgboost", "torch"):
        assert package not in installed


def test_a_user_goes_from_recordings_to_predictions(environment, recordings, tmp_path):
    def ser(*words: object, **options: object) -> str:
        result = run(environment / "ser", *words, cwd=tmp_path, **options)
        return result.stdout + result.stderr

    assert "extract" in ser("--help")
    assert "extract" in ser("-h")
    assert ser("--version").startswith("ser ")
    assert "ravdess" in ser("corpora")
    assert "logistic" in ser("models")
    assert "s0_angry_0.wav" in ser("predict", "builtin", recordings / "s0_angry_0.wav")
    assert "72 stored" in ser("extract", "--datasets", recordings / "own.csv")
    assert "UAR" in ser("train", "--model", "logistic", "--folds", "3")
    assert "angry" in ser("predict", "artifacts/logistic", recordings / "s0_angry_0.wav")
    refused = ser("train", "--model", "xgboost", check=False)
    assert "needs xgboost, which is not installed: pip install 'ser-toolkit[" in refused
    assert len(refused.strip().splitlines()) == 1
