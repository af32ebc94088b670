"""Tables that users reported, extracted into one store."""

from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from shutil import copytree
from typing import NamedTuple

import pandas as pd
import pytest
from ser_cli.main import main

from ser_features.store import open_store
from tests.cases.sounds import save, voice
from tests.cases.tables import RECORDINGS

TABLES = {
    "db": "file,speaker,gender,emotion\nu0.wav,ada,female,anger\nu1.wav,ben,male,sadness\n",
    "meta": "filename,label,speaker_id\nu0.wav,angry,7\nu1.wav,sad,8\n",
    "ages": "path,emotion,speaker,age\nu0.wav,angry,ada,36.5\nu1.wav,sad,ben,NA\nu2.wav,sad,cleo,30-40\n",
    "pod": "path,emotion,speaker\nu0.wav,sad,127\nu1.wav,sad,nan\nu2.wav,sad,Unknown\nu3.wav,sad,-\n",
    "votes": (
        "path,emotion,speaker,rater\nu0.wav,angry,ada,r1\nu0.wav,sad,ada,r2\nu0.wav,sad,ada,r3\n"
        "u1.wav,happy,ben,r1\n"
    ),
    "vad": "path,emotion,speaker,strength\nu0.wav,happy,s0,4\nu1.wav,happy,s1,5\nu2.wav,sad,s2,2\n",
    "calls": (
        "path,emotion,speaker\nu0.wav,frustrated,a\nu1.wav,Excited,b\nu2.wav,contempt,c\nu3.wav,neutral,d\n"
    ),
}
"""Reported tables, by name."""


class Extraction(NamedTuple):
    """One run of `ser extract` over tables that users reported.

    Attributes:
        folder: of the tables and the recordings.
        out: what it printed to stdout.
        err: what it printed to stderr.
        rows: of the store, by corpus.
        failures: message by corpus.
    """

    folder: Path
    out: str
    err: str
    rows: dict[str, pd.DataFrame]
    failures: dict[str, list[str]]


@pytest.fixture(scope="module")
def extraction(tmp_path_factory: pytest.TempPathFactory) -> Extraction:
    """All reported tables in one store; a process per situation would take longer than its work."""
    folder = tmp_path_factory.mktemp("tables")
    for number, content in enumerate(RECORDINGS):
        (folder / f"u{number}.wav").write_bytes(content)
    for name, content in TABLES.items():
        (folder / f"{name}.csv").write_text(content)
    for emotion in ("angry", "sad"):
        save(folder / "set" / emotion / "0.wav", voice(1, emotion, seconds=0.3))
        save(folder / "share" / "wavs" / f"s0_{emotion}.wav", voice(2, emotion, seconds=0.3))
    (folder / "tables").mkdir()
    manifest(folder / "set", "{emotion}/{}.wav")
    manifest(
        folder / "share" / "wavs", "{speaker}_{emotion}.wav", "--out", folder / "tables" / "elsewhere.csv"
    )
    tables = [folder / f"{name}.csv" for name in (*TABLES, "set/set", "tables/elsewhere")]
    words = ["extract", "--features", "core", "--workers", 1, "--emotions", "excited=joy", "x=sad"]
    out, err = run(*words, "--store", folder / "store", "--datasets", *tables)
    store = open_store(folder / "store")
    failures: dict[str, list[str]] = {}
    for row in store.failures().to_pylist():
        failures.setdefault(row["dataset"], []).append(row["message"])
    return Extraction(folder, out, err, {name: store.files([name]) for name in store.datasets}, failures)


def run(*words: object) -> tuple[str, str]:
    """Run `ser`, which must succeed; return stdout and stderr."""
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended, redirect_stdout(out), redirect_stderr(err):
        main([str(word) for word in words])
    assert not ended.value.code, err.getvalue()
    return out.getvalue(), err.getvalue()


def manifest(*words: object) -> None:
    run("manifest", *words)


def test_columns_of_audformat(extraction):
    assert "db.csv: columns: file → path\n" in extraction.err
    assert "meta.csv: columns: filename → path, label → emotion, speaker_id → speaker\n" in extraction.err
    assert extraction.rows["db"]["emotion"].tolist() == ["angry", "sad"]
    assert extraction.rows["meta"]["speaker"].tolist() == ["7", "8"]


def test_age_of_36_5(extraction):
    assert extraction.rows["ages"]["age"].isna().tolist() == [True] * 3
    assert "ages.csv: age: 2 cells not understood, such as '36.5': stored as null\n" in extraction.err


def test_speaker_nan(extraction):
    assert extraction.rows["pod"]["speaker"].fillna("unknown").tolist() == ["127", *["unknown"] * 3]
    assert "pod.csv: speaker unknown in 3 of 4 recordings\n" in extraction.err


def test_no_speakers_in_folders(extraction):
    assert extraction.rows["set"]["speaker"].isna().all()
    assert "set.csv: no column speaker: speakers are unknown\n" in extraction.err


def test_table_elsewhere(extraction):
    assert extraction.rows["elsewhere"]["emotion"].tolist() == ["angry", "sad"]


def test_three_raters(extraction):
    rows = extraction.rows["votes"]
    assert rows["emotion"].tolist() == ["sad", "happy"]
    assert rows["agreement"].round(2).tolist() == [0.67, 1.0]
    assert rows["raters"].tolist() == [3, 1]
    assert "votes" not in extraction.failures
    assert (
        "votes.csv: 4 votes on the emotion of 2 recordings: the most frequent answer is the emotion\n"
    ) in extraction.err


def test_numbers_of_ones_own(extraction):
    assert extraction.rows["vad"].groupby("emotion")["strength"].mean().to_dict() == {
        "happy": 4.5,
        "sad": 2.0,
    }
    query = ("store", "query", "select avg(strength) from files where dataset = 'vad'", "--store")
    assert run(*query, extraction.folder / "store")[0].split()[-1].startswith("3.6")


@pytest.mark.parametrize(
    ("cell", "changed", "values"), [("2.5", 1, [4.0, 5.0, 2.5]), ("low", 3, ["4", "5", "low"])]
)
def test_numbers_that_become_other_ones(extraction, tmp_path, cell, changed, values):
    copytree(extraction.folder, tmp_path / "copy")
    corpus = tmp_path / "copy" / "vad.csv"
    corpus.write_text(TABLES["vad"].replace("s2,2", f"s2,{cell}"))
    out, _ = run("extract", "--datasets", corpus, "--store", tmp_path / "copy" / "store")
    assert f"0 stored, {3 - changed} unchanged, {changed} relabelled" in out
    assert open_store(tmp_path / "copy" / "store").files(["vad"])["strength"].tolist() == values


def test_other_emotions(extraction):
    assert extraction.rows["calls"]["emotion"].tolist() == ["frustrated", "happy", "contempt", "neutral"]
    assert extraction.rows["calls"]["emotion_code"].tolist() == [
        "frustrated",
        "Excited",
        "contempt",
        "neutral",
    ]
    assert "calls.csv: no row has the emotion x of --emotions\n" in extraction.err
