"""The same split in every form is read as the same rows; what is refused, and why."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ser_models.auditing.sources import read_split

Row = tuple[str, str, str]
"""Path, fold and side."""

ROWS: list[Row] = [
    ("calls/ada 1.wav", "1", "train"),
    ("calls/ben 1.wav", "1", "test"),
    ("calls/cleo 1.wav", "1", "dev"),
    ("calls/ada 1.wav", "2", "test"),
    ("calls/ben 1.wav", "2", "train"),
    ("calls/cleo 1.wav", "2", "dev"),
]
COLUMNS = ("path", "fold", "side")


def frame(rows: Sequence[Row]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(COLUMNS))


def csv(folder: Path, rows: Sequence[Row]) -> list[Path]:
    frame(rows).to_csv(folder / "split.csv", index=False)
    return [folder / "split.csv"]


def semicolons(folder: Path, rows: Sequence[Row]) -> list[Path]:
    names = {"path": "File Name", "side": "Partition", "fold": "FOLD"}
    frame(rows).rename(columns=names).to_csv(folder / "split.txt", index=True, sep=";", encoding="utf-8-sig")
    return [folder / "split.txt"]


def compressed(folder: Path, rows: Sequence[Row]) -> list[Path]:
    frame(rows).to_csv(folder / "split.tsv.gz", index=False, sep="\t")
    return [folder / "split.tsv.gz"]


def json_lines(folder: Path, rows: Sequence[Row]) -> list[Path]:
    frame(rows).to_json(folder / "split.jsonl.gz", orient="records", lines=True)
    return [folder / "split.jsonl.gz"]


def json_list(folder: Path, rows: Sequence[Row]) -> list[Path]:
    frame(rows).rename(columns={"path": "wav"}).to_json(folder / "split.json", orient="records")
    return [folder / "split.json"]


def json_columns(folder: Path, rows: Sequence[Row]) -> list[Path]:
    frame(rows).to_json(folder / "split.json")
    return [folder / "split.json"]


def json_folds(folder: Path, rows: Sequence[Row]) -> list[Path]:
    content: dict[str, dict[str, list[str]]] = {}
    for path, fold, side in rows:
        content.setdefault(f"fold{fold}", {}).setdefault(side, []).append(path)
    (folder / "split.json").write_text(json.dumps({"folds": content, "seed": 7}))
    return [folder / "split.json"]


def parquet(folder: Path, rows: Sequence[Row]) -> list[Path]:
    frame(rows).astype({"fold": float}).to_parquet(folder / "split.parquet")
    return [folder / "split.parquet"]


def wide(folder: Path, rows: Sequence[Row]) -> list[Path]:
    table = frame(rows).pivot_table(index="path", columns="fold", values="side", aggfunc="first")
    table.add_prefix("fold_").reset_index().to_csv(folder / "split.csv", index=False)
    return [folder / "split.csv"]


def lists(folder: Path, rows: Sequence[Row]) -> list[Path]:
    for (fold, side), several in frame(rows).groupby(["fold", "side"]):
        lines = several["path"].str.replace("/", "\\") + "\n"
        (folder / f"{side}_fold_{fold}.lst").write_text("".join(lines), encoding="utf-8")
    (folder / "README.txt").write_text("Folds of our paper.\n")
    return [folder]


def folders_of_lists(folder: Path, rows: Sequence[Row]) -> list[Path]:
    for (fold, side), several in frame(rows).groupby(["fold", "side"]):
        (folder / fold).mkdir(exist_ok=True)
        (folder / fold / f"{side}.txt").write_text("".join(f"{path}|joy\n" for path in several["path"]))
    return [folder / fold for fold in sorted({row[1] for row in rows})]


WRITERS: tuple[Callable[[Path, Sequence[Row]], list[Path]], ...] = (
    *(csv, semicolons, compressed, json_lines, json_list, json_columns, json_folds, parquet, wide),
    *(lists, folders_of_lists),
)

words = st.text("aeÄñ漢7 -_().'", min_size=1, max_size=6).map(str.strip).filter(bool)


@st.composite
def splits(draw: st.DrawFn) -> list[Row]:
    """Two folds or three, with every recording on one side of each, and all sides in each."""
    names = draw(st.lists(words, min_size=3, max_size=6, unique=True))
    return [
        (f"{name[0]}/{name}.wav", str(fold), ("train", "dev", "test")[(number + fold) % 3])
        for fold in range(1, draw(st.integers(2, 3)) + 1)
        for number, name in enumerate(names)
    ]


def rows_of(paths: Sequence[Path], **options: str) -> list[Row]:
    split = read_split(paths, **options)
    return sorted(split.rows[[*COLUMNS]].itertuples(index=False, name=None))


@settings(max_examples=8, deadline=None)
@given(rows=splits())
@pytest.mark.parametrize("write", WRITERS)
def test_every_form_gives_the_same_rows(tmp_path_factory, write, rows):
    assert rows_of(write(tmp_path_factory.mktemp("split"), rows)) == sorted(rows)
