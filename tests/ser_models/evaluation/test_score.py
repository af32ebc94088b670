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
    return table


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
    assert found["per_class"]["sad"] == pytest.approx(
        {"precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3, "support": 3}
    )


def test_it_is_json_without_nan(predictions):
    text = json.dumps(score(predictions, LABELS, seed=0), allow_nan=False)
    assert json.loads(text)["interval"][0] <= 2 / 3
