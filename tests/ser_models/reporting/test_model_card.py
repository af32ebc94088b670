"""The model card says what a model is, and hides nothing."""

import pytest

from ser_models import artifact
from ser_models.artifact.metadata import read_metadata
from ser_models.experiments.train import Plan, run
from ser_models.reporting.model_card import write_model_card


@pytest.fixture(scope="module")
def made(store_root, tmp_path_factory):
    out = tmp_path_factory.mktemp("artifacts") / "logistic"
    return out, run(store_root, out, Plan("logistic", split="random", command="ser train --model logistic"))


def test_every_artifact_has_one(made):
    folder, metrics = made
    text = (folder / "README.md").read_text()
    assert text.startswith("# logistic on own\n")
    low, high = metrics["interval"]
    assert f"| {metrics['uar']:.3f} | {low:.3f}–{high:.3f}, over {metrics['interval_over']} |" in text
    assert "ser train --model logistic" in text
    assert "| own | 72 | the user's own |" in text
    assert "Do not use it to judge a person" in text
    for label, row in metrics["per_class"].items():
        assert f"| {label} | {row['recall']:.3f} |" in text
    artifact.load(folder)


def test_leaks_are_named(made):
    folder, metrics = made
    assert metrics["leakage"]
    text = (folder / "README.md").read_text()
    assert "**Leaks were found" in text
    for finding in metrics["leakage"]:
        assert f"- {finding['kind']}: {finding['message']}" in text


def test_no_leak_is_said_too_and_a_bar_ends_no_cell(made, tmp_path):
    folder, metrics = made
    clean = {**metrics, "leakage": [], "files": {"a|b": 3}}
    metadata = read_metadata(folder)
    metadata.datasets[:] = ["a|b"]
    write_model_card(tmp_path / "README.md", metadata, clean)
    text = (tmp_path / "README.md").read_text()
    assert "Leaks between training and test: none found." in text
    assert r"| a\|b | 3 |" in text
