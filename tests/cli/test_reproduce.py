"""`ser reproduce` and `ser tune` on a user's own recipe."""

import json


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
