"""Models side by side: shared recordings, paired differences, verdict, page."""

import shutil
from dataclasses import replace

import pandas as pd
import pytest

import ser_models
from ser_features.errors import InputError
from ser_models.artifact.tested import names_of, read_tests
from ser_models.evaluation.paired import Difference, paired_difference
from ser_models.evaluation.result import read_result
from ser_models.experiments import side_by_side as module
from ser_models.experiments.earlier import earlier_runs
from ser_models.experiments.side_by_side import side_by_side
from ser_models.reporting.report.side_by_side import difference, write_page
from tests.pages import text_of


@pytest.fixture(scope="module")
def artifacts(artifact_of):
    return [artifact_of(name, folds=2) for name in ("logistic", "knn")]


def test_models_are_measured_on_the_recordings_that_all_were_tested_on(artifacts):
    compared = side_by_side(artifacts, seed=3)
    assert [one.name for one in compared.models] == ["logistic", "knn"]
    assert (compared.recordings, compared.speakers) == (72, "6 speakers")
    assert compared.models[0].difference is None
    rows = [read_tests(folder) for folder in artifacts]
    expected = paired_difference(rows[1], rows[0], ["angry", "neutral", "sad"], seed=3)
    assert compared.models[1].difference == expected
    assert expected.uar == pytest.approx(compared.models[1].uar - compared.models[0].uar)
    assert ser_models.compare(artifacts).recordings == 72


def test_recordings_of_one_model_alone_are_left_out(artifacts, monkeypatch):
    def some(folder):
        rows = read_tests(folder)
        return rows[rows["speaker"] != "s0"].assign(emotion="sad") if folder.name == "knn" else rows

    monkeypatch.setattr(module, "read_tests", some)
    with pytest.raises(InputError, match="were tested on 20 common recordings of fewer than two classes"):
        side_by_side(artifacts)


def test_earlier_runs_are_the_artifacts_in_the_same_folder(artifacts, tmp_path):
    own, other = (shutil.copytree(folder, tmp_path / folder.name) for folder in artifacts)
    predictions = pd.read_parquet(own / "predictions.parquet")
    runs = {run.name: run for run in earlier_runs(own, predictions, read_result(own))}
    assert set(runs) == {"logistic (replaced)", "knn"}
    assert runs["logistic (replaced)"].difference == Difference(0.0, 0.0, 0.0, 72)
    tables = [read_tests(folder) for folder in artifacts]
    assert runs["knn"].difference == paired_difference(*tables, ["angry", "neutral", "sad"], seed=0)
    (other / "metrics.json").write_text("{}")
    assert len(earlier_runs(own, predictions, read_result(own))) == 1


def test_one_model_is_no_comparison(artifacts):
    with pytest.raises(InputError, match="1 model, expected two or more to compare"):
        side_by_side(artifacts[:1] * 2)


def test_the_verdict_names_differences_beyond_chance(artifacts):
    compared = side_by_side(artifacts)
    first, other = compared.models
    better = replace(other, difference=Difference(0.1, 0.02, 0.2, 72))
    assert replace(compared, models=(first, better)).verdict == "better than logistic beyond chance: knn"
    unclear = replace(other, difference=Difference(0.1, -0.02, 0.2, 72))
    assert replace(compared, models=(first, unclear)).verdict.startswith("no model differs from logistic")
    assert difference(unclear.difference) == "+10.0 [−2.0, +20.0] points"


def test_the_page_replaces_itself_and_nothing_else(artifacts, tmp_path):
    page = tmp_path / "models.html"
    for _ in range(2):
        write_page(page, side_by_side(artifacts))
    text = text_of(page.read_text(encoding="utf-8"))
    assert "Recall by class" in text
    assert "speaker-disjoint, 2 folds" in text
    page.write_text("mine")
    with pytest.raises(InputError, match="was not written by ser"):
        write_page(page, side_by_side(artifacts))


def test_names_are_paths_where_folders_have_one_name(tmp_path):
    assert names_of([tmp_path / "a" / "m", tmp_path / "b" / "m"]) == (
        str(tmp_path / "a" / "m"),
        str(tmp_path / "b" / "m"),
    )
