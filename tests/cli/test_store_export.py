"""`ser store export` as its users meet it."""

import pandas as pd


def test_says_what_was_written_and_what_is_next(ser, store_root, tmp_path):
    out = tmp_path / "speech.csv"
    answer = ser(
        "store", "export", "--format", "csv", "--out", out, "--datasets", "own", "--store", store_root
    )
    assert answer.code == 0
    columns = len(pd.read_csv(out).columns)
    assert answer.out.splitlines() == [
        f"{out}: 72 recordings of own, {columns} columns, as csv",
        f"next: python -c 'import pandas as pd; print(pd.read_csv(\"{out}\"))'",
    ]


def test_formats_are_those_of_the_library(ser):
    from ser_features.store.export import FORMATS

    answer = ser("store", "export", "--format", "xls", "--out", "x")
    assert answer.code == 2
    assert all(f"'{name}'" in answer.err for name in FORMATS)


def test_what_is_in_the_way_is_told(ser, store_root, tmp_path):
    (tmp_path / "speech.arff").write_text("mine")
    answer = ser(
        "store", "export", "--format", "arff", "--out", tmp_path / "speech.arff", "--store", store_root
    )
    assert answer.code == 2
    assert answer.err.endswith(
        "is no earlier export as arff and is not replaced: pass another --out, or remove it\n"
    )
