"""`ser explain`: what it prints, writes and refuses."""

import json

import pytest


@pytest.mark.long
def test_shap_values_of_trees(ser, artifact_of, store_root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    trees = artifact_of("xgboost")
    answer = ser("explain", trees, "--store", store_root, "--top", 3)
    assert (answer.code, answer.err) == (0, "")
    first, second, third, _, header, *rows = answer.out.splitlines()
    assert first.startswith("xgboost on own: 24 recordings of 2 speakers ")
    assert second.startswith("UAR ")
    assert "SHAP value" in third
    assert header.split()[:2] == ["feature", "importance"]
    assert rows[3] == ""
    assert answer.out.splitlines()[-1] == f"next: ser explain {trees} FILE.wav"
    files = sorted(path.name for path in (tmp_path / "explain-xgboost").iterdir())
    assert files == ["importance.csv", "importance.png"]
    assert "table and figure: explain-xgboost/importance.csv explain-xgboost/importance.png" in answer.out


def test_permutation_importance(ser, artifact, store_root, tmp_path):
    words = ["explain", artifact, "--store", store_root, "--top", 2, "--datasets", "own", "--out", tmp_path]
    answer = ser(*words, "--repeats", 2)
    assert answer.code == 0
    header, *rows = answer.out.split("\n\n")[1].splitlines()
    assert header.startswith("feature")
    assert len(rows) == 2
    assert all(row.split()[1][0] in "+-" for row in rows)
    assert "note: " in answer.out
    assert ser(*words, "--repeats", 2).out == answer.out
    once = ser(*words, "--repeats", 1).out.split("\n\n")[1].splitlines()
    assert once[1].endswith("–")


@pytest.mark.parametrize("name", ["xgboost", "logistic"])
def test_one_recording(ser, artifact_of, recordings, tmp_path, name):
    file = recordings / "s0_sad_0.wav"
    words = ["--top", 4, "--out", tmp_path, "--store", tmp_path / "no"]
    answer = ser("explain", artifact_of(name), file, *words)
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert lines[0].startswith(f"{file}: ")
    rows = lines[4 : lines.index("", 4)]
    if name == "xgboost":
        added = [float(row.split()[-1]) for row in rows]
        assert rows[-1].startswith("margin")
        assert "36 others" in rows[-2]
        assert sum(added[:-1]) == pytest.approx(added[-1], abs=0.005)
        assert all(" = " in row for row in rows[1:5])
    else:
        assert len(rows) == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["contributions.csv", "contributions.png"]


def test_json_has_the_documented_keys(ser, artifact_of, store_root, recordings, tmp_path):
    from ser_cli.explain import _summary

    trees, file = artifact_of("xgboost"), recordings / "s0_sad_0.wav"
    model = json.loads(ser("explain", trees, "--store", store_root, "--out", tmp_path, "--json").out)
    assert model["method"] == "shap"
    (table,) = [value for value in model.values() if isinstance(value, list) and len(value) == 20]
    assert table[0]["importance"] >= table[1]["importance"]
    assert model["files"] == [str(tmp_path / "importance.csv"), str(tmp_path / "importance.png")]
    one = json.loads(ser("explain", trees, file, "--out", tmp_path, "--json").out)
    assert (one["file"], one["method"]) == (str(file), "shap")
    for key in {*model, *one} - {"files"}:
        assert key in (_summary.__doc__ or ""), key


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["{artifact}", "{tmp}/none.wav"], "error: "),
        (["{artifact}", "--out", "{artifact}/explained"], "error: {artifact}/explained is inside of"),
        (["{artifact}", "--store", "{store}", "--datasets", "tess"], "error: no 'tess' in "),
    ],
)
def test_errors_are_one_line(ser, artifact, store_root, tmp_path, words, line):
    places = {"artifact": artifact, "tmp": tmp_path, "store": store_root}
    answer = ser("explain", *(word.format(**places) for word in words))
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(line.format(**places))
    assert answer.err.count("\n") == 1
    assert not list(tmp_path.iterdir())
