"""`score`: the metrics of a predictions table."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as reference

from ser_models.evaluation.entries import Confusion, GroupResult
from ser_models.evaluation.score import score

LABELS = ("angry", "calm", "sad")


@pytest.fixture(scope="module")
def predictions():
    """Two corpora, three speakers, two folds; no recording is calm."""
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
    return table.assign(file_id=[f"{row.dataset}/{row.Index}" for row in table.itertuples()])


@pytest.fixture(scope="module")
def scores(predictions):
    return score(predictions, LABELS, seed=0)


def test_overall_metrics(scores):
    assert (scores.n, scores.labels, scores.chance) == (6, LABELS, 0.5)
    assert scores.confusion_matrix == ((2, 0, 1), (0, 0, 0), (0, 1, 2))
    assert scores.uar == scores.accuracy == pytest.approx(2 / 3)
    assert scores.uar_ci95[0] <= scores.uar <= scores.uar_ci95[1]
    assert scores.mean_iou == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert scores.log_loss == pytest.approx(-(4 * np.log(0.8) + 2 * np.log(0.1)) / 6)
    assert scores.mse == pytest.approx((4 * (0.04 + 2 * 0.01) + 2 * (0.81 + 0.64 + 0.01)) / 18)
    assert scores.macro_auc == pytest.approx(np.mean([row.auc for row in scores.per_class.values()]))
    assert scores.calibration.ece == pytest.approx(0.8 - 4 / 6)
    assert scores.calibration.bins == 15


def test_groups(scores):
    assert scores.per_speaker == {
        "x/s1": GroupResult(1.0, 2), "x/s2": GroupResult(0.5, 2), "y/s1": GroupResult(0.5, 2)
    }  # fmt: skip
    assert scores.per_corpus == {"x": GroupResult(0.75, 4), "y": GroupResult(0.5, 2)}
    assert scores.folds == (0.75, 0.5)
    assert scores.bootstrap_unit == "3 speakers"


def test_metrics_of_a_class(scores):
    assert set(scores.per_class) == set(scores.roc) == {"angry", "sad"}
    sad = scores.per_class["sad"]
    assert (sad.precision, sad.recall, sad.f1, sad.support) == pytest.approx((2 / 3, 2 / 3, 2 / 3, 3))
    assert sad.iou == 2 / 4
    assert sad.auc == pytest.approx((4 + 4 / 2) / 9)  # of 9 pairs, 4 are ranked correctly and 4 are ties
    assert sad.log_loss == pytest.approx(-(2 * np.log(0.8) + np.log(0.1) + 2 * np.log(0.9) + np.log(0.2)) / 6)
    assert sad.mse == pytest.approx((2 * 0.04 + 0.81 + 2 * 0.01 + 0.64) / 6)


def test_error_analysis(scores):
    assert [row.file_id for row in scores.errors.most_confident] == ["x/2", "y/5"]
    assert scores.errors.confusions[0] == Confusion("angry", "sad", 1, 1 / 3)


def test_a_test_of_one_class(predictions):
    scores = score(predictions[predictions["emotion"] == "sad"], LABELS, seed=0)
    assert (scores.per_class["sad"].auc, scores.macro_auc, scores.roc, scores.mcc) == (None, None, {}, None)
    assert (scores.uar, scores.uar_ci95, scores.chance, scores.folds) == (None, None, None, (None, None))
    assert {group.uar for group in scores.per_speaker.values()} == {None}
    assert (scores.accuracy, scores.untested, scores.scope) == (
        2 / 3,
        ("angry", "calm"),
        "over 1 of 3 classes",
    )


def test_groups_and_rejections_of_one_class_have_no_uar(predictions):
    scores = score(predictions.drop(index=[1]), LABELS, seed=0)
    assert scores.per_speaker["x/s1"] == GroupResult(None, 1)
    assert scores.risk_coverage.curve[0].uar is None
    assert scores.uar == scores.risk_coverage.curve[-1].uar


@pytest.mark.parametrize("present", [3, 2, 1])
def test_metrics_equal_scikit_learns(present):
    """Also where a class has no recordings, or is predicted nevertheless."""
    rng = np.random.default_rng(present)
    emotions = rng.choice(LABELS[:present], 300)
    table = pd.DataFrame(rng.dirichlet(np.ones(3), 300), columns=[f"p_{label}" for label in LABELS]).assign(
        file_id=[str(n) for n in range(300)], dataset="x", speaker="s", fold=0, emotion=emotions
    )
    scores = score(table, LABELS, seed=0)
    predicted = np.array(LABELS)[table[[f"p_{label}" for label in LABELS]].to_numpy().argmax(axis=1)]
    occurring = {"labels": list(LABELS[:present]), "zero_division": 0}
    for kind in ("macro", "weighted"):
        average = getattr(scores.averages, kind)
        expected = reference.precision_recall_fscore_support(emotions, predicted, average=kind, **occurring)
        assert (average.precision, average.recall, average.f1) == pytest.approx(expected[:3])
        iou = reference.jaccard_score(emotions, predicted, average=kind, **occurring)
        assert average.iou == pytest.approx(iou)
    if present > 1:
        assert scores.mcc == pytest.approx(reference.matthews_corrcoef(emotions, predicted))
        assert scores.averages.macro.recall == pytest.approx(scores.uar)
    assert (scores.macro_f1, scores.weighted_f1) == (scores.averages.macro.f1, scores.averages.weighted.f1)
    assert scores.averages.weighted.recall == pytest.approx(scores.accuracy)
    for label, row in scores.per_class.items():
        brier = reference.brier_score_loss(emotions == label, table[f"p_{label}"], pos_label=1)
        assert row.mse == pytest.approx(brier)


def test_no_correct_prediction_gives_counts_too(predictions):
    wrong = predictions[predictions["emotion"] != predictions["guess"]]
    scores = score(wrong, LABELS, seed=0)
    assert scores.uar == 0
    assert [type(row.support) for row in scores.per_class.values()] == [int, int]
