"""`ser train` and `ser evaluate`."""

import json

import pytest


def test_train_prints_uar_first_and_the_next_command(ser, store_root, tmp_path):
    out = tmp_path / "model"
    words = ["train", "--model", "logistic", "--folds", 3, "--store", store_root, "--out", out]
    code, printed, progress = ser(*words)
    assert code == 0
    lines = printed.splitlines()
    assert lines[0] == "logistic on own: speaker-disjoint, 3 folds"
    assert lines[1].startswith("UAR ")
    assert lines[1].endswith("over 6 speakers, chance 0.333")
    assert "UAR by fold: " in lines[2]
    assert lines[-1] == f"next: ser predict {out} FILE.wav"
    assert any(line.startswith("angry") for line in lines)
    steps = [line.partition(":")[0] for line in progress.splitlines()]
    # Folds are trained at the same time; one that takes long is named again.
    assert {*steps} == {"fold 1 of 3", "fold 2 of 3", "fold 3 of 3", "final model"}


def test_what_misleads_a_model_is_printed_once_before_the_training(ser, store_root, tmp_path, monkeypatch):
    line = "levels: speaker s1 is 23 dB quieter than the other speakers"
    monkeypatch.setattr("ser_models.experiments.train.before_training", lambda store, rows: (line,))
    answer = ser("train", "--model", "logistic", "--store", store_root, "--out", tmp_path / "model")
    assert answer.err.splitlines()[0] == f"check: {line}"
    assert line not in answer.out
    assert line in json.loads((tmp_path / "model" / "metrics.json").read_text())["notes"]


@pytest.mark.long
def test_split_by_a_column(ser, store_root, tmp_path):
    words = ["train", "--model", "logistic", "--split-by", "gender", "--folds", "all", "--store", store_root]
    printed = ser(*words, "--out", tmp_path / "model").out
    protocol = "disjoint by gender, 2 folds, one gender left out in each"
    assert printed.startswith(f"logistic on own: {protocol}\n")


def test_random_split_prints_leaks_and_metrics_as_json(ser, store_root, tmp_path):
    words = ["train", "--model", "logistic", "--split", "random", "--datasets", "own", "--store", store_root]
    printed = ser(*words, "--out", tmp_path).out
    assert "LEAK speaker: " in printed
    assert "leaks: none found" not in printed
    printed = ser(*words, "--out", tmp_path, "--json").out
    assert json.loads(printed) == json.loads((tmp_path / "metrics.json").read_text())


@pytest.mark.long
def test_chosen_classes_of_which_one_counts_as_another(ser, store_root, tmp_path):
    out = tmp_path / "model"
    words = ["train", "--model", "logistic", "--classes", "angry", "Sadness", "--map", "neutral=calm"]
    assert "24 recordings of calm left out: not among" in ser(*words, "--store", store_root, "--out", out).out
    words[-1] = "Neutral=sad"
    printed = ser(*words, "--store", store_root, "--out", out).out
    assert "note: 24 recordings of neutral count as sad\n" in printed
    metadata = json.loads((out / "artifact.json").read_text())
    assert (metadata["labels"], metadata["label_map"]) == (["angry", "sad"], {"neutral": "sad"})
    assert "Emotions that count as another: neutral as sad." in (out / "README.md").read_text()
    measured = json.loads(ser("evaluate", out, "--store", store_root, "--json").out)
    assert measured["n"] == 72
    assert measured["notes"] == ["24 recordings of neutral count as sad"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--classes", "angry", "sad", "fury"], "unknown class 'fury': expected one of angry, neutral, sad"),
        (["--classes", "angry", "anger"], "angry is the only class, expected at least two"),
        (["--map", "neutral"], "--map neutral: expected CLASS=CLASS, such as excited=happy"),
        (["--folds", "99"], "--folds 99 needs at least 99 speakers, found 6 in own"),
        (["--folds", "some"], "--folds some: expected a number of folds, or all"),
        (["--split", "session"], "the session of 72 of 72 recordings of own is unknown: expected it of"),
        (
            ["--split-by", "take", "--split", "random"],
            "--split-by take with a random split: expected one of them",
        ),
        (["--datasets", "tess"], "no 'tess' in"),
    ],
)
def test_invalid_requests_are_one_line(ser, store_root, tmp_path, words, message):
    answer = ser("train", "--model", "logistic", *words, "--store", store_root, "--out", tmp_path / "m")
    assert (answer.code, answer.out) == (2, "")
    assert message in answer.err
    assert answer.err.count("\n") == 1


def test_a_run_file_repeats_the_training_and_options_replace_its_values(ser, store_root, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    words = ["--classes", "angry", "sad", "--map", "neutral=sad", "--set", "C=0.3", "--folds", "2"]
    ser("train", "--model", "logistic", *words, "--seed", 3, "--store", store_root, "--out", first)
    answer = ser("train", "--config", first / "run.toml", "--out", second)
    assert "same recordings and same UAR as in the run file" in answer.err
    one, other = (json.loads((folder / "metrics.json").read_text()) for folder in (first, second))
    assert {**one, "command": ""} == {**other, "command": ""}
    assert (first / "run.toml").read_text() == (second / "run.toml").read_text()
    answer = ser("train", "--config", first / "run.toml", "--folds", "3", "--set", "C=1.0", "--out", second)
    assert answer.out.startswith("logistic on own: speaker-disjoint, 3 folds\n")
    assert "as in the run file" not in answer.err
    written = (second / "run.toml").read_text()
    assert "folds = 3\n" in written
    assert "C = 1.0\n" in written
    assert "seed = 3\n" in written


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fold = 3", "unknown key 'fold': did you mean 'folds'? expected one of model, "),
        ("folds = 'x'", "folds is 'x' (str), expected a valid integer or 'all'"),
        ("seed = -1", "seed is -1 (int), expected greater than or equal to 0"),
        ("datasets = 'own'", "datasets is 'own' (str), expected a list"),
        ("folds = ", "no TOML (Invalid value"),
        ("split = 'speeker'", "'speeker'"),
    ],
)
def test_a_wrong_run_file_is_one_line(ser, store_root, tmp_path, text, message):
    path = tmp_path / "run.toml"
    path.write_text(f'model = "logistic"\n{text}\n')
    answer = ser("train", "--config", path, "--store", store_root, "--out", tmp_path / "m")
    assert (answer.code, answer.out) == (2, "")
    assert message in answer.err
    assert answer.err.count("\n") == 1


def test_evaluate_separates_speakers_of_the_training(ser, artifact, store_root):
    code, printed, _ = ser("evaluate", artifact, "--store", store_root)
    assert code == 0
    assert "LEAK speaker: " in printed
    assert "speakers that were not in the training data: UAR " in printed
    _, printed, _ = ser("evaluate", artifact, "--store", store_root, "--datasets", "own", "--json")
    assert json.loads(printed)["n"] == 72
