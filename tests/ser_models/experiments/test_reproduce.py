"""A recipe on a user's own corpus, from recordings to report, under both protocols; and its tuning."""

import shutil
from dataclasses import astuple

import pandas as pd
import pytest

from ser_features.errors import InputError
from ser_models.evaluation.result import read_result
from ser_models.evaluation.second_softmax import losses
from ser_models.experiments.reproduce import Reproduction, find_corpora, reproduce
from ser_models.experiments.tune import OBJECTIVE, one_factor, tune, without_test
from ser_models.recipes.read import load
from tests.faults.serial import in_this_process
from tests.undrawn import undrawn

RECIPE = """
title = "Trees on tones"
source = "nowhere"
choices = ["everything"]
datasets = ["{table}"]
classes = ["angry", "neutral"]
label_map = {{ sad = "neutral" }}
profile = "speech16k+bone"
oversample = true

[model]
name = "xgboost"
n_estimators = 20

[paper]
split = "random"
shares = [0.8, 0.0, 0.2]
augment = "all"
description = "80:20 over all clips, copies included."

[honest]
split = "speaker"
folds = 3
description = "Three folds over speakers."

[quick]
epochs = 5
folds = 2
variants = ["louder"]

[tune]
max_depth = {{ choices = [2, 4] }}
learning_rate = {{ low = 0.01, high = 0.3, log = true }}

[claims]
accuracy = 0.99
log_loss = 0.6
second_softmax = true

[[variants]]
name = "louder"
transform = "gain"
factor = [1.1, 1.5]

[[variants]]
name = "upside_down"
transform = "polarity"
"""


@pytest.fixture(scope="module")
def recipe(recordings, tmp_path_factory):
    path = tmp_path_factory.mktemp("recipe") / "tones.toml"
    path.write_text(RECIPE.format(table=recordings / "own.csv"))
    return load(str(path))


@pytest.fixture(scope="module")
def out(recipe, recordings, tmp_path_factory):
    """Folder in which both protocols have run."""
    folder = tmp_path_factory.mktemp("reproduced") / "tones"
    with in_this_process(), undrawn():
        for protocol in ("paper", "honest"):
            reproduce(Reproduction(recipe, protocol, recordings, folder, command="ser reproduce tones"))
    return folder


def metrics_of(folder):
    return read_result(folder)


def test_the_paper_protocol_reports_its_leaks(out):
    metrics = metrics_of(out / "paper")
    assert [finding.kind for finding in metrics.leakage] == ["recording", "speaker", "fitted"]
    copies = metrics.leakage[0].message
    assert "recordings or their augmented copies are in both train and test: own/s" in copies
    assert metrics.leakage[2].message.startswith("early stopping of fold 0 was fitted on 44 recordings")
    assert metrics.n == 44
    assert metrics.files == {"own": 72}


def test_the_honest_protocol_tests_every_original_once(out):
    metrics = metrics_of(out / "honest")
    assert [finding.kind for finding in metrics.leakage] in ([], ["suspect"])
    predictions = pd.read_parquet(out / "honest" / "predictions.parquet")
    tested = predictions[predictions["split"] == "test"]
    assert len(tested) == 72 == tested["file_id"].nunique()
    assert not tested["file_id"].str.contains("#").any()
    assert "144 augmented copies, of training recordings only" in metrics.notes
    assert "24 recordings of sad count as neutral" in metrics.notes


def test_figures_of_the_training_are_those_of_the_final_model(out):
    for protocol, fold in (("paper", 0), ("honest", -1)):
        history = pd.read_csv(out / protocol / "history.csv")
        history = history[history["fold"] == fold]
        best, training = history[history["best"]].iloc[0], metrics_of(out / protocol).training
        assert (training.epoch, training.epochs) == (best["epoch"], len(history))
        assert astuple(training.train) == pytest.approx((best["accuracy"], best["loss"]))
        assert astuple(training.validation) == pytest.approx((best["val_accuracy"], best["val_loss"]))


def test_claimed_losses_of_a_second_softmax_are_repeated(out):
    metrics = metrics_of(out / "paper")
    tested = pd.read_parquet(out / "paper" / "predictions.parquet").query("split == 'test'")
    assert metrics.second_softmax == losses(tested, metrics.labels)
    assert "passed through softmax twice" in (out / "paper" / "report.html").read_text()


def test_splits_name_the_source_of_a_copy(out):
    splits = pd.read_parquet(out / "honest" / "splits.parquet")
    trained = splits[(splits["fold"] == 0) & (splits["split"] == "train")]
    copies = trained.dropna(subset="source_file_id")
    assert len(trained) == 3 * (len(trained) - len(copies))


def test_the_report_has_both_protocols_side_by_side(out):
    report = (out / "report.html").read_text()
    paper, honest = metrics_of(out / "paper"), metrics_of(out / "honest")
    assert "Trees on tones" in report
    assert f"{100 * honest.uar:.1f}\xa0%" in report
    assert f"{100 * paper.uar:.1f}\xa0%" in report
    assert "ser reproduce tones" in report
    assert report == (out / "honest" / "report.html").read_text()


@pytest.mark.long
def test_a_quick_run_is_marked_everywhere(recipe, recordings, out):
    metrics = reproduce(Reproduction(recipe, "honest", recordings, out, quick=True, workers=1))
    note = "quick run: at most 5 epochs, 2 folds, 1 of 2 augmented copies"
    assert metrics.quick == note
    assert note in metrics.notes
    assert note in (out / "honest-quick" / "report.html").read_text()
    assert pd.read_csv(out / "honest-quick" / "history.csv")["epoch"].max() <= 5
    assert metrics_of(out / "honest").quick is None


def test_a_missing_corpus_is_named(recipe, recordings, tmp_path):
    both = recipe.model_copy(update={"datasets": [*recipe.datasets, "savee"]})
    scans, missing = find_corpora(both, tmp_path)
    assert [scan.dataset for scan in scans.values()] == ["own"]
    assert missing == ("savee is missing: the paper used it",)


def test_no_corpus_is_found(recipe, tmp_path):
    none = recipe.model_copy(update={"datasets": ["savee", "ravdess"]})
    with pytest.raises(InputError, match=r"^savee: no folder named"):
        find_corpora(none, tmp_path)


def test_a_class_without_recordings(recipe, tmp_path):
    more = recipe.model_copy(
        update={"classes": ["angry", "fear", "neutral"], "datasets": [*recipe.datasets, "tess"]}
    )
    with pytest.raises(InputError) as error:
        find_corpora(more, tmp_path)
    assert str(error.value).startswith("recipe tones: no recording of fear in ")
    assert str(error.value).endswith(f"expected some of every class: add tess to {tmp_path}")


def test_test_speakers_are_never_read_in_a_search(make_examples):
    examples = make_examples(speakers=8)
    kept, split = without_test(examples, seed=0)
    assert set(split.table["split"]) == {"train", "validation"}
    assert len(set(kept.groups)) < 8
    assert set(split.table["file_id"]) == set(kept.rows["file_id"])


def test_a_search_continues_where_it_stopped(recipe, recordings, tmp_path, out):
    folder = tmp_path / "tones"
    shutil.copytree(out / "store", folder / "store")
    job = Reproduction(recipe, "honest", recordings, folder, workers=1)
    trials = []
    first = tune(job, 2, on_trial=lambda number, uar, values: trials.append((number, uar, values)))
    assert [number for number, _, _ in trials] == [0, 1]
    assert trials[0][2] == {"max_depth": 4, "learning_rate": 0.05}, "the recipe's own values come first"
    second = tune(job, 3, on_trial=lambda number, uar, values: trials.append((number, uar, values)))
    assert [number for number, _, _ in trials] == [0, 1, 2]
    assert len(second.trials) == 3
    assert set(first.trials["trial"]) < set(second.trials["trial"])
    assert second.trials[OBJECTIVE].is_monotonic_decreasing
    assert set(second.best) == {"max_depth", "learning_rate"}
    measured = []
    for table in [one_factor(job, on_trial=lambda number, *_: measured.append(number)) for _ in range(2)]:
        assert table["hyperparameter"].tolist() == ["", "max_depth", *["learning_rate"] * 5]
        assert table["value"].tolist() == ["", 2, 0.01, 0.0234035, 0.0547723, 0.128186, 0.3]
        assert table[OBJECTIVE][0] == trials[0][1]
        assert (table["difference"] == table[OBJECTIVE] - table[OBJECTIVE][0]).all()
    assert measured == [0, 1, 2, 3, 4, 5, 6], "finished trials are not repeated"
    for name in ("study.db", "trials.csv", "trials.png", "one_factor.csv"):
        assert (folder / "tune" / name).stat().st_size > 0
