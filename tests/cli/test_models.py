"""`ser train`, `ser evaluate` and `ser predict` as they are typed."""

import csv
import io
import json

import pytest
from ser_cli import progress
from ser_cli.main import main


@pytest.fixture(scope="module")
def artifact(store_root, tmp_path_factory):
    out = tmp_path_factory.mktemp("artifacts") / "logistic"
    with pytest.raises(SystemExit) as done:
        main(["train", "--model", "logistic", "--store", str(store_root), "--out", str(out)])
    assert not done.value.code
    return out


def test_train_prints_the_uar_first_and_what_comes_next(ser, store_root, tmp_path):
    out = tmp_path / "model"
    code, printed, progress = ser(
        "train", "--model", "logistic", "--folds", 3, "--store", store_root, "--out", out
    )
    assert code == 0
    lines = printed.splitlines()
    assert lines[0] == "logistic on own: speaker-disjoint, 3 folds"
    assert lines[1].startswith("UAR ")
    assert lines[1].endswith("over 6 speakers, chance 0.333")
    assert "UAR by fold: " in lines[2]
    assert lines[-1] == f"next: ser predict {out} FILE.wav"
    assert any(line.startswith("angry") for line in lines)
    assert [line.partition(":")[0] for line in progress.splitlines()] == [
        "fold 1 of 3", "fold 2 of 3", "fold 3 of 3", "final model",
    ]  # fmt: skip


def test_train_json_is_metrics_json(ser, store_root, tmp_path):
    out = tmp_path / "model"
    code, printed, _ = ser(
        "train",
        "--model",
        "logistic",
        "--datasets",
        "own",
        "--store",
        store_root,
        "--out",
        out,
        "--json",
    )
    assert code == 0
    assert json.loads(printed) == json.loads((out / "metrics.json").read_text())


def test_train_prints_leaks(ser, store_root, tmp_path):
    words = [
        "train",
        "--model",
        "logistic",
        "--split",
        "random",
        "--store",
        store_root,
        "--out",
        tmp_path / "m",
    ]
    _, printed, _ = ser(*words)
    assert "LEAK speaker: " in printed
    assert "leaks: none found" not in printed


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--model", "perceptron"],
            "unknown model 'perceptron': expected one of mlp, cnn_lstm, xgboost, logistic",
        ),
        (["--model", "logistic", "--folds", "99"], "--folds 99 needs at least 99 speakers, found 6 in own"),
        (["--model", "logistic", "--datasets", "tess"], "no 'tess' in"),
    ],
)
def test_train_says_in_one_line_what_is_wrong(ser, store_root, tmp_path, words, message):
    code, printed, errors = ser("train", *words, "--store", store_root, "--out", tmp_path / "m")
    assert code == 2
    assert printed == ""
    assert message in errors
    assert len(errors.splitlines()) == 1


def test_train_without_a_store_says_how_to_make_one(ser, tmp_path):
    code, _, errors = ser("train", "--model", "logistic", "--store", tmp_path / "s", "--out", tmp_path / "m")
    assert code == 2
    assert "make one with ser extract" in errors


def test_evaluate_never_calls_known_voices_new(ser, artifact, store_root):
    code, printed, _ = ser("evaluate", artifact, "--store", store_root)
    assert code == 0
    assert "no measure of new voices" in printed
    assert "LEAK speaker: " in printed
    assert "only speakers that it has not met: UAR " in printed


def test_evaluate_json(ser, artifact, store_root):
    _, printed, _ = ser("evaluate", artifact, "--store", store_root, "--datasets", "own", "--json")
    assert json.loads(printed)["n"] == 72


def test_predict_prints_a_table(ser, artifact, recordings):
    file = recordings / "s0_sad_0.wav"
    code, printed, _ = ser("predict", artifact, file, "--top", 2)
    assert code == 0
    header, row = printed.splitlines()
    assert header.split() == ["file", "1.", "2."]
    assert row.startswith(str(file))
    assert len(row.split()) == 5


def test_predict_json_has_an_entry_per_file_and_tells_of_refusals(ser, artifact, recordings, tmp_path):
    bad = tmp_path / "bad.wav"
    bad.touch()
    words = ["predict", artifact, recordings / "s0_sad_0.wav", bad, "--format", "json"]
    code, printed, errors = ser(*words)
    good, refused = json.loads(printed)
    assert code == 1
    assert set(good) == {
        "file",
        "emotion",
        "confidence",
        "probabilities",
        "top",
        "warning",
        "seconds",
        "distance",
    }
    assert len(good["top"]) == 3
    assert refused["error"]
    assert errors == f"refused {bad}: {refused['error']}\n"


def test_predict_csv_has_a_row_per_file(ser, artifact, recordings):
    files = sorted(recordings.glob("s1_*.wav"))[:3]
    _, printed, _ = ser("predict", artifact, *files, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert [row["file"] for row in rows] == [str(file) for file in files]
    assert sum(float(rows[0][f"p_{label}"]) for label in ("angry", "neutral", "sad")) == pytest.approx(1)


def test_predict_without_an_artifact_says_so(ser, tmp_path, recordings):
    code, _, errors = ser("predict", tmp_path / "none", recordings / "s0_sad_0.wav")
    assert code == 2
    assert "no artifact at" in errors
    assert len(errors.splitlines()) == 1


def test_predict_takes_folders_and_spreads_them_over_processes(ser, artifact, recordings):
    single = recordings / "s0_sad_0.wav"
    words = ["predict", artifact, single, recordings, "--format", "csv"]
    code, printed, _ = ser(*words, "--workers", 2)
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert code == 0
    assert [row["file"] for row in rows] == [
        str(file) for file in (single, *sorted(recordings.glob("*.wav")))
    ]
    assert len(rows) == 73
    assert ser(*words, "--workers", 1).out == printed


def test_predict_says_where_there_is_no_audio(ser, artifact, tmp_path):
    code, printed, errors = ser("predict", artifact, tmp_path)
    assert (code, printed) == (2, "")
    assert errors.startswith(f"error: no audio file below {tmp_path}: expected .aif, ")


def test_predict_tells_how_far_it_is(ser, artifact, recordings, monkeypatch):
    monkeypatch.setattr(progress, "PLAIN_SECONDS", 0.0)
    _, _, errors = ser("predict", artifact, *[recordings / "s0_sad_0.wav"] * 3)
    first, *_, last = errors.splitlines()
    assert first.startswith("recognising: 1/3 files, ")
    assert last.startswith("recognising: 3/3 files, ")
    assert last.endswith(" files/s, 0 s left")
