"""`ser check`: what is odd about a table, a folder or a store, and the next command."""

import json
from pathlib import Path

import pytest


@pytest.fixture
def table(tmp_path) -> Path:
    """A table of two files, of which one is no audio and one is missing."""
    (tmp_path / "text.wav").write_text("no audio")
    (tmp_path / "mine.csv").write_text("path,emotion,speaker\ntext.wav,joy,ada\nnone.wav,sad,ada\n")
    return tmp_path / "mine.csv"


def test_a_table_without_a_usable_recording(ser, table):
    code, printed, _ = ser("check", table)
    assert code == 1
    lines = printed.splitlines()
    assert lines[0] == "mine.csv: joy → happy: 1 row"
    assert lines[-1] == "mine: 1 recording, 1 of them checked, 0 usable"
    (corpus,) = json.loads(ser("check", table, "--audio", "--json").out)["corpora"]
    assert [one["kind"] for one in corpus["findings"]] == ["files", "audio"]


def test_the_next_command_fits_what_was_checked(ser, recordings, monkeypatch):
    monkeypatch.delenv("SER_DATA", raising=False)
    table = recordings / "own.csv"
    assert ser("check", table).out.splitlines()[-1] == f"next: ser extract --datasets {table} --for best"
    folders = ["--data", recordings, "--root", recordings]
    words = " ".join(map(str, ["next: ser extract --datasets", table, "--for best", *folders]))
    assert ser("check", table, *folders).out.splitlines()[-1] == words
    assert ser("check", recordings).out.splitlines()[-1] == (
        f'next: ser manifest {recordings} "{{speaker}}_{{emotion}}_{{}}.wav"'
    )


def test_a_store_is_checked_without_its_files(ser, store_root):
    code, printed, _ = ser("check", store_root)
    assert code == 0
    assert printed.splitlines()[-2] == "own: 72 recordings, 72 of them checked, 72 usable"
    assert printed.splitlines()[-1] == f"next: ser train --model logistic --folds 5 --store {store_root}"
