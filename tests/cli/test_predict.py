"""`ser predict` on patterns, stdin, long recordings and into files; plain questions are in test_models.py."""

import io
import json
import sys

import numpy as np
import pandas as pd
import pytest
import soundfile

from ser_models.experiments.train import Plan, run


@pytest.fixture(scope="module")
def artifact(store_root, tmp_path_factory):
    out = tmp_path_factory.mktemp("artifacts") / "logistic"
    run(store_root, out, Plan("logistic"))
    return out


@pytest.fixture
def long(recordings, tmp_path):
    signal, rate = soundfile.read(recordings / "s1_angry_3.wav")
    path = tmp_path / "long.wav"
    soundfile.write(path, np.concatenate([np.tile(signal, 8), np.zeros(4 * rate)]), rate)
    return path


def test_patterns_that_the_shell_left_alone(ser, artifact, recordings):
    code, printed, _ = ser("predict", artifact, recordings / "s0_sad_*.wav", "--format", "csv")
    files = [line.split(",")[0] for line in printed.splitlines()[1:]]
    assert code == 0
    assert files == [str(recordings / f"s0_sad_{take}.wav") for take in range(4)]
    code, printed, errors = ser("predict", artifact, recordings / "nobody*.wav")
    assert (code, printed) == (2, "")
    assert errors.endswith("nobody*.wav: expected audio files, or folders of them: check the path\n")


def test_stdin(ser, artifact, recordings, monkeypatch):
    content = (recordings / "s0_sad_0.wav").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    code, printed, _ = ser("predict", artifact, "-", "--format", "json")
    [answer] = json.loads(printed)
    assert code == 0
    assert answer["file"] == "-"
    code, printed, _ = ser("predict", artifact, recordings / "s0_sad_0.wav", "--format", "json")
    assert json.loads(printed)[0]["probabilities"] == answer["probabilities"]


def test_stdin_with_nothing_in_it_is_refused(ser, artifact, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    code, _, errors = ser("predict", artifact, "-")
    assert code == 1
    assert errors.startswith("refused -: the file has 0 bytes")


def test_stdin_is_named_alone(ser, artifact, recordings):
    code, _, errors = ser("predict", artifact, "-", recordings / "s0_sad_0.wav")
    assert code == 2
    assert errors == ("error: - stands for one recording on stdin, found files beside it: name it alone\n")


def test_a_timeline(ser, artifact, recordings, long):
    short = recordings / "s0_sad_0.wav"
    code, printed, _ = ser("predict", artifact, short, long, "--timeline")
    assert code == 0
    assert f"{long}, window by window:" in printed
    assert "nothing said" in printed
    assert f"{short}, window" not in printed
    _, printed, _ = ser("predict", artifact, long, "--timeline", "--format", "json")
    [answer] = json.loads(printed)
    assert [set(part) for part in answer["timeline"]] == [{"start", "end", "emotion", "probabilities"}] * 8
    _, printed, _ = ser("predict", artifact, long, "--format", "json")
    assert "timeline" not in json.loads(printed)[0]


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_into_a_file(ser, artifact, recordings, tmp_path, form):
    out = tmp_path / f"answers.{form}"
    code, printed, _ = ser("predict", artifact, recordings, "--out", out, "--workers", 1)
    assert (code, printed) == (0, f"72 answers: {out}\n")
    read = {"csv": pd.read_csv, "json": pd.read_json, "parquet": pd.read_parquet}[form](out)
    assert len(read) == 72
    assert set(read["emotion"]) <= {"angry", "neutral", "sad"}


def test_stdin_into_a_file(ser, artifact, recordings, tmp_path, monkeypatch):
    content = (recordings / "s0_sad_0.wav").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    code, *_ = ser("predict", artifact, "-", "--out", tmp_path / "one.parquet")
    assert code == 0
    assert pd.read_parquet(tmp_path / "one.parquet")["file"].tolist() == ["-"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--format", "parquet"], "--format parquet without --out: a screen cannot show it: pass --out FILE"),
        (["--out", "answers.txt"], "--out answers.txt as txt: expected --format csv, json, parquet"),
        (["--out", "answers"], "--out answers as nothing: expected --format csv, json, parquet"),
    ],
)
def test_what_cannot_be_written_is_said_before_anything_is_read(ser, artifact, words, said):
    code, _, errors = ser("predict", artifact, "nowhere.wav", *words)
    assert code == 2
    assert errors.startswith(f"error: {said}")


def test_what_is_far_from_the_training_data_is_warned_of(ser, artifact, tmp_path):
    noise = 0.1 * np.random.default_rng(0).standard_normal(32_000)
    soundfile.write(tmp_path / "noise.wav", noise, 16_000)
    code, _, errors = ser("predict", artifact, tmp_path / "noise.wav")
    assert code == 0
    assert errors == (
        "warning: far from all that it was trained on (distance above 1): do not trust this answer "
        "(1 of 1 files)\n"
    )


@pytest.fixture(scope="module")
def adapted(store_root, tmp_path_factory):
    out = tmp_path_factory.mktemp("artifacts") / "adapted"
    run(store_root, out, Plan("logistic", speaker_norm=True))
    return out


def test_files_are_one_speakers_unless_a_table_says_otherwise(ser, adapted, recordings, tmp_path):
    files = [recordings / f"{speaker}_sad_{take}.wav" for speaker in ("s0", "s1") for take in range(4)]
    code, together, errors = ser("predict", adapted, *files, "--format", "csv")
    assert code == 0
    assert "8 files are taken for one speaker's: pass --speakers TABLE.csv if they are not" in errors
    lines = [f"{file},{file.name[:2]}" for file in files]
    (tmp_path / "who.csv").write_text("\n".join(["file,speaker", *lines]))
    code, apart, errors = ser(
        "predict", adapted, *files, "--format", "csv", "--speakers", tmp_path / "who.csv"
    )
    assert code == 0
    assert "taken for one speaker's" not in errors
    assert "knows the voice from 4 recordings only, 12 were heard together" in errors
    assert apart != together
    (tmp_path / "who.csv").write_text("file,speaker\n")
    code, _, errors = ser("predict", adapted, *files, "--speakers", tmp_path / "who.csv")
    assert code == 2
    assert errors.endswith("s0_sad_0.wav and 7 more: add a line file,speaker for each\n")


def test_a_table_of_speakers_is_for_models_that_need_it(ser, artifact, recordings, tmp_path):
    code, _, errors = ser("predict", artifact, recordings / "s0_sad_0.wav", "--speakers", "who.csv")
    assert code == 2
    assert "this model answers each file by itself: leave it out, or train one with --speaker-norm" in errors


def test_workers_hear_voices_as_one_process_does(ser, adapted, recordings, tmp_path):
    for workers in (1, 2):
        out = tmp_path / f"{workers}.csv"
        assert ser("predict", adapted, recordings, "--out", out, "--workers", workers).code == 0
    one, two = (pd.read_csv(tmp_path / f"{workers}.csv") for workers in (1, 2))
    pd.testing.assert_frame_equal(one, two)
    few = sorted(recordings.glob("*.wav"))[:5]
    assert ser("predict", adapted, *few, "--out", tmp_path / "few.csv").code == 0
    assert not np.allclose(pd.read_csv(tmp_path / "few.csv")["confidence"], one["confidence"][:5])


def test_it_abstains_where_it_is_not_sure(ser, artifact, long, tmp_path):
    code, printed, errors = ser("predict", artifact, long, "--abstain-below", "1", "--timeline")
    assert code == 0
    assert "unsure: " in printed
    assert "warning: " in errors
    assert "not sure enough to say an emotion (below 1)" in errors
    assert ser("predict", artifact, long, "--abstain-below", "1", "--out", tmp_path / "a.csv").code == 0
    table = pd.read_csv(tmp_path / "a.csv")
    assert table["emotion"].isna().all()
    assert table["confidence"].notna().all()
    assert table["error"].isna().all()
    code, _, errors = ser("predict", artifact, long, "--abstain-below", "1.5")
    assert code == 2
    assert "'--abstain-below': Input should be less than or equal to 1" in errors
