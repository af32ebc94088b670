"""Augmented copies: their class, and the sides of the split that they may be on."""

import pandas as pd
import pytest

from ser_models.data.split import make_split
from ser_models.evaluation.leakage import audit


@pytest.fixture
def copied(make_examples):
    examples = make_examples(speakers=6)
    sources = examples.rows
    variants = pd.concat(
        sources.assign(
            file_id=sources["file_id"] + f"#{name}",
            source_file_id=sources["file_id"],
            variant=name,
            emotion="boredom",
            audio_sha256=None,
        )
        for name in ("noise", "pitch")
    )
    return examples.with_variants(variants)


def test_copies_have_the_class_of_their_source(copied):
    assert len(copied) == 3 * 36
    assert set(copied.rows["emotion"]) == set(copied.labels)
    assert copied.rows["file_id"].is_monotonic_increasing


def test_copies_of_other_recordings_are_ignored(make_examples, copied):
    few = make_examples(speakers=2)
    assert len(few.with_variants(copied.rows.dropna(subset="source_file_id"))) == 3 * len(few)


def test_originals_are_the_recordings_without_copies(make_examples, copied):
    assert copied.originals.rows["file_id"].tolist() == sorted(make_examples(speakers=6).rows["file_id"])
    assert make_examples().originals.rows.equals(make_examples().rows)


def test_copies_of_training_recordings_only(copied):
    split = make_split(copied.originals, folds=3, seed=0).with_training_variants(copied)
    sources = dict(zip(copied.rows["file_id"], copied.rows["source_file_id"], strict=True))
    for fold in split.folds:
        train = split.side(fold, "train")
        plain = {name for name in train if sources[name] is None}
        assert {sources[name] for name in train} - {None} == plain
        assert len(train) == 3 * len(plain)
        for side in ("validation", "test"):
            assert all(sources[name] is None for name in split.side(fold, side))
    assert audit(copied.rows, split.table) == []
    assert split.notes[-1] == "72 augmented copies, of training recordings only"


def test_copies_of_validation_recordings_on_request_and_of_test_recordings_never(copied):
    split = make_split(copied.originals, folds=3, seed=0)
    joined = split.with_training_variants(copied, sides=("train", "validation"))
    for fold in joined.folds:
        for side, times in (("train", 3), ("validation", 3), ("test", 1)):
            assert len(joined.side(fold, side)) == times * len(split.side(fold, side))
    assert audit(copied.rows, joined.table) == []


def test_a_split_over_copies_is_reported_as_leak(copied):
    split = make_split(copied, kind="random", shares=(0.8, 0.0, 0.2), seed=0)
    kinds = [finding.kind for finding in audit(copied.rows, split.table)]
    assert kinds == ["recording", "speaker"]


def test_a_split_without_validation_selects_on_test(copied):
    split = make_split(copied, kind="random", shares=(0.8, 0.0, 0.2), seed=0)
    assert split.selects_on_test
    assert split.side(0, "validation") == split.side(0, "test")
    assert len(split.side(0, "test")) == pytest.approx(0.2 * len(copied), abs=3)
    assert split.protocol.endswith("epoch chosen on the test side, one split")


def test_without_a_final_model_the_last_fold_is_final(make_examples):
    split = make_split(make_examples(), folds=3, final_model=False, seed=0)
    assert split.folds == [0, 1, 2]
    assert split.final_fold == 2
