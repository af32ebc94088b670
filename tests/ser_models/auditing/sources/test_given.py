"""Folders: of lists, of recordings, of formats of tables."""

import json
from pathlib import Path

import pytest

from ser_features.errors import InputError
from ser_models.auditing.sources import read_split


def put(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def rows_of(*paths: Path, **lists: list[Path]) -> list[str]:
    rows = read_split(paths, **lists).rows
    return sorted(rows[["fold", "side", "path"]].agg(" ".join, axis=1))


def test_recordings_in_folders_of_sides(tmp_path):
    names = ("train/ada/01/a.wav", "valid/ben/02/a.wav", "testing/cleo/03/a.webm", "extra/a.wav")
    put(tmp_path, dict.fromkeys((*names, "train/ada/01/a.txt", "notes.txt", "train/.hidden.wav"), ""))
    expected = ["1 dev valid/ben/02/a.wav", "1 test testing/cleo/03/a.webm", "1 train train/ada/01/a.wav"]
    assert rows_of(tmp_path) == expected
    assert rows_of(*(tmp_path / name for name in ("train", "valid", "testing"))) == expected
    assert rows_of(test=[tmp_path / "testing"], train=[tmp_path / "train"]) == expected[1:]
    split = read_split([tmp_path])
    assert split.root == tmp_path
    assert split.notes == ("left out: 1 row without a side",)


def test_recordings_in_folders_of_folds(tmp_path):
    put(tmp_path, {"fold1/a.wav": "", "fold2/b.wav": "", "metadata/all.csv": "file,fold\n"})
    assert rows_of(tmp_path) == [
        "1 test fold1/a.wav",
        "1 train fold2/b.wav",
        "2 test fold2/b.wav",
        "2 train fold1/a.wav",
    ]


def test_lists_of_a_folder_beside_other_files(tmp_path):
    lists = {"train.csv": "file\na.wav\n", "train.txt": "a.wav\n", "lists/test.lst": "b.wav\n"}
    put(tmp_path, {**lists, "wavs/a.wav": "", "README.txt": "x", "labels.csv": "file,label\n"})
    assert rows_of(tmp_path) == ["1 test b.wav", "1 train a.wav"]
    assert read_split([tmp_path]).root is None
    assert read_split([tmp_path]).notes == (
        "not read, as their names state no side: README.txt, labels.csv",
        "train.txt is not read, as train.csv has the same name",
        "sides are read from the names of the lists",
    )


def test_folders_of_kaldi(tmp_path):
    for side in ("train", "test"):
        put(tmp_path / "data" / side, {"wav.scp": f"u1 {side}.wav\n", "utt2spk": "u1 ada\n"})
    assert rows_of(tmp_path / "data") == ["1 test test.wav", "1 train train.wav"]
    assert rows_of(train=[tmp_path / "data" / "train"]) == ["1 train train.wav"]
    assert read_split([tmp_path / "data"]).rows["speaker"].tolist() == ["ada", "ada"]


def test_lists_of_benchmarks_and_toolkits(tmp_path):
    for number in (1, 2):
        for side in ("train", "test"):
            line = json.dumps(
                {"key": f"emodb-{side}{number}", "wav": f"wav/{side}{number}.wav", "emo": "happy"}
            )
            put(tmp_path / "benchmark" / f"fold_{number}", {f"emodb_{side}_fold_{number}.jsonl": line})
    assert rows_of(tmp_path / "benchmark") == [
        f"{number} {side} wav/{side}{number}.wav" for number in (1, 2) for side in ("test", "train")
    ]
    for side in ("train", "valid"):
        rows = {f"{side}_1": {"wav": f"{{root}}/{side}.wav", "spk_id": "1", "duration": 1.5}}
        put(tmp_path / "toolkit", {f"{side}.json": json.dumps(rows)})
    assert rows_of(tmp_path / "toolkit") == ["1 dev {root}/valid.wav", "1 train {root}/train.wav"]


def test_tables_of_an_audformat_database(tmp_path):
    pytest.importorskip("yaml", reason="audformat is not installed: pip install 'ser-toolkit[audformat]'")
    tables = "".join(
        f"  emotion{part}: {{type: filewise, {split}columns: {{emotion: {{}}}}}}\n"
        for part, split in (("", ""), (".train", "split_id: train, "), (".test", "split_id: test, "))
    )
    put(
        tmp_path,
        {
            "db.yaml": f"splits: {{train: {{type: train}}, test: {{type: test}}}}\ntables:\n{tables}",
            "db.emotion.csv": "file,emotion\na.wav,joy\nb.wav,sad\n",
            "db.emotion.train.csv": "file,emotion\na.wav,joy\n",
            "db.emotion.test.csv": "file,emotion\nb.wav,sad\n",
        },
    )
    expected = ["1 test b.wav", "1 train a.wav"]
    assert rows_of(tmp_path) == expected
    by_table = {side: [Path(f"{tmp_path}#emotion.{side}")] for side in ("train", "test")}
    assert rows_of(**by_table) == expected


def test_a_folder_without_lists_is_refused(tmp_path):
    with pytest.raises(
        InputError, match="no list and no recording, expected folders or lists named train, dev"
    ):
        read_split([tmp_path])
    put(tmp_path, {"a.csv": "file\n", "b.csv": "file\n"})
    with pytest.raises(InputError, match=r"has a.csv, b.csv, expected folders or lists named train, dev and"):
        read_split([tmp_path])
