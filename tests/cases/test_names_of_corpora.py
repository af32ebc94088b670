"""Corpora by the names and folders that people give them; names that stay text for every reader."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tests.cases.sounds import save, table

CREMAD, RAVDESS = "AudioWAV/1001_DFA_ANG_XX.wav", "Actor_01/03-01-03-01-01-01-01.wav"
EMODB, SAVEE, TESS = "wav/03a01Fa.wav", "DC_a01.wav", "OAF_angry/OAF_back_angry.wav"


@pytest.fixture(autouse=True)
def _in_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The working directory is `tmp_path`."""
    monkeypatch.chdir(tmp_path)


def calls(path: Path, recordings: int = 4) -> Path:
    """A table of recordings beside it, two emotions in turn."""
    names = [f"{path.stem}{number}.wav" for number in range(recordings)]
    for name in names:
        save(path.parent / name)
    rows = [f"{name},{'angry' if n % 2 else 'sad'},s{n}" for n, name in enumerate(names)]
    return table(path, rows)


@pytest.mark.parametrize(
    ("words", "stored"),
    [
        (("RAVDESS",), {"ravdess"}),
        (("ravdess,savee",), {"ravdess", "savee"}),
        (("Emo-DB", "crema_d"), {"emodb", "cremad"}),
        (("ravdess, CREMA-D", "Ravdess"), {"ravdess", "cremad"}),
    ],
)
def test_corpora_are_known_as_people_write_them(ser, tmp_path, words, stored):
    for folder, name in (("ravdess", RAVDESS), ("savee", SAVEE), ("emodb", EMODB), ("cremad", CREMAD)):
        save(tmp_path / folder / name)
    answer = ser("extract", "--datasets", *words, "--data", ".", "--store", "s", "--features", "core")
    assert answer.code == 0, answer.err
    assert {path.name.removeprefix("dataset=") for path in (tmp_path / "s" / "files").iterdir()} == stored


@pytest.mark.parametrize(
    ("word", "right"), [("RAVDES", "ravdess"), ("Crema", "cremad"), ("emo db2", "emodb")]
)
def test_the_nearest_corpus_is_named_first(ser, word, right):
    answer = ser("extract", "--datasets", word, "--store", "s")
    assert answer.code == 2
    assert f"unknown corpus {word!r}: did you mean {right!r}? expected one of ravdess, tess" in answer.err


@pytest.mark.parametrize("folder", ["wavs", "data/ravdess", "./cremad/"])
def test_a_folder_is_no_name_of_a_corpus_and_the_remedy_is_named(ser, tmp_path, folder):
    (tmp_path / folder).mkdir(parents=True)
    answer = ser("extract", "--datasets", folder, "--store", "s")
    assert answer.code == 2
    assert f"{folder} is a folder, expected the name of a corpus or a table of recordings" in answer.err
    assert f"ser manifest {folder} " in answer.err


@pytest.mark.parametrize(
    "folders",
    [
        # Kaggle: speech-emotion-recognition-en
        {"cremad": "Crema", "ravdess": "Ravdess/audio_speech_actors_01-24", "savee": "Savee", "tess": "Tess"},
        # the same archive, unpacked by a file manager into a folder of its own
        {
            "cremad": "archive/Crema",
            "ravdess": "archive/Ravdess",
            "savee": "archive/Savee",
            "tess": "archive/Tess",
        },
        # Kaggle: one collection per corpus, in /kaggle/input
        {
            "cremad": "cremad/AudioWAV",
            "ravdess": "ravdess-emotional-speech-audio/audio_speech_actors_01-24",
            "savee": "surrey-audiovisual-expressed-emotion-savee/ALL",
            "tess": "toronto-emotional-speech-set-tess/TESS Toronto emotional speech set data",
            "emodb": "berlin-database-of-emotional-speech-emodb",
        },
    ],
)
def test_folders_of_the_usual_packagings_are_known(ser, tmp_path, folders):
    names = {"cremad": CREMAD, "ravdess": RAVDESS, "savee": SAVEE, "tess": TESS, "emodb": EMODB}
    for corpus, folder in folders.items():
        save(tmp_path / folder / names[corpus])
    answer = ser("extract", "--datasets", *folders, "--data", ".", "--store", "s", "--features", "core")
    assert answer.code == 0, answer.err
    assert f"{len(folders)} stored, 0 unchanged, 0 failed" in answer.out


@pytest.mark.parametrize(
    "name", ["007", "2024", "2024-01-05", "1e5", "0x1f", "true", "null", "epoch", "12_3"]
)
def test_names_that_readers_take_for_numbers_are_refused(ser, tmp_path, name):
    calls(tmp_path / f"{name}.csv", 1)
    answer = ser("extract", "--datasets", f"{name}.csv", "--store", "s")
    assert answer.code == 2
    assert f"{name!r} reads as a number, a date or a missing value" in answer.err
    assert f"rename it, such as to table_{name}.csv" in answer.err
    assert not (tmp_path / "s").exists()


def test_other_names_stay_text_in_pandas_and_duckdb(ser, tmp_path):
    """A column `dataset` beside the partition is no way out: pandas refuses to merge the two types."""
    for name in ("table_007", "2024-01-05_calls", "a1", "inf1"):
        calls(tmp_path / f"{name}.csv", 1)
        assert ser("extract", "--datasets", f"{name}.csv", "--store", name, "--features", "core").code == 0
        assert list(pd.read_parquet(f"{name}/files")["dataset"]) == [name]
        files = f"'{name}/files/*/*.parquet'"
        assert duckdb.sql(f"select dataset from read_parquet({files})").fetchall() == [(name,)]


@pytest.mark.parametrize("name", ["Calls", "FIELD-Work"])
def test_a_table_with_capitals_is_one_corpus_for_every_command(ser, tmp_path, name):
    calls(tmp_path / f"{name}.csv")
    words = ("--data", ".", "--store", "s", "--features", "core")
    answer = ser("extract", "--datasets", f"{name}.csv", "--speed-perturb", *words)
    assert "copies: 8 stored, 0 unchanged, 0 failed" in answer.err
    for word in (name, str(tmp_path / f"{name}.csv")):
        words = ("--datasets", word, "--store", "s")
        answer = ser("store", "export", "--format", "csv", "--out", "out.csv", *words)
        assert answer.out.startswith(f"out.csv: 4 recordings of {name.lower()}")
        answer = ser("train", "--model", "logistic", "--split", "random", *words)
        assert "classes to train on" in answer.err  # too few, but the name is understood


def test_a_corpus_that_the_store_lacks_is_named_with_the_nearest_and_the_remedy(ser, tmp_path):
    calls(tmp_path / "calls.csv")
    assert ser("extract", "--datasets", "calls.csv", "--store", "s", "--features", "core").code == 0
    answer = ser("train", "--model", "logistic", "--datasets", "callz", "--store", "s")
    assert "no 'callz' in s: did you mean 'calls'? it holds calls" in answer.err
    answer = ser("train", "--model", "logistic", "--datasets", "CREMA-D", "--store", "s")
    assert "run ser extract --datasets cremad --store s" in answer.err
