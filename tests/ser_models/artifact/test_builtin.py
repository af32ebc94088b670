"""The artifact of the package: it loads by its name, is small, and its card says what it is."""

from pathlib import Path

import numpy as np
import pytest

from ser_models import load
from ser_models.artifact.builtin import FOLDER, located
from ser_models.evaluation.result import read_result

MEGABYTES = 5


@pytest.fixture(scope="module")
def builtin():
    return load("builtin")


def test_it_is_small_and_holds_nothing_that_is_executed():
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= MEGABYTES * 10**6
    assert {path.suffix for path in files} <= {
        ".json",
        ".npz",
        ".md",
        ".csv",
        ".parquet",
        ".png",
        ".html",
        ".toml",
    }


def test_the_card_says_acted_german_and_not_for_decisions():
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    for words in (
        "Recognises 6 acted emotions in speech",
        "EmoDB (language de, 10 speakers in all): Burkhardt F,",
        "| emodb | 350 | CC BY 4.0 |",
        "Do not use it to judge people",
        "Leaks between training and test: none found.",
        "- command: `ser train --preset builtin`",
        "## Confidence",
    ):
        assert words in card


def test_its_evaluation_is_on_other_speakers_and_better_than_chance():
    result = read_result(FOLDER)
    assert (result.protocol, result.leakage) == ("speaker-disjoint, 5 folds", ())
    assert result.uar_ci95[0] > 3 / 6


def test_it_answers_with_probabilities_and_a_warning(builtin):
    assert list(builtin.labels) == ["angry", "disgust", "fear", "happy", "neutral", "sad"]
    prediction = builtin.predict((0.1 * np.sin(np.arange(16_000) / 20), 16_000))
    assert sum(prediction.probabilities.values()) == pytest.approx(1)
    assert prediction.warning  # a tone is no speech


def test_a_folder_of_that_name_goes_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert located(Path("builtin")) == FOLDER
    (tmp_path / "builtin").mkdir()
    assert located(Path("builtin")) == Path("builtin")
