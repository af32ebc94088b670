"""Columns of tables: paths, sides in words, flags and by fold."""

import pandas as pd
import pytest

from ser_models.auditing.sources.columns import Columns, Understood, understand
from ser_models.auditing.sources.listing import Listed


def understood(**columns: str) -> Understood:
    """A table of columns, whose cells are divided by blanks; `-` is a missing one."""
    cells = {name: [None if cell == "-" else cell for cell in text.split()] for name, text in columns.items()}
    return understand(Listed("split.csv", pd.DataFrame(cells, dtype=object)), Columns())


@pytest.mark.parametrize(
    ("columns", "path"),
    [
        ({"file": "1 2", "wav": "a.wav b.wav"}, "wav"),
        ({"path": "a.wav b.wav", "file": "c.wav d.wav"}, "path"),
        ({"label": "joy sad", "recorded": "a.wav b.wav"}, "recorded"),
        ({"label": "joy sad", "utt_id": "u1 u2"}, "utt_id"),
        ({"whatever": "u1 u2"}, "whatever"),
    ],
)
def test_the_column_of_paths(columns, path):
    assert understood(**columns).columns.get("path", "path") == path


@pytest.mark.parametrize(
    ("columns", "sides"),
    [
        ({"subset": "Training VALID eval"}, ["train", "dev", "eval"]),
        ({"subset": "clean other clean", "phase": "train dev held-out"}, ["train", "dev", "test"]),
        ({"is_test": "1 0 0"}, ["test", "train", "train"]),
        ({"train": "yes no no", "test": "no yes no"}, ["train", "test", None]),
        ({"set": "train unlabelled -"}, ["train", None, None]),
        ({"split": "1 2 3", "partition": "train test test"}, ["train", "test", "test"]),
        ({"split": "train test dev", "partition": "Train Test Valid"}, ["train", "test", "dev"]),
        ({"set": "a b c"}, [None, None, None]),
    ],
)
def test_sides_of_columns(columns, sides):
    rows = understood(file="a.wav b.wav c.wav", **columns).rows
    assert rows["side"].where(rows["side"].notna(), None).tolist() == sides


def test_a_column_of_sides_for_each_fold():
    rows = understood(file="a.wav b.wav", fold_1="train test", fold_2="test -").rows
    assert rows[["path", "side", "fold"]].fillna("-").to_numpy().tolist() == [
        ["a.wav", "train", "1"],
        ["b.wav", "test", "1"],
        ["a.wav", "test", "2"],
        ["b.wav", "-", "2"],
    ]


def test_numbers_of_folds_are_whole():
    assert understood(file="a.wav b.wav c.wav", fold="1.0 10.0 -").rows["fold"].dropna().tolist() == [
        "1",
        "10",
    ]


def test_what_was_understood_is_noted():
    one = understood(file="a.wav b.wav c.wav", split="test_seen extra extra", side_note="x y z")
    assert one.notes == ("split 'test_seen' is read as test", "2 rows left out, as split 'extra' is no side")
    assert "--fold split reads them as folds" in understood(file="a.wav b.wav", split="1 2").hint
