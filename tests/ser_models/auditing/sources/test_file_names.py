"""Sides and folds in the names of lists."""

import pytest

from ser_models.auditing.sources.file_names import fold_in, folds_of, natural, side_in

NAMES = {
    "train": ("train", None),
    "fold1_train": ("train", "1"),
    "train_fold_1": ("train", "1"),
    "cv3/test": ("test", "3"),
    "1/valid": ("dev", "1"),
    "fold_02/emodb_test_fold_02": ("test", "02"),
    "trainFold1": ("train", "1"),
    "testlist01": ("test", None),
    "foldA/development": ("dev", "A"),
    "data/validation-00000-of-00002": ("dev", None),
    "eval": ("eval", None),
    "train_test_split": (None, None),
    "5fold_3": (None, "3"),
    "latest/contest": (None, None),
    "Session1": (None, None),
}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_name_states(name):
    assert (side_in(name), fold_in(name)) == NAMES[name]


@pytest.mark.parametrize(
    ("names", "sides", "folds"),
    [
        (["train_1", "train_2", "test_1", "test_2"], "train train test test", ["1", "2", "1", "2"]),
        (["train_a", "train_b", "test"], "train train test", [None] * 3),
        (["a/train", "a/test", "b/train", "b/test"], "train test train test", ["a", "a", "b", "b"]),
        (
            ["S1/train_meta", "S1/test_meta", "S2/train_meta", "S2/test_meta"],
            "train test train test",
            [*"1122"],
        ),
        (["fold1", "fold2"], "- -", ["1", "2"]),
        (["fold1", "fold2", "fold3"], "train train test", [None] * 3),
        (["fold1_train", "fold1_dev", "test"], "train dev test", ["1", "1", None]),
    ],
)
def test_lists_are_of_folds_if_all_sides_have_the_same(names, sides, folds):
    assert folds_of(names, [None if side == "-" else side for side in sides.split()]) == folds


def test_numbers_in_names_are_sorted_by_value():
    assert sorted(["10", "9", "fold", "fold2", "fold10"], key=natural) == [
        "9",
        "10",
        "fold",
        "fold2",
        "fold10",
    ]
