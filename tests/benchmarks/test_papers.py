"""Pages of the publications: those in docs are what the command writes; runs stand beside the claims."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.accuracy import stored_runs
from benchmarks.accuracy.papers import layers, page
from ser_models import recipes
from ser_models.evaluation.claims import Claims
from ser_models.evaluation.comparison import ComparedRow, ComparedRows, Measured
from ser_models.evaluation.result import METRICS
from ser_models.experiments.architecture import Request, architecture
from ser_models.models import model_class
from ser_models.models.networks.network import Network
from ser_models.recipes.read import load
from ser_models.reporting.report import claimed
from tests.cli.walk import commands, parsed
from tests.results import make_history, make_predictions, make_result

RECIPE = "bone_conducted_transformer"


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """Stored runs of a recipe: a full one, and a reduced one of each protocol."""
    monkeypatch.setattr(stored_runs, "RESULTS", tmp_path / "results")
    artifact = tmp_path / "artifact"
    artifact.mkdir()
    make_history().assign(accuracy=0.5, val_accuracy=1 / 3).to_csv(artifact / "history.csv", index=False)
    labels = tuple(load(RECIPE).classes)
    make_predictions(labels=labels).to_parquet(artifact / "predictions.parquet")
    missing = ("savee is missing: the paper used it",)
    result = make_result({"notes": missing, "files": {"ravdess": 1200}}, labels=labels)
    for protocol, quick in (("paper", None), ("paper", "quick run: fewer"), ("honest", "quick run: fewer")):
        run = replace(result, quick=quick)
        (artifact / METRICS).write_text(run.to_json())
        path = stored_runs.path_of(RECIPE, protocol, quick=bool(quick))
        assert stored_runs.store_run(path, artifact, protocol) == run
    return stored_runs.stored_runs(RECIPE)


@pytest.mark.parametrize("name", page.names())
def test_a_page_is_what_the_command_writes(name):
    text, drawings = page.render(name)
    assert (page.PAGES / f"{name}.md").read_text(encoding="utf-8") == text, (
        f"run python -m benchmarks.accuracy.papers {name}"
    )
    shown = re.findall(r"\]\(\.\./images/papers/([^)]+)\)", text)
    assert set(drawings) <= set(shown)
    assert not [file for file in shown if not (page.IMAGES / file).is_file()]


def test_every_claim_is_on_a_page():
    templates = "".join((page.TEMPLATES / f"{name}.md.jinja").read_text() for name in page.names())
    for recipe in map(load, recipes.names()):
        shown = set(re.findall(rf'paper\.(\w+)\("{recipe.name}"', templates))
        kinds = (claimed.overall, claimed.emotions, claimed.training, claimed.losses)
        made = {kind.__name__: kind(recipe.claims, {}) for kind in kinds}
        expected = {"runs", "choices", *(name for name, table in made.items() if table.rows)}
        assert expected | ({"comparisons"} if recipe.comparisons else set()) <= shown, recipe.name


def test_the_full_run_is_shown_rather_than_a_reduced_one(stored):
    assert {protocol: run.result.quick for protocol, run in stored.items()} == {
        "paper": None,
        "honest": "quick run: fewer",
    }
    assert isinstance(stored["paper"].history, pd.DataFrame)
    assert np.allclose(stored["paper"].history["val_accuracy"], 1 / 3, atol=1e-6)


def test_runs_stand_beside_the_claims(stored):
    text, drawings = page.render(RECIPE)
    accuracy = stored["paper"].result.accuracy
    assert re.search(rf"^\| Accuracy \| 95.51\s% \| {100 * accuracy:.1f}\s% \| ", text, re.MULTILINE)
    assert (
        f"`ser reproduce {RECIPE} --protocol paper`, `ser reproduce {RECIPE} --protocol honest --quick`"
        in text
    )
    assert "Savee is missing: the paper used it." in text
    assert f"ser plot confusion artifacts/{RECIPE}/honest-quick" in text
    kinds = ("confusion_matrix", "roc", "per_class", "training_curves")
    expected = {f"{RECIPE}_{name}_{kind}.png" for name in stored for kind in kinds}
    assert set(drawings) == expected | {f"{RECIPE}_counts.png"}
    assert stored["paper"].counts == {"demo": dict.fromkeys(load(RECIPE).classes, 20)}


def test_a_comparison_stands_below_the_table_of_the_paper(stored):
    measured = Measured("f", "svm", 0.5, 0.4, (0.3, 0.5), 0.4, 0.7, 1.2, tested=100, seconds=2.0)
    rows = (ComparedRow("svm", "SVM", "Table I", Claims(accuracy=0.7), measured=measured),)
    compared = ComparedRows(RECIPE, "honest", "speaker-disjoint, 2 folds", rows, classes=8, quick="quick run")
    path = stored_runs.comparison_path_of(RECIPE, "honest", quick=True)
    path.write_text(compared.to_json())
    text, _ = page.render(RECIPE)
    assert "Under the honest protocol, speaker-disjoint, 2 folds; quick run:" in text
    assert "| svm | accuracy 70.0\xa0% | 50.0\xa0% | 40.0\xa0% | 30.0\xa0% to 50.0\xa0% | – | 100 |" in text
    assert f"`ser reproduce {RECIPE} --protocol honest --compare --quick`" in text


COMMANDS = {
    command
    for path in page.PAGES.glob("*.md")
    for command in re.findall(r"`(ser [^`]+)`", path.read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_command_of_a_page_is_valid(command):
    assert not hasattr(dict(commands())[parsed(command)], "commands")


@pytest.mark.long
@pytest.mark.parametrize("recipe", recipes.names())
def test_layers_of_a_page_are_those_of_the_recipe(recipe):
    pytest.importorskip("keras", reason="no Keras, so networks are not built")
    if layers.stored(recipe):
        assert layers.stored(recipe) == architecture(Request(load(recipe).model["name"], recipe))
    else:
        assert not issubclass(model_class(load(recipe).model["name"]), Network)
