"""`ser reproduce` and `ser tune` on a user's own recipe, and what they say when something is wrong."""

import json

import pytest

from tests.cli.tones import RECIPE


@pytest.fixture
def recipe(recordings, tmp_path):
    path = tmp_path / "tones.toml"
    path.write_text(RECIPE.format(table=recordings / "own.csv"))
    return path


def test_a_recipe_of_ones_own_from_recordings_to_report(ser, recipe, tmp_path):
    answer = ser("reproduce", recipe, "--out", tmp_path / "out", "--workers", 1)
    assert answer.code == 0
    assert "extracting " in answer.err
    assert "training logistic under the honest protocol: speaker-disjoint, 3 folds" in answer.err
    assert "leaks: none found" in answer.out or "LEAK suspect" in answer.out
    assert f"report: {tmp_path / 'out' / 'report.html'}" in answer.out
    assert answer.out.endswith(f"next: ser reproduce {recipe} --protocol paper\n")
    assert f"ser reproduce {recipe}" in (tmp_path / "out" / "report.html").read_text()


def test_json_is_metrics_json(ser, recipe, tmp_path):
    answer = ser("reproduce", recipe, "--protocol", "paper", "--out", tmp_path, "--workers", 1, "--json")
    assert json.loads(answer.out) == json.loads((tmp_path / "paper" / "metrics.json").read_text())


def test_a_search_prints_what_to_put_into_the_recipe(ser, recipe, tmp_path):
    answer = ser("tune", recipe, "--trials", 2, "--out", tmp_path / "out", "--workers", 1)
    assert answer.code == 0
    assert "trial 0: validation UAR " in answer.err
    assert "best of 2: trial " in answer.out
    assert "[model]\nC = " in answer.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["reproduce", "transformer"], "error: unknown recipe 'transformer': expected one of attention_cnn"),
        (["reproduce", "chunked_conv3d", "--protocol", "fair"], "error: unknown protocol 'fair': expected "),
        (["tune", "nowhere.toml"], "error: no recipe nowhere.toml (No such file or directory): expected "),
    ],
)
def test_errors_are_one_line(ser, words, message):
    answer = ser(*words)
    assert answer.code == 2
    assert answer.err.startswith(message)
    assert answer.err.count("\n") == 1


def test_data_that_is_not_there(ser, tmp_path):
    answer = ser("reproduce", "multi_corpus_mlp", "--data", tmp_path, "--out", tmp_path / "out")
    assert answer.code == 2
    assert answer.err.startswith("error: tess: no folder named 'tess'")
