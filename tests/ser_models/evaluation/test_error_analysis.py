"""Error analysis: the surest mistakes first, and pairs by how often they are confused."""

import numpy as np
import pandas as pd

from ser_models.evaluation.error_analysis import PAIRS, SHOWN, confusions, most_confident

LABELS = ("angry", "calm", "sad")


def test_the_surest_mistakes_come_first():
    rows = pd.DataFrame({"file_id": list("dcba"), "emotion": ["angry", "calm", "sad", "calm"]})
    probabilities = np.array([[0.1, 0.7, 0.2], [0.0, 0.9, 0.1], [0.8, 0.1, 0.1], [0.7, 0.1, 0.2]])
    found = most_confident(rows, LABELS, probabilities)
    assert [row["file_id"] for row in found] == ["b", "a", "d"]
    assert found[0] == {
        "file_id": "b",
        "acted": "sad",
        "predicted": "angry",
        "confidence": 0.8,
        "acted_probability": 0.1,
    }


def test_at_most_twenty_are_listed():
    rows = pd.DataFrame({"file_id": [f"{n:02}" for n in range(30)], "emotion": "sad"})
    found = most_confident(rows, LABELS, np.tile([0.8, 0.1, 0.1], (30, 1)))
    assert [row["file_id"] for row in found] == [f"{n:02}" for n in range(SHOWN)]


def test_a_faultless_model_has_no_mistakes():
    rows = pd.DataFrame({"file_id": ["a"], "emotion": ["sad"]})
    assert most_confident(rows, LABELS, np.array([[0.1, 0.1, 0.8]])) == []
    assert confusions(np.diag([3, 0, 2]), LABELS) == []


def test_confusions_are_counted_and_equals_ranked_by_share():
    matrix = np.array([[6, 2, 0], [1, 2, 1], [2, 0, 2]])
    assert confusions(matrix, LABELS) == [
        {"acted": "sad", "predicted": "angry", "n": 2, "share": 0.5},
        {"acted": "angry", "predicted": "calm", "n": 2, "share": 0.25},
        {"acted": "calm", "predicted": "angry", "n": 1, "share": 0.25},
        {"acted": "calm", "predicted": "sad", "n": 1, "share": 0.25},
    ]


def test_at_most_ten_pairs_are_listed():
    assert len(confusions(np.ones((5, 5), dtype=int), list("abcde"))) == PAIRS
