"""`ser reproduce` and `ser tune` on a user's own recipe."""

import json

import pytest


@pytest.mark.long
def test_own_recipe_from_recordings_to_report(ser, recipe, tmp_path):
    answer = ser("reproduce", recipe, "--out", tmp_path / "out", "--workers", 1)
    assert answer.code == 0
    assert "extracting " in answer.err
    assert "training logistic under the honest protocol: speaker-disjoint, 3 folds" in answer.err
    assert "leaks: none found" in answer.out or "LEAK suspect" in answer.out
    assert "All test recordings, beside the paper:\nMetric    paper  this run " in answer.out
    assert "\nAccuracy   99\xa0%  " in answer.out
    assert f"report: {tmp_path / 'out' / 'report.html'}" in answer.out
    assert answer.out.endswith(f"next: ser reproduce {recipe} --protocol paper\n")
    assert f"ser reproduce {recipe}" in (tmp_path / "out" / "report.html").read_text()
    words = ["reproduce", recipe, "--protocol", "paper", "--out", tmp_path / "out", "--workers", 1, "--json"]
    assert json.loads(ser(*words).out) == json.loads((tmp_path / "out/paper/metrics.json").read_text())


def test_search_prints_values_for_the_recipe(ser, recipe, tmp_path):
    answer = ser("tune", recipe, "--trials", 2, "--out", tmp_path / "out", "--workers", 1)
    assert answer.code == 0
    assert "trial 0: validation UAR " in answer.err
    assert "best of 2: trial " in answer.out
    assert "[model]\nC = " in answer.out


@pytest.mark.long
def test_a_changed_recipe_says_so(ser, recipe, tmp_path):
    words = [
        "reproduce",
        recipe,
        "--set",
        "C=0.5",
        "honest.folds=2",
        "--out",
        tmp_path / "out",
        "--workers",
        1,
    ]
    answer = ser(*words)
    assert answer.code == 0
    assert "speaker-disjoint, 2 folds" in answer.out
    assert "note: changed from the recipe: C = 0.5 instead of 0.1" in answer.out
    report = (tmp_path / "out" / "report.html").read_text()
    assert "changed from the recipe: honest.folds = 2 instead of 3" in report.replace("Changed", "changed")
    assert "--set C=0.5 honest.folds=2" in report
    compared = ser(*words[:-4], "--ablate", "class_weights", *words[-4:])
    assert compared.code == 2
    assert compared.err.endswith("recipe tones has no part that can be switched off: leave --ablate out\n")


def test_wrong_settings_are_one_line_before_any_audio_is_read(ser, tmp_path):
    for words, message in [
        (
            ("reproduce", "fusion_cnn_bilstm", "--set", "epoch=5"),
            "unknown key 'epoch': did you mean 'epochs'?",
        ),
        (("reproduce", "fusion_cnn_bilstm", "--set", "epochs"), "--set epochs: expected KEY=VALUE"),
        (
            ("train", "--model", "logistic", "--set", "c=1"),
            "has no parameter c: did you mean 'C'? expected C, ",
        ),
        (
            ("train", "--model", "logistic", "--set", "C=x"),
            "model 'logistic': C is 'x', expected a number above 0",
        ),
    ]:
        answer = ser(*words, "--out", tmp_path / "out")
        assert answer.code == 2
        assert message in answer.err
        assert answer.err.count("\n") == 1
