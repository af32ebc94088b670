"""Every leak that is planted is found, and a clean split has none."""

import pandas as pd
import pytest

from ser_models.data.split import make_split
from ser_models.evaluation.leakage import FitRecord, audit


def splits_of(rows, *sides, fold=0):
    return pd.DataFrame({"file_id": rows["file_id"], "fold": fold, "split": sides})


@pytest.fixture
def rows():
    """Three recordings of three speakers."""
    return pd.DataFrame(
        {
            "file_id": ["own/a", "own/b", "own/c"],
            "dataset": "own",
            "speaker": ["s1", "s2", "s3"],
            "audio_sha256": ["1", "2", "3"],
        }
    )


def test_clean_is_empty(rows, make_examples):
    assert audit(rows, splits_of(rows, "train", "validation", "test"), uar=0.5) == []
    examples = make_examples(speakers=8)
    split = make_split(examples, folds=4)
    assert audit(examples.rows, split.table, uar=0.6) == []


def test_shared_speakers_are_found_with_their_names(rows):
    shared = rows.assign(speaker=["s1", "s2", "s1"])
    [finding] = audit(shared, splits_of(rows, "train", "validation", "test"))
    assert (finding.kind, finding.count, finding.examples) == ("speaker", 1, ("own/s1",))
    assert finding.message == "1 speaker is in both train and test: own/s1"


def test_speakers_of_two_corpora_with_one_name_are_two_people(rows):
    apart = rows.assign(speaker="01", dataset=["x", "y", "z"])
    assert audit(apart, splits_of(rows, "train", "validation", "test")) == []


def test_the_same_audio_under_two_names_is_found(rows):
    twice = rows.assign(audio_sha256=["1", "2", "1"])
    [finding] = audit(twice, splits_of(rows, "train", "validation", "test"))
    assert finding.kind == "audio"
    assert finding.message == "1 piece of identical audio is in both train and test: own/a, own/c"


def test_augmented_sisters_are_found(rows):
    sisters = rows.assign(source_file_id=[None, None, "own/a"])
    [finding] = audit(sisters, splits_of(rows, "train", "validation", "test"))
    assert finding.kind == "recording"
    assert "augmented copy is in both train and test: own/a" in finding.message


def test_the_same_speaker_in_different_folds_is_no_leak(rows):
    splits = pd.concat(
        [splits_of(rows, "train", "validation", "test"), splits_of(rows, "test", "train", "train", fold=1)]
    )
    assert audit(rows, splits) == []


def test_shared_validation_is_a_leak_unless_the_split_said_so(rows):
    shared = rows.assign(speaker=["s1", "s1", "s3"])
    splits = splits_of(rows, "train", "validation", "test")
    [finding] = audit(shared, splits)
    assert finding.message == "1 speaker is in both train and validation: own/s1"
    assert audit(shared, splits, shared_validation=[0]) == []


def test_shared_validation_excuses_nothing_of_the_test(rows):
    shared = rows.assign(speaker=["s1", "s1", "s1"])
    findings = audit(shared, splits_of(rows, "train", "validation", "test"), shared_validation=[0])
    assert [finding.message for finding in findings] == ["1 speaker is in both train and test: own/s1"]


@pytest.mark.parametrize(
    ("part", "seen", "sides", "found"),
    [
        ("scaler", ["own/a", "own/c"], ("train",), ("own/c",)),
        ("scaler", ["own/a", "own/b"], ("train",), ("own/b",)),
        ("early stopping", ["own/b"], ("train", "validation"), None),
        ("selection", ["own/c"], ("train", "validation"), ("own/c",)),
    ],
)
def test_parts_fitted_outside_of_training_are_found(rows, part, seen, sides, found):
    fitted = FitRecord(part, 0, frozenset(seen), sides)
    findings = audit(rows, splits_of(rows, "train", "validation", "test"), fitted=[fitted])
    assert [finding.examples for finding in findings] == ([found] if found else [])
    if found:
        assert findings[0].message.startswith(f"{part} of fold 0 was fitted on 1 recordings outside of train")


def test_features_of_more_than_one_file_are_found(rows):
    [finding] = audit(rows, splits_of(rows, "train", "validation", "test"), corpus_level=["rms_z"])
    assert finding.kind == "corpus-level"
    assert finding.message == "1 inputs were computed from more than one recording: rms_z"


def test_too_good_on_one_corpus_is_suspect(rows):
    splits = splits_of(rows, "train", "validation", "test")
    [finding] = audit(rows, splits, uar=0.93)
    assert finding.kind == "suspect"
    assert "UAR 0.930 on unseen speakers of one corpus is above 0.90" in finding.message
    assert audit(rows, splits, uar=0.90) == []
    assert audit(rows.assign(dataset=["x", "y", "x"]), splits, uar=0.93) == []


def test_a_random_split_shares_speakers(make_examples):
    examples = make_examples(speakers=4, takes=8)
    findings = audit(examples.rows, make_split(examples, kind="random").table)
    assert {finding.kind for finding in findings} == {"speaker"}
    assert any("4 speakers are in both train and test" in finding.message for finding in findings)
