"""`ser features`, and lists of files."""

import io
import sys

import pandas as pd
import pytest


@pytest.fixture
def files(recordings):
    return sorted(recordings.glob("*.wav"))[:2]


def test_a_table_of_features_on_stdout(ser, files):
    answer = ser("--quiet", "features", *files, "nowhere.wav")
    assert answer.code == 1
    table = pd.read_csv(io.StringIO(answer.out))
    assert table["file"].tolist() == [*map(str, files), "nowhere.wav"]
    assert table["pitch_mean"].notna().tolist() == [True, True, False]
    assert "failed nowhere.wav: cannot read nowhere.wav" in answer.err


def test_a_parquet_file_of_parts_replaces_itself_and_nothing_else(ser, files, tmp_path):
    parts = tmp_path / "parts.csv"
    parts.write_text(f"path,start,end\n{files[0]},0.1,0.4\n{files[0]},,\n")
    out = tmp_path / "x.parquet"
    for _ in range(2):
        answer = ser("features", parts, "--out", out)
        assert answer.code == 0, answer.err
    assert f"2 recordings, 47 features: {out}" in answer.out
    table = pd.read_parquet(out)
    assert list(table)[:3] == ["file", "start", "end"]
    assert table["start"].isna().tolist() == [False, True]
    assert table["duration_sec"][0] < table["duration_sec"][1]
    assert "was not written by ser" in ser("features", parts, "--format", "csv", "--out", parts).err


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--features", "mel"], "mel in a table with a row per recording: expected one or several of core"),
        (["--format", "parquet"], "--format parquet without --out: a screen cannot show it"),
        (["--out", "x.xls"], "--out x.xls as xls: expected --format csv, parquet"),
    ],
)
def test_errors_are_one_line(ser, files, words, text):
    answer = ser("features", files[0], *words)
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert text in answer.err


def test_files_are_named_in_a_list_or_on_stdin(ser, files, tmp_path, monkeypatch):
    listed = tmp_path / "list.txt"
    listed.write_text(f"{files[0]}\n\n{files[1]}\n")
    assert ser("--quiet", "features", "--files-from", listed).out.count("\n") == 3
    stdin = io.TextIOWrapper(io.BytesIO(f"{files[0]}\n".encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert ser("--quiet", "features", "--files-from", "-").out.count("\n") == 2


def test_lists_that_cannot_be_used_are_one_line(ser, tmp_path):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for words, text in (
        ([], "no files: none are named: expected audio files, or --files-from"),
        (
            ["--files-from", tmp_path / "none"],
            "none cannot be read (No such file or directory): check the path",
        ),
        (["--files-from", tmp_path / "binary"], "binary is no text in UTF-8: expected a path per line"),
    ):
        assert text in ser("features", *words).err
