"""The atlas of published splits: counts made by hand, rules, and the page."""

import pandas as pd
import pytest

from benchmarks.accuracy.atlas import measure, page, rules
from ser_models.auditing.result import Shared

BY_HAND = {
    ("tess", "1"): {"speaker": Shared(2, 2, 700), "text": Shared(195, 195, 700)},
    **{
        ("casia", fold): {"speaker": Shared(1, 0, 0), "text": Shared(50, 50, 300)}
        for fold in ("1", "2", "3", "4")
    },
    **{
        ("iemocap", fold): {
            "speaker": Shared(2, 0, 0),
            "session": Shared(1, 0, 0),
            "text": Shared(dialogues, dialogues, turns),
        }
        for fold, dialogues, turns in (
            ("1", 14, 1085),
            ("2", 15, 1023),
            ("3", 15, 1151),
            ("4", 15, 1031),
            ("5", 15, 1241),
        )
    },
}
"""Counts by `csv` and one regular expression per corpus, as docs/audit.md describes."""


@pytest.fixture(scope="module")
def atlas() -> measure.Atlas:
    return measure.stored()


def test_stored_counts_are_those_made_by_hand(atlas):
    counted = {
        (split.name, fold.fold): fold.shared
        for split in atlas.splits
        for fold in split.folds
        if split.name in {name for name, _ in BY_HAND}
    }
    assert counted.keys() == BY_HAND.keys()
    for key, shared in BY_HAND.items():
        assert {kind: counted[key][kind] for kind in shared} == shared, key


def test_stored_counts_of_meld_are_those_made_by_hand(atlas):
    [fold] = atlas.meld.folds
    assert fold.sides == {"train": 9989, "dev": 1109, "test": 2610}
    assert (fold.shared["speaker"], fold.shared["text"]) == (Shared(100, 69, 2501), Shared(2342, 154, 404))


def test_no_published_name_is_an_augmented_copy(atlas):
    assert len(atlas.splits) == 25
    assert not [note for split in atlas.splits for note in split.notes if "copies" in note]


def test_page_is_what_the_command_writes():
    between = page.PAGE.read_text(encoding="utf-8").split(page.BEGIN)[1].split(page.END)[0].strip()
    assert between == page.text(), "run python -m benchmarks.accuracy.atlas"


def split_of(tested: dict[str, list[int]], **columns: list[object]) -> pd.DataFrame:
    """A row per recording and fold, by the numbers of the recordings that each fold tests."""
    table = pd.DataFrame(columns)
    folds = [
        table.assign(
            fold=fold, side=["test" if number in numbers else "train" for number in range(len(table))]
        )
        for fold, numbers in tested.items()
    ]
    defaults = {"dataset": "own", "session": None, "emotion": "sad", "speaker": None}
    rows = pd.concat(folds, ignore_index=True)
    return rows.assign(path="a.wav", **{name: value for name, value in defaults.items() if name not in rows})


@pytest.mark.parametrize(
    ("rows", "phrase"),
    [
        (split_of({"1": [0, 1, 2, 3]}, emotion=list("aabb")), rules.NO_TRAINING),
        (
            split_of({"1": [0, 1], "2": [2, 3]}, speaker=list("abcd"), session=list("1122")),
            "by session: 1 in each test, each tested once",
        ),
        (
            split_of({"1": [0, 1], "2": [2, 3, 4]}, speaker=list("aabcd")),
            "by speaker: 1–3 in each test, each tested once",
        ),
        (split_of({"1": [0]}, speaker=list("abb")), "by speaker: 1 in each test"),
        (
            split_of({"1": [0, 4]}, emotion=list("aaaabbbbb"), speaker=["x"] * 9),
            "25 % of each class, speakers not considered",
        ),
        (
            split_of({"1": [0, 1, 2]}, emotion=list("aaaaabbbbbbb"), speaker=["x"] * 12),
            "25 % of the rows, speakers and classes not considered",
        ),
        (split_of({"1": [0, 1, 2], "2": [3]}, emotion=list("aabb"), speaker=["x"] * 4), rules.UNSEEN),
    ],
)
def test_rule_that_the_rows_agree_with(rows, phrase):
    assert rules.rule_of(rows) == phrase


def test_own_parts_of_a_corpus_are_read_from_its_folders():
    paths = ["train_splits/dia0_utt0.mp4", "output_repeated_splits_test/dia0_utt0.mp4"]
    rows = split_of({"1": [1]}, dataset=["meld", "meld"]).assign(path=paths)
    assert rules.rule_of(rows) == "the corpus's own parts (its folders)"
