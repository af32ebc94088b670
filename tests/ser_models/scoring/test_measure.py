"""Metrics of predictions equal those of scikit-learn; what qualifies them is said."""

import numpy as np
import pytest
from sklearn import metrics

from ser_models.evaluation.score import confusion_scores
from ser_models.scoring.confusion import wilson_interval
from ser_models.scoring.majority import hidden_majority
from ser_models.scoring.result import ScoreResult


@pytest.fixture
def result(measured, systems) -> ScoreResult:
    return measured(systems.rename(columns={"better": "prediction"}).drop(columns="worse"))


def test_metrics_are_those_of_scikit_learn(result, systems):
    truth, predicted = systems["truth"], systems["better"]
    assert result.uar == pytest.approx(metrics.balanced_accuracy_score(truth, predicted))
    assert result.accuracy == pytest.approx(metrics.accuracy_score(truth, predicted))
    assert result.macro_f1 == pytest.approx(metrics.f1_score(truth, predicted, average="macro"))
    assert result.weighted_f1 == pytest.approx(metrics.f1_score(truth, predicted, average="weighted"))
    assert result.mcc == pytest.approx(metrics.matthews_corrcoef(truth, predicted))
    assert np.array(result.confusion_matrix).tolist() == metrics.confusion_matrix(truth, predicted).tolist()
    assert result.uar_ci95[0] < result.uar < result.uar_ci95[1]
    assert (result.bootstrap_unit, result.unknown_speakers, result.chance) == ("6 speakers", 0, 1 / 3)
    assert (result.log_loss, result.calibration, result.majority) == (None, None, None)


def test_groups_and_speakers(result, systems):
    women = systems[systems["sex"] == "f"]
    expected = metrics.balanced_accuracy_score(women["truth"], women["better"])
    assert result.groups["sex"]["f"].uar == pytest.approx(expected)
    assert {name: group.n for name, group in result.groups["sex"].items()} == {"f": 45, "m": 45}
    assert {name: group.n for name, group in result.per_speaker.items()} == {f"s{n}": 15 for n in range(6)}


def test_probabilities_are_of_the_predicted_class(measured):
    text = "file,truth,pred,p_angry,p_sad\na,angry,angry,0.8,0.2\nb,sad,angry,0.4,0.6\nc,sad,sad,0.3,0.7\n"
    result = measured(text)
    assert result.log_loss == pytest.approx(-np.log([0.8, 0.6, 0.7]).mean())
    assert result.calibration.ece == pytest.approx((abs(0.4 - 0) + 0.2 + 0.3) / 3)
    assert "in 1 row the prediction is not the class of the highest probability" in result.notes


def test_rows_without_a_prediction_are_errors_in_a_note(measured):
    result = measured("file,truth,pred\na,angry,angry\nb,angry,\nc,sad,sad\nd,calm,\n")
    assert (result.n, result.uar) == (2, 1.0)
    assert (
        "2 recordings without a prediction: left out; counted as errors, the UAR is 0.500" in result.notes
    )  # recalls 1/2, 1 and 0


def test_interval_over_recordings_if_speakers_are_unknown(measured):
    result = measured("file,truth,pred\n" + "x,angry,angry\ny,sad,sad\nz,sad,angry\n" * 5)
    assert result.bootstrap_unit == "15 recordings, speakers unknown"
    single = measured("file,truth,pred,gender\na,sad,sad,f\nb,sad,calm,f\n")
    assert (single.uar, single.uar_ci95, single.chance, single.untested) == (None, None, None, ("calm",))


def test_a_truth_that_is_the_prediction_is_suspect(measured):
    rows = "".join(f"{n},{'sad' if n % 2 else 'calm'},{1 - n % 2},{n % 2}\n" for n in range(20))
    result = measured("file,label,p_calm,p_sad\n" + rows)
    assert "label is the class of the highest probability in every row: is it the prediction?" in result.notes


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        # always neutral: as accurate as the majority class
        ({"neutral": (70, 70), "sad": (0, 30)}, "always answering neutral is as accurate (0.700) as these"),
        # UAR beside chance although the accuracy is higher than the share of the majority
        ({"neutral": (68, 70), "sad": (3, 30)}, "the interval of the UAR includes chance"),
        # UAR above chance, accuracy far above the UAR
        ({"neutral": (780, 800), "sad": (100, 200)}, "its recall of 0.975 raises the accuracy above the UAR"),
        # balanced classes, and a minority class that is recognised best
        ({"neutral": (30, 50), "sad": (30, 50)}, None),
        ({"neutral": (50, 80), "sad": (20, 20)}, None),
        ({"neutral": (28, 52), "sad": (22, 48)}, None),
        ({"neutral": (70, 80), "sad": (16, 20)}, None),
    ],
)
def test_a_majority_class_that_accuracy_hides(counts, sentence):
    (neutral, neutrals), (sad, sads) = counts.values()
    matrix = np.array([[neutral, neutrals - neutral], [sads - sad, sad]])
    majority = hidden_majority(confusion_scores(matrix, [*counts]), wilson_interval(matrix).low)
    assert (majority is None) if sentence is None else (sentence in majority)
    if sentence:
        share = 100 * neutrals / (neutrals + sads)
        assert majority.startswith(f"{share:.1f}\N{NO-BREAK SPACE}% of the recordings are neutral")


def test_a_majority_is_said_of_predictions(measured):
    hidden = measured("file,truth,pred\n" + "x,neutral,neutral\n" * 7 + "y,sad,neutral\n" * 3)
    assert "always answering neutral is as accurate (0.700)" in hidden.majority
    assert hidden_majority(measured("truth,pred\nsad,sad\n"), None) is None
