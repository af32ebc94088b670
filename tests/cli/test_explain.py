"""`ser explain` as it is typed: what it prints, writes and refuses."""

import json

import pytest
from ser_cli.main import main


@pytest.fixture(scope="module")
def artifacts(store_root, tmp_path_factory):
    """A folder with boosted trees and a linear model."""
    folder = tmp_path_factory.mktemp("artifacts")
    for name in ("xgboost", "logistic"):
        with pytest.raises(SystemExit) as done:
            main(["train", "--model", name, "--store", str(store_root), "--out", str(folder / name)])
        assert not done.value.code
    return folder


def test_trees_are_taken_apart(ser, artifacts, store_root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = ser("explain", artifacts / "xgboost", "--store", store_root, "--top", 3)
    assert (answer.code, answer.err) == (0, "")
    first, second, third, _, header, *rows = answer.out.splitlines()
    assert first.startswith("xgboost on own: 24 recordings of 2 speakers that it was not trained on (12 of ")
    assert second.startswith("UAR ")
    assert third == "mean size of what a feature adds to the margin of an emotion (SHAP values)"
    assert header.split() == ["feature", "importance", "pulls", "most"]
    assert all(" if " in row or "either way" in row for row in rows[:3])
    assert rows[3] == ""
    assert answer.out.splitlines()[-1] == f"next: ser explain {artifacts / 'xgboost'} FILE.wav"
    written = sorted(path.name for path in (tmp_path / "explain-xgboost").iterdir())
    assert written == ["importance.csv", "importance.png"]
    assert "table and figure: explain-xgboost/importance.csv explain-xgboost/importance.png" in answer.out


def test_other_models_are_asked_again(ser, artifacts, store_root, tmp_path):
    words = ["explain", artifacts / "logistic", "--store", store_root, "--repeats", 2, "--top", 2]
    answer = ser(*words, "--datasets", "own", "--out", tmp_path)
    assert answer.code == 0
    assert "UAR lost when it comes from another recording, mean and spread over orders: 2\n" in answer.out
    header, *rows = answer.out.split("orders: 2\n\n")[1].splitlines()[:3]
    assert header.split() == ["feature", "UAR", "lost", "spread"]
    assert all(row.split()[1][0] in "+-" for row in rows)
    assert "note: " in answer.out
    assert ser(*words, "--out", tmp_path).out == answer.out
    once = ser(*words, "--repeats", 1, "--out", tmp_path).out
    assert once.split("orders: 1\n\n")[1].splitlines()[1].endswith("–")


@pytest.mark.parametrize(("name", "ends"), [("xgboost", "margin"), ("logistic", "")])
def test_one_recording(ser, artifacts, recordings, tmp_path, name, ends):
    file = recordings / "s0_sad_0.wav"
    answer = ser("explain", artifacts / name, file, "--top", 4, "--out", tmp_path, "--store", tmp_path / "no")
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert lines[0].startswith(f"{file}: ")
    rows = lines[4 : lines.index("", 4)]
    if ends:
        added = [float(row.split()[-1]) for row in rows]
        assert rows[0].startswith("before anything is known")
        assert rows[-1].startswith("margin")
        assert "41 others" in rows[-2]
        assert sum(added[:-1]) == pytest.approx(added[-1], abs=0.005)
    else:
        assert len(rows) == 4
    assert all(" = " in row and "(usually " in row for row in rows[1:5] if ends)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["contributions.csv", "contributions.png"]


def test_json_of_a_model_and_of_a_recording(ser, artifacts, store_root, recordings, tmp_path):
    from ser_cli.explain import _summary

    words = ["explain", artifacts / "xgboost", "--store", store_root, "--out", tmp_path, "--json"]
    model = json.loads(ser(*words).out)
    assert model["method"] == "shap"
    assert len(model["parts"]) == 20
    assert model["parts"][0]["importance"] >= model["parts"][1]["importance"]
    assert model["files"] == [str(tmp_path / "importance.csv"), str(tmp_path / "importance.png")]
    file = recordings / "s0_sad_0.wav"
    one = json.loads(ser("explain", artifacts / "xgboost", file, "--out", tmp_path, "--json").out)
    assert (one["file"], one["method"]) == (str(file), "shap")
    for key in {*model, *one} - {"files"}:
        assert key in (_summary.__doc__ or ""), key


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["{artifact}", "--store", "{tmp}/none"], "error: no store at "),
        (["{tmp}/none"], "error: no artifact at "),
        (["{artifact}", "{tmp}/none.wav"], "error: "),
        (["{artifact}", "--out", "{artifact}/explained"], "error: {artifact}/explained lies in the artifact"),
        (["{artifact}", "--store", "{store}", "--datasets", "tess"], "error: no 'tess' in "),
    ],
)
def test_what_is_wrong_is_one_line(ser, artifacts, store_root, tmp_path, words, line):
    places = {"artifact": artifacts / "xgboost", "tmp": tmp_path, "store": store_root}
    answer = ser("explain", *(word.format(**places) for word in words))
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(line.format(**places))
    assert answer.err.count("\n") == 1
    assert not list(tmp_path.iterdir())
