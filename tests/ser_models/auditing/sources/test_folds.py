"""Rows of which sides or folds are missing, or depend on others."""

import pandas as pd
import pytest

from ser_features.errors import InputError
from ser_models.auditing.sources import folds


def arranged(*rows: str) -> tuple[set[str], tuple[str, ...]]:
    """Rows of path, fold and side, `-` for a missing one → the rows in the same form, and notes."""
    cells = [[None if cell == "-" else cell for cell in row.split()] for row in rows]
    result, notes = folds.arranged(pd.DataFrame(cells, columns=["path", "fold", "side"], dtype=object))
    assert [*result.index] == [*range(len(result))]
    texts = result[["path", "fold", "side"]].agg(" ".join, axis=1)
    assert len(texts) == len(result)
    return set(texts), notes


def test_each_fold_is_held_out_once():
    rows, notes = arranged("a 1 -", "b 2 -", "c - -")
    assert rows == {"a 1 test", "b 1 train", "a 2 train", "b 2 test"}
    assert notes == (
        "left out: 1 row without a fold",
        "each of 2 folds is the test once, and the others are its training",
    )
    assert arranged("a 1 test", "b 2 test")[0] == rows
    assert arranged("a 1 train", "b 2 train")[0] == rows


def test_folds_with_sides_are_read_as_they_are():
    rows = {"a 1 test", "b 1 train", "a 2 train", "b 2 test"}
    assert arranged(*sorted(rows)) == (rows, ())


def test_folds_of_other_recordings_are_separate_splits():
    rows = {"a 1 test", "b 1 train", "c 2 train", "d 2 test"}
    note = "every recording is in one fold only, with its side: the folds are separate splits"
    assert arranged(*sorted(rows)) == (rows, (note,))


def test_one_test_of_all_folds():
    rows, notes = arranged("a 1 train", "b 1 dev", "b 2 train", "a 2 dev", "c - test")
    assert {"c 1 test", "c 2 test"} < rows
    assert notes == ("read as in every fold: 1 row without a fold",)


def test_folds_within_the_training_are_none_of_the_split():
    for test in ("c - test", "c 0 test"):
        rows, notes = arranged("a 1 train", "b 2 train", test)
        assert rows == {"a 1 train", "b 1 train", "c 1 test"}
        assert notes == ("the folds divide the sides: the split is read as one fold",)


def test_eval_is_the_test_unless_there_is_one():
    assert arranged("a - train", "b - eval") == ({"a 1 train", "b 1 test"}, ("eval is read as test",))
    assert arranged("a - train", "b - eval", "c - test")[0] == {"a 1 train", "b 1 dev", "c 1 test"}


def test_rows_that_say_too_little_are_counted():
    rows, notes = arranged("a - train", "b - test", "b - test", "c - -", "- - test", "- - test")
    assert rows == {"a 1 train", "b 1 test"}
    assert notes == (
        "left out: 2 rows without a path",
        "1 repeated row",
        "left out: 1 row without a side",
    )
    assert arranged("a - test")[1] == ("there is no train side",)


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(folds, "MAX_ROWS", 3)
    with pytest.raises(InputError, match="the folds have 4 rows together, expected 3 at most: audit some"):
        arranged("a 1 -", "b 2 -")
    with pytest.raises(InputError, match="no row names a recording, expected paths: check the lists"):
        arranged("- 1 train")
