"""The figures of metrics.json, from a predictions table."""

import json

import numpy as np
import pandas as pd
import pytest

from ser_models.evaluation.score import score

LABELS = ("angry", "calm", "sad")


@pytest.fixture
def predictions():
    """Two corpora, three speakers, two folds; nobody is calm."""
    rows = [
        ("x", "s1", "angry", 0, "angry"),
        ("x", "s1", "sad", 0, "sad"),
        ("x", "s2", "angry", 0, "sad"),
        ("x", "s2", "sad", 0, "sad"),
        ("y", "s1", "angry", 1, "angry"),
        ("y", "s1", "sad", 1, "calm"),
    ]
    table = pd.DataFrame(rows, columns=["dataset", "speaker", "emotion", "fold", "guess"])
    for label in LABELS:
        table[f"p_{label}"] = np.where(table["guess"] == label, 0.8, 0.1)
    return table.assign(file_id=[f"{row.dataset}/{place}" for place, row in enumerate(table.itertuples())])


def test_figures(predictions):
    found = score(predictions, LABELS, seed=0)
    assert found["uar"] == pytest.approx(2 / 3)
    assert found["accuracy"] == pytest.approx(4 / 6)
    assert found["n"] == 6
    assert found["confusion_matrix"] == [[2, 0, 1], [0, 0, 0], [0, 1, 2]]
    assert found["labels"] == list(LABELS)
    assert found["log_loss"] == pytest.approx(-(4 * np.log(0.8) + 2 * np.log(0.1)) / 6)


def test_groups(predictions):
    found = score(predictions, LABELS, seed=0)
    assert found["per_speaker"] == {"x/s1": 1.0, "x/s2": 0.5, "y/s1": 0.5}
    assert found["per_corpus"] == {"x": 0.75, "y": 0.5}
    assert found["folds"] == [0.75, 0.5]
    assert found["interval_over"] == "3 speakers"


def test_chance_and_per_class_know_only_the_classes_that_occur(predictions):
    found = score(predictions, LABELS, seed=0)
    assert found["chance"] == 0.5
    assert set(found["per_class"]) == {"angry", "sad"}
    sad = found["per_class"]["sad"]
    assert {name: sad[name] for name in ("precision", "recall", "f1", "support")} == pytest.approx(
        {"precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3, "support": 3}
    )
    assert set(found["roc"]) == {"angry", "sad"}


def test_measures_of_a_class(predictions):
    sad = score(predictions, LABELS, seed=0)["per_class"]["sad"]
    assert sad["iou"] == 2 / 4
    assert sad["auc"] == pytest.approx((4 + 4 / 2) / 9)  # of 9 pairs 4 are won, 4 are equal
    assert sad["log_loss"] == pytest.approx(
        -(2 * np.log(0.8) + np.log(0.1) + 2 * np.log(0.9) + np.log(0.2)) / 6
    )
    assert sad["mse"] == pytest.approx((2 * 0.04 + 0.81 + 2 * 0.01 + 0.64) / 6)


def test_measures_of_the_whole(predictions):
    found = score(predictions, LABELS, seed=0)
    assert found["mean_iou"] == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert found["mse"] == pytest.approx((4 * (0.04 + 2 * 0.01) + 2 * (0.81 + 0.64 + 0.01)) / 18)
    assert found["macro_auc"] == pytest.approx(np.mean([row["auc"] for row in found["per_class"].values()]))
    assert found["averages"]["macro"]["recall"] == pytest.approx(found["uar"])
    assert found["averages"]["weighted"]["recall"] == pytest.approx(found["accuracy"])
    assert found["calibration"]["ece"] == pytest.approx(0.8 - 4 / 6)
    assert found["calibration"]["bins"] == 15


def test_errors_are_analysed(predictions):
    found = score(predictions, LABELS, seed=0)["mistakes"]
    assert [row["file_id"] for row in found["most_confident"]] == ["x/2", "y/5"]
    assert found["confusions"][0] == {"acted": "angry", "predicted": "sad", "n": 1, "share": 1 / 3}


def test_recordings_are_counted(predictions):
    counts = score(predictions, LABELS, seed=0)["recordings"]
    assert counts == {"per_speaker": {"x/s1": 2, "x/s2": 2, "y/s1": 2}, "per_corpus": {"x": 4, "y": 2}}


def test_it_is_json_without_nan(predictions):
    text = json.dumps(score(predictions, LABELS, seed=0), allow_nan=False)
    assert json.loads(text)["interval"][0] <= 2 / 3


def test_a_test_of_one_class_is_json_too(predictions):
    found = score(predictions[predictions["emotion"] == "sad"], LABELS, seed=0)
    json.dumps(found, allow_nan=False)
    assert found["per_class"]["sad"]["auc"] is None
    assert found["macro_auc"] is None
    assert found["roc"] == {}
    assert found["mcc"] == 0.0


def test_curves_are_thinned():
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.ones(3), 1000)
    rows = pd.DataFrame(shares, columns=[f"p_{label}" for label in LABELS]).assign(
        file_id=[str(n) for n in range(1000)],
        dataset="x",
        speaker="s",
        fold=0,
        emotion=rng.choice(LABELS, 1000),
    )
    curves = score(rows, LABELS, seed=0)["roc"]
    assert all(len(curve["fpr"]) == len(curve["tpr"]) <= 100 for curve in curves.values())
    assert len(json.dumps(curves)) < 10_000
