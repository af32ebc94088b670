"""A figure says what it means: classes that were not tested, speakers that are unknown, confounds."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cases.sounds import save, table, voice


def corpus(folder: Path, rows: Sequence[tuple[int, str, int]]) -> Path:
    """Write a recording for each speaker, emotion and take, and their table."""
    lines = []
    for speaker, emotion, take in rows:
        name = f"s{speaker}_{emotion}_{take}.wav"
        save(folder / name, voice(speaker, emotion, take, 0.4))
        lines.append(f"{name},{emotion},s{speaker}")
    return table(folder / "own.csv", lines)


def trained(ser, folder: Path, rows, *options: str):
    """Extract a corpus, train on it, and return the answer of `ser train`."""
    source, store = corpus(folder, rows), folder / "store"
    assert ser("extract", "--datasets", source, "--features", "core", "--store", store).code == 0
    return ser("train", "--model", "logistic", "--store", store, "--out", folder / "model", *options)


NEUTRAL = [(speaker, "neutral", take) for speaker in range(6) for take in range(3)]


@pytest.mark.parametrize(
    ("rows", "options", "lines"),
    [
        pytest.param(
            [*NEUTRAL, (0, "angry", 0)],
            (),
            ["UAR not measurable: all 3 test recordings are neutral; untested: angry"],
            id="much neutral, little angry",
        ),
        pytest.param(
            [*NEUTRAL, *((speaker, "angry", 0) for speaker in range(6)), (0, "sad", 0)],
            (),
            ["over 2 of 3 classes", "untested: "],
            id="one class of three is not tested",
        ),
        pytest.param(
            [*NEUTRAL, (0, "angry", 0), (3, "angry", 0)],
            ("--folds", "3"),
            ["– ", "(–: one emotion)"],
            id="a fold of one class",
        ),
    ],
)
def test_a_test_of_few_classes_says_so(ser, tmp_path, rows, options, lines):
    """Source: imbalanced corpora, such as those of call centres."""
    answer = trained(ser, tmp_path, rows, *options)
    assert answer.code == 0, answer.err
    assert all(line in answer.out for line in lines), answer.out
    assert "suspect" not in answer.out or "over 2 of 3" in answer.out
    metrics = json.loads((tmp_path / "model" / "metrics.json").read_text())
    report = (tmp_path / "model" / "report.html").read_text()
    card = (tmp_path / "model" / "README.md").read_text()
    if "not measurable" in lines[0]:
        assert [metrics[name] for name in ("uar", "uar_ci95", "chance", "mcc")] == [None] * 4
        assert "UAR not measurable" in report
        assert lines[0] in card
    elif options:
        assert None in metrics["folds"]
        assert "a fold of one emotion" in report
    else:
        assert "over 2 of 3 classes" in report
        assert "over 2 of 3 classes" in card
