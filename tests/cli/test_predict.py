"""`ser predict`: files, folders, patterns, stdin, windows, output formats and files, speakers."""

import csv
import io
import json
import shutil
import sys

import numpy as np
import pandas as pd
import pytest
import soundfile
from ser_cli import progress


@pytest.fixture
def long(recordings, tmp_path):
    """A recording of more than 4 s that ends in silence."""
    signal, rate = soundfile.read(recordings / "s1_angry_3.wav")
    path = tmp_path / "long.wav"
    soundfile.write(path, np.concatenate([np.tile(signal, 8), np.zeros(4 * rate)]), rate)
    return path


@pytest.fixture
def stdin(recordings, monkeypatch):
    """Put bytes, a recording by default, on stdin."""

    def put(content: bytes | None = None) -> None:
        content = (recordings / "s0_sad_0.wav").read_bytes() if content is None else content
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return put


def test_table(ser, artifact, recordings):
    file = recordings / "s0_sad_0.wav"
    code, printed, _ = ser("predict", artifact, file, "--top", 2)
    assert code == 0
    header, row = printed.splitlines()
    assert header.split() == ["file", "1.", "2."]
    assert row.startswith(str(file))
    assert len(row.split()) == 5


def test_json_has_an_entry_per_file_and_failures(ser, artifact, recordings, tmp_path):
    bad = tmp_path / "bad.wav"
    bad.touch()
    code, printed, errors = ser("predict", artifact, recordings / "s0_sad_0.wav", bad, "--format", "json")
    good, failed = json.loads(printed)
    assert code == 1
    assert set(good) >= {"file", "emotion", "confidence", "probabilities", "top", "warning", "seconds"}
    assert len(good["top"]) == 3
    assert failed["error"]
    assert errors == f"failed {bad}: {failed['error']}\n"


@pytest.fixture
def folder(recordings, tmp_path):
    """A folder of four recordings."""
    for file in sorted(recordings.glob("*.wav"))[::18]:
        shutil.copy(file, tmp_path)
    return tmp_path


def test_csv_of_folders_is_the_same_with_several_processes(ser, artifact, recordings, folder):
    single = recordings / "s0_sad_0.wav"
    words = ["predict", artifact, single, folder, "--format", "csv"]
    code, printed, _ = ser(*words, "--workers", 2)
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert code == 0
    assert [row["file"] for row in rows] == [str(file) for file in (single, *sorted(folder.glob("*.wav")))]
    assert sum(float(rows[0][f"p_{label}"]) for label in ("angry", "neutral", "sad")) == pytest.approx(1)
    assert ser(*words, "--workers", 1).out == printed


def test_patterns_that_the_shell_did_not_expand(ser, artifact, recordings):
    code, printed, _ = ser("predict", artifact, recordings / "s0_sad_*.wav", "--format", "csv")
    files = [line.split(",")[0] for line in printed.splitlines()[1:]]
    assert code == 0
    assert files == [str(recordings / f"s0_sad_{take}.wav") for take in range(4)]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["{artifact}", "missing*.wav"],
            "missing*.wav: expected audio files, or folders of them: check",
        ),
        (["{artifact}", "{empty}"], "error: no audio file below {empty}: expected .aif, "),
        (["{empty}/none", "a.wav"], "no artifact at"),
        (["{artifact}", "-", "a.wav"], "- stands for one recording on stdin, found files beside it"),
        (["{artifact}", "no.wav", "--format", "parquet"], "--format parquet without --out: "),
        (
            ["{artifact}", "no.wav", "--out", "a.txt"],
            "--out a.txt as txt: expected --format csv, json, p",
        ),
        (["{artifact}", "no.wav", "--out", "a"], "--out a as nothing: expected --format csv, json, p"),
        (["{artifact}", "no.wav", "--speakers", "who.csv"], "this model "),
        (
            ["{artifact}", "no.wav", "--abstain-below", "1.5"],
            "'--abstain-below': Input should be less than",
        ),
    ],
)
def test_errors_are_one_line(ser, artifact, tmp_path, words, message):
    places = {"artifact": artifact, "empty": tmp_path}
    answer = ser("predict", *(word.format(**places) for word in words))
    assert (answer.code, answer.out) == (2, "")
    assert message.format(**places) in answer.err
    assert answer.err.count("\n") == 1


def test_stdin(ser, artifact, recordings, stdin, tmp_path):
    stdin()
    code, printed, _ = ser("predict", artifact, "-", "--format", "json")
    [prediction] = json.loads(printed)
    assert (code, prediction["file"]) == (0, "-")
    code, printed, _ = ser("predict", artifact, recordings / "s0_sad_0.wav", "--format", "json")
    assert json.loads(printed)[0]["probabilities"] == prediction["probabilities"]
    stdin()
    assert ser("predict", artifact, "-", "--out", tmp_path / "one.parquet").code == 0
    assert pd.read_parquet(tmp_path / "one.parquet")["file"].tolist() == ["-"]
    stdin(b"")
    code, _, errors = ser("predict", artifact, "-")
    assert code == 1
    assert errors.startswith("failed -: the file has 0 bytes")


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_output_file(ser, artifact, folder, tmp_path, form):
    out = tmp_path / f"predictions.{form}"
    code, printed, _ = ser("predict", artifact, folder, "--out", out, "--workers", 1)
    assert (code, printed) == (0, f"4 predictions: {out}\n")
    read = {"csv": pd.read_csv, "json": pd.read_json, "parquet": pd.read_parquet}[form](out)
    assert len(read) == 4
    assert set(read["emotion"]) <= {"angry", "neutral", "sad"}


def test_out_of_distribution_audio_is_warned_of(ser, artifact, tmp_path):
    noise = 0.1 * np.random.default_rng(0).standard_normal(32_000)
    soundfile.write(tmp_path / "noise.wav", noise, 16_000)
    code, _, errors = ser("predict", artifact, tmp_path / "noise.wav")
    assert code == 0
    assert errors.startswith("warning: ")
    assert errors.endswith(" (1 of 1 files)\n")


def test_progress_lines(ser, artifact, recordings, monkeypatch):
    monkeypatch.setattr(progress, "PLAIN_SECONDS", 0.0)
    monkeypatch.setattr(progress, "HELD_BACK_SECONDS", 0.0)
    _, _, errors = ser("predict", artifact, *[recordings / "s0_sad_0.wav"] * 3)
    first, *_, last = errors.splitlines()
    assert first.startswith("recognising: 1/3 files")
    assert last.startswith("recognising: 3/3 files, ")
    assert last.endswith(" files/s, 0:00:00 left")


def test_abstention(ser, artifact, recordings, tmp_path):
    file, out = recordings / "s0_sad_0.wav", tmp_path / "a.csv"
    code, printed, errors = ser("predict", artifact, file, "--abstain-below", "1")
    assert code == 0
    assert "unsure: " in printed
    assert "warning: " in errors
    assert ser("predict", artifact, file, "--abstain-below", "1", "--out", out).code == 0
    table = pd.read_csv(out)
    assert table["emotion"].isna().all()
    assert table["confidence"].notna().all()
    assert table["error"].isna().all()


def test_windows_of_a_long_recording(ser, artifact, recordings, long):
    short = recordings / "s0_sad_0.wav"
    code, printed, _ = ser("predict", artifact, short, long, "--windows")
    assert code == 0
    assert f"{long}, window by window:" in printed
    assert "silence" in printed
    assert f"{short}, window" not in printed
    _, printed, _ = ser("predict", artifact, long, "--windows", "--format", "json")
    [prediction] = json.loads(printed)
    windows = prediction["windows"]
    assert [set(part) for part in windows] == [{"start", "end", "emotion", "probabilities"}] * 8
    _, printed, _ = ser("predict", artifact, long, "--format", "json")
    assert "windows" not in json.loads(printed)[0]
    longer = ("--windows", "--win-dur", 4, "--hop-dur", 2.5)
    _, printed, _ = ser("predict", artifact, long, *longer, "--format", "csv")
    bounds = [line.split(",")[1:3] for line in printed.splitlines()[1:]]
    assert bounds == [["0.0", "4.0"], ["2.5", "6.5"], ["5.0", "9.0"], ["5.2", "9.2"]]


def test_all_files_are_of_one_speaker_unless_a_table_names_speakers(ser, artifact_of, recordings, tmp_path):
    normalised = artifact_of("logistic", speaker_norm=True)
    files = [recordings / f"{speaker}_sad_{take}.wav" for speaker in ("s0", "s1") for take in range(4)]
    code, together, errors = ser("predict", normalised, *files, "--format", "csv")
    assert code == 0
    assert "8 files are assumed to have one speaker: pass --speakers TABLE.csv if they do not" in errors
    lines = [f"{file},{file.name[:2]}" for file in files]
    (tmp_path / "who.csv").write_text("\n".join(["file,speaker", *lines]))
    words = ["predict", normalised, *files, "--format", "csv", "--speakers", tmp_path / "who.csv"]
    code, apart, errors = ser(*words)
    assert code == 0
    assert "assumed to have one speaker" not in errors
    assert "speaker statistics are estimated from 4 recordings only, from 12 in" in errors
    assert apart != together
    (tmp_path / "who.csv").write_text("file,speaker\n")
    code, _, errors = ser(*words)
    assert code == 2
    assert errors.endswith("s0_sad_0.wav and 7 more: add a row with path and speaker\n")


@pytest.mark.long
def test_processes_estimate_speaker_statistics_as_one_does(ser, artifact_of, recordings, tmp_path):
    normalised = artifact_of("logistic", speaker_norm=True)
    for workers in (1, 2):
        out = tmp_path / f"{workers}.csv"
        assert ser("predict", normalised, recordings, "--out", out, "--workers", workers).code == 0
    one, two = (pd.read_csv(tmp_path / f"{workers}.csv") for workers in (1, 2))
    pd.testing.assert_frame_equal(one, two)
    few = sorted(recordings.glob("*.wav"))[:5]
    assert ser("predict", normalised, *few, "--out", tmp_path / "few.csv").code == 0
    assert not np.allclose(pd.read_csv(tmp_path / "few.csv")["confidence"], one["confidence"][:5])
