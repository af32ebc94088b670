"""The same split in every form is read as the same rows; what is refused, and why."""

import gzip
import json
import pickle
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ser_features.errors import InputError
from ser_models.auditing.sources import content, read_split

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


def rows_of(paths: Sequence[Path]) -> list[Row]:
    split = read_split(paths)
    return sorted(split.rows[[*COLUMNS]].itertuples(index=False, name=None))


@settings(max_examples=4, deadline=None)
@given(rows=splits())
@pytest.mark.parametrize("write", WRITERS)
def test_every_form_gives_the_same_rows(tmp_path_factory, write, rows):
    assert rows_of(write(tmp_path_factory.mktemp("split"), rows)) == sorted(rows)


@settings(max_examples=30, deadline=None)
@given(
    written=st.text("a.wv,;|\t\n\"'[]{}:0 é\0", max_size=60) | st.binary(max_size=60),
    suffix=st.sampled_from([".csv", ".lst", ".json"]),
)
def test_any_file_is_read_or_refused(tmp_path_factory, written, suffix):
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    path.write_bytes(written if isinstance(written, bytes) else written.encode())
    with suppress(InputError):
        split = read_split(train=[path])
        assert set(split.rows["side"]) == {"train"}
        assert split.rows["path"].notna().all()


def test_lists_by_side_are_of_their_side_whatever_they_are_called(tmp_path):
    for name in ("fold1", "fold2", "fold3"):
        (tmp_path / f"{name}.txt").write_text(f"{name}.wav\n")
    first, second, third = (tmp_path / f"fold{number}.txt" for number in (1, 2, 3))
    split = read_split(train=[first, second], test=[third])
    assert split.folds == ["1"]
    assert split.rows["side"].tolist() == ["train", "train", "test"]
    split = read_split([first, second, third])
    assert split.folds == ["1", "2", "3"]
    assert split.rows.loc[split.rows["fold"] == "2", ["path", "side"]].to_numpy().tolist() == [
        ["fold1.wav", "train"],
        ["fold2.wav", "test"],
        ["fold3.wav", "train"],
    ]


def test_further_columns_are_text_in_lower_case_under_their_own_names(tmp_path):
    table = tmp_path / "split.csv"
    table.write_text("File,Split_Set,SpkrID,fold_of_paper,label,Label\na.wav,Test1,007,1.0,,x\n")
    split = read_split([table])
    assert split.columns == {"path": "File", "side": "Split_Set"}
    assert [*split.rows] == ["path", "side", "fold", "spkrid", "fold_of_paper", "label"]
    assert split.rows.loc[0, ["spkrid", "fold_of_paper"]].tolist() == ["007", "1.0"]
    assert split.rows["label"].isna().all()
    assert split.notes == (
        "a second column Label is not read",
        "Split_Set 'Test1' is read as test",
        "there is no train side",
    )


WRITTEN = {
    "excel.csv": "sep=;\nDatei;Split\na.wav;train\n",
    "unusual.csv": "Datei,Seite\na.wav,train\n",
    "bare.csv": "train;a.wav\n",
    "feats.scp": "u1 a.wav\n",
    "word.txt": "a.wav\tJörg\n",
    "pairs.json": '[["a.wav", "joy"]]',
    "by_name.json": '{"a.wav": "joy"}',
    "one.json": '{"wav": "a.wav", "emo": "joy"}',
    "with_labels.json": '{"labels": {"joy": 0}, "meta_data": [{"path": "a.wav", "label": "joy"}], "seed": 1}',
    "nested.json": '{"train": {"u1": {"wav": "a.wav", "spk_id": 1}}}',
}


@pytest.mark.parametrize("name", WRITTEN)
def test_one_recording_in_other_forms(tmp_path, name):
    (tmp_path / name).write_text(WRITTEN[name], encoding="cp1252")
    split = read_split(train=[tmp_path / name])
    assert split.rows[["path", "fold", "side"]].to_numpy().tolist() == [["a.wav", "1", "train"]]
    guessed = "read as Windows-1252, as it is not UTF-8: check 'Jörg'"
    assert (guessed in split.notes) == ("ö" in WRITTEN[name])


def test_the_user_names_columns(tmp_path):
    table = tmp_path / "split.csv"
    table.write_text("clip,split,Fold ID,speaker,who\na.wav,train,1,ada,b.wav\nb.wav,test,2,ben,a.wav\n")
    split = read_split([table], path="who", fold="speaker", side="SPLIT")
    assert split.rows["path"].tolist() == ["b.wav", "a.wav"]
    assert read_split([table], fold="speaker").rows["speaker"].tolist() == ["ada", "ben"]
    for option in ("path", "side", "fold"):
        with pytest.raises(InputError, match=r"split.csv: unknown column 'spaeker': did you mean 'speaker'"):
            read_split([table], **{option: "spaeker"})


FILES = {
    "zeros.csv.gz": gzip.compress(bytes(2**20 + 1)),
    "short.csv.gz": gzip.compress(b"file,side\na.wav,train\n" * 99)[:-20],
    "split.pkl": pickle.dumps({"train": ["a.wav"]}),
    "hidden.csv": pickle.dumps({"train": ["a.wav"]}),
    "book.csv": b"PK\x03\x04",
    "empty.csv": b"",
    "header.csv": b"file,side\n",
    "list.txt": b"a.wav\n",
    "numbers.csv": b"file,split\na.wav,0\nb.wav,1\n",
    "letters.csv": b"file,split\na.wav,x\nb.wav,y\n",
    "two.csv": b"file,split,partition\na.wav,train,test\nb.wav,test,train\n",
    "names.csv": b"a,label,split\n1,joy,train\n",
    "open.csv": b'file,side\n"a.wav,train\n',
    "number.json": b"7",
    "mixed.json": b'["a.wav", 7]',
    "object.json": b'{"train": ["a.wav"], "other": ["b.wav"]}',
    "one.csv": b"file,side\na.wav,train\nb.wav,test\n",
    "other.csv": b"file,side\nc.wav,train\nd.wav,test\n",
    "train.csv": b"file\na.wav\n",
}

REFUSED = {
    ("missing.csv",): "missing.csv cannot be read (no such file): expected a list or a table of recordings",
    ("zeros.csv.gz",): "zeros.csv.gz has more than 1 MiB, expected a list or a table",
    ("short.csv.gz",): "short.csv.gz cannot be read (Compressed file ended before",
    ("split.pkl",): "split.pkl is a pickle, which can run code, expected a list or a table of recordings",
    ("hidden.csv",): "hidden.csv is no text (",
    ("book.csv",): "book.csv is a workbook of Excel or LibreOffice, or a ZIP archive, expected a list",
    ("empty.csv",): "empty.csv: no row, expected recordings: add them, or leave the list out",
    ("header.csv",): "header.csv: no row, expected recordings",
    ("list.txt",): "nothing states the sides of the split: expected a column of words such as train",
    ("numbers.csv",): "numbers of column split may be sides or folds: --fold split reads them as folds; else",
    ("letters.csv",): "nothing states the sides of the split: expected a column of words such as train",
    ("two.csv",): "columns split and partition may both be the sides, expected one: name it with --side",
    ("names.csv",): "no column of paths: found a, label, split, expected path or file: name it with --path",
    ("open.csv",): "open.csv is no list of recordings (line 2: a quotation mark is not closed",
    ("number.json",): "number.json is no list of recordings (7 is no list of recordings): correct it",
    ("mixed.json",): "is no list of recordings (rows that are not all texts, objects or lists)",
    ("object.json",): "(an object with train, other, expected lists by side, or by fold and side)",
    ("one.csv", "other.csv"): "other.csv are splits on their own, expected one: audit one at a time",
    ("train.csv", "list.txt"): "list.txt: nothing states the side, expected it as in the other lists: name",
    (): "neither a split nor lists by side, expected one of them: name a table, or --train and --test",
}


@pytest.mark.parametrize("names", REFUSED, ids=" ".join)
def test_what_is_refused_is_explained(tmp_path, monkeypatch, names):
    monkeypatch.setattr(content, "MAX_BYTES", 2**20)
    for name in names:
        if name in FILES:
            (tmp_path / name).write_bytes(FILES[name])
    with pytest.raises(InputError) as refusal:
        read_split([tmp_path / name for name in names])
    assert REFUSED[names] in str(refusal.value)


def test_a_column_that_the_user_calls_sides_must_have_some(tmp_path):
    (tmp_path / "split.csv").write_bytes(FILES["numbers.csv"])
    with pytest.raises(InputError, match="column split has 0, 1, expected words for sides: the numbers of"):
        read_split([tmp_path / "split.csv"], side="split")
    with pytest.raises(InputError, match=r"column file has a.wav, b.wav, expected words for sides, such as"):
        read_split([tmp_path / "split.csv"], side="file")
    with pytest.raises(InputError, match="both a split and lists by side, expected one of them"):
        read_split([tmp_path / "split.csv"], test=[tmp_path / "split.csv"])


def test_all_published_folds_are_read(real_data):
    folder = real_data.parent / "splits"
    if not folder.is_dir():
        pytest.skip(f"no published folds: {folder} is no folder")
    split = read_split([folder / "emobox_esd.csv.gz"])
    assert len(split.rows) == 5 * 35_000
    assert (split.rows["side"] == "test").sum() == 35_000
    assert split.notes == (
        "all rows are test, and every recording is in one fold",
        "each of 5 folds is the test once, and the others are its training",
    )
    assert len(read_split([folder / "emobox_pavoque.csv.gz"]).rows) == 7_334
    assert read_split([folder / "emobox_mead.csv.gz"]).notes == ("there is no train side",)
