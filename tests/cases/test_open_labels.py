"""Any words of a corpus as classes, from the table to the report; another column as the target."""

import json
import re

import pandas as pd
import pytest

from tests.cases.sounds import save, table, voice

LABELS = (
    *("angry", "joy", "happy", "rude", "très content", "a$b$c", "_quiet", "frustrated", "excited", "bored"),
    *("sarcasm", "calm", "100 % sure", "other", ""),
)


def html_text(path):
    text = re.sub(r"<svg.*?</svg>|<style.*?</style>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


@pytest.mark.long
def test_any_words_from_the_table_to_the_report(ser, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = []
    for speaker in range(5):
        for number, label in enumerate(LABELS):
            for take in range(2):
                name = f"s{speaker}_{number}_{take}.wav"
                save(tmp_path / name, voice(speaker, "neutral", take + number, 0.3))
                rows.append(f"{name},{label},s{speaker},{('low', 'high')[number % 2]}")
    table(tmp_path / "mine.csv", rows, "path,emotion,speaker,stress")
    answer = ser("extract", "--datasets", "mine.csv", "--store", "s", "--features", "core", "mel", "pitch")
    assert answer.code == 0, answer.err
    assert "mine.csv: joy (10 rows) stays a label of its own, as happy occurs too" in answer.err
    answer = ser("train", "--model", "logistic", "--store", "s", "--out", "model")
    assert answer.code == 0, answer.err
    assert "note: 20 recordings left out: without emotion, other (10), unknown (10)\n" in answer.out
    labels = json.loads((tmp_path / "model" / "artifact.json").read_text())["labels"]
    assert labels == [
        *("angry", "happy", "calm", "boredom", "excited", "frustrated", "sarcastic"),
        *("100 % sure", "_quiet", "a$b$c", "joy", "rude", "très content"),
    ]
    for words in (
        ("evaluate", "model", "--store", "s"),
        ("explain", "model", "--store", "s", "--out", "explained"),
        ("explain", "model", "s0_4_0.wav", "--out", "one"),
        ("plot", "distribution", "pitch_mean", "--store", "s"),
        ("plot", "contours", "--store", "s"),
        ("plot", "gallery", "--store", "s"),
        ("plot", "map", "--store", "s"),
        ("store", "export", "--store", "s", "--format", "arff", "--out", "e.arff"),
        ("store", "export", "--store", "s", "--format", "audformat", "--out", "e"),
        ("predict", "model", "s0_4_0.wav", "--format", "json", "--out", "p.json"),
        ("predict", "model", "s0_5_0.wav", "--format", "json", "--out", "p.json"),
        ("predict", "model", "s0_5_0.wav", "--format", "csv", "--out", "p.csv"),
    ):
        answer = ser(*words)
        assert answer.code == 0, (words, answer.err)
    assert {f"p_{label}" for label in labels} <= {*pd.read_csv("p.csv").columns}
    assert "très content" in html_text(tmp_path / "model" / "report.html")

    answer = ser("train", "--model", "logistic", "--store", "s", "--target", "stress", "--out", "stressed")
    assert answer.code == 0, answer.err
    assert json.loads((tmp_path / "stressed" / "metrics.json").read_text())["target"] == "stress"
    report = html_text(tmp_path / "stressed" / "report.html")
    assert "Stress recognition: report" in report
    assert "emotion" not in report.lower()
    assert "2 classes of stress in speech: high, low" in (tmp_path / "stressed" / "README.md").read_text()
    answer = ser("evaluate", "stressed", "--store", "s", "--json")
    assert json.loads(answer.out)["labels"] == ["high", "low"]
    answer = ser("train", "--model", "logistic", "--store", "s", "--target", "pitch_mean")
    assert "expected classes: add a column of groups to the table" in answer.err
