"""Wrong predictions by confidence, and pairs of classes by how often they are confused."""

import numpy as np
import pandas as pd

from ser_models.evaluation.entries import Confusion, Misclassification
from ser_models.evaluation.score import MOST_ERRORS, MOST_PAIRS, confusions, most_confident

LABELS = ("angry", "calm", "sad")


def test_errors_are_sorted_by_confidence():
    rows = pd.DataFrame({"file_id": list("dcba"), "emotion": ["angry", "calm", "sad", "calm"]})
    probabilities = np.array([[0.1, 0.7, 0.2], [0.0, 0.9, 0.1], [0.8, 0.1, 0.1], [0.7, 0.1, 0.2]])
    errors = most_confident(rows, LABELS, probabilities)
    assert [row.file_id for row in errors] == ["b", "a", "d"]
    assert errors[0] == Misclassification("b", "sad", "angry", 0.8, 0.1)


def test_the_number_of_errors_and_pairs_is_limited():
    rows = pd.DataFrame({"file_id": [f"{n:02}" for n in range(30)], "emotion": "sad"})
    errors = most_confident(rows, LABELS, np.tile([0.8, 0.1, 0.1], (30, 1)))
    assert [row.file_id for row in errors] == [f"{n:02}" for n in range(MOST_ERRORS)]
    assert len(confusions(np.ones((5, 5), dtype=int), list("abcde"))) == MOST_PAIRS


def test_a_perfect_model_has_no_errors():
    rows = pd.DataFrame({"file_id": ["a"], "emotion": ["sad"]})
    assert most_confident(rows, LABELS, np.array([[0.1, 0.1, 0.8]])) == ()
    assert confusions(np.diag([3, 0, 2]), LABELS) == ()


def test_confusions_are_sorted_by_count_then_by_share():
    assert confusions(np.array([[6, 2, 0], [1, 2, 1], [2, 0, 2]]), LABELS) == (
        Confusion("sad", "angry", 2, 0.5),
        Confusion("angry", "calm", 2, 0.25),
        Confusion("calm", "angry", 1, 0.25),
        Confusion("calm", "sad", 1, 0.25),
    )
