"""Splits: disjoint, complete, deterministic, with a note on every limitation."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ser_features.errors import InputError
from ser_models.data.dealing import deal, deal_at_random, rules_of
from ser_models.data.examples import Examples
from ser_models.data.split import (
    FINAL_FOLD,
    Split,
    _untrained_classes,
    make_split,
    of_known_groups,
    shared_labels,
)
from ser_models.evaluation.leakage import audit, still_shared


@st.composite
def corpora(draw, min_speakers=2):
    """Examples with any number of speakers and unequal numbers of recordings per speaker."""
    speakers = draw(st.integers(min_speakers, 12))
    rows = [
        {
            "file_id": f"own/{speaker}-{index}",
            "dataset": "own",
            "speaker": f"s{speaker}",
            "gender": None,
            "emotion": draw(st.sampled_from(["angry", "sad", "happy"])),
        }
        for speaker in range(speakers)
        for index in range(draw(st.integers(2, 6)))
    ]
    return Examples(pd.DataFrame(rows), ("angry", "happy", "sad"))


def speakers_of(examples, split, fold):
    groups = dict(zip(examples.rows["file_id"], examples.groups, strict=True))
    return {side: {groups[i] for i in split.side(fold, side)} for side in ("train", "validation", "test")}


@settings(max_examples=15, deadline=None)
@given(corpora(), st.integers(0, 99))
def test_one_split_keeps_speakers_apart_and_uses_every_recording(examples, seed):
    split = make_split(examples, seed=seed)
    sides = speakers_of(examples, split, 0)
    assert sides["train"]
    assert sides["test"]
    assert not sides["test"] & (sides["train"] | sides["validation"])
    assert bool(sides["train"] & sides["validation"]) == bool(split.shared_validation)
    assert sorted(split.table["file_id"]) == sorted(examples.rows["file_id"])


@settings(max_examples=12, deadline=None)
@given(corpora(), st.integers(0, 99), st.data())
def test_folds_test_every_recording_once_on_unseen_speakers(examples, seed, data):
    folds = data.draw(st.integers(2, len(set(examples.groups))))
    split = make_split(examples, folds=folds, seed=seed)
    assert split.folds == [*range(folds), FINAL_FOLD]
    tested = split.table.query("split == 'test'")
    assert sorted(tested["file_id"]) == sorted(examples.rows["file_id"])
    assert set(tested["fold"]) == set(range(folds))
    for fold in split.folds:
        sides = speakers_of(examples, split, fold)
        assert not sides["test"] & (sides["train"] | sides["validation"])
    assert not split.side(FINAL_FOLD, "test")
    assert sorted(split.table.query("fold == -1")["file_id"]) == sorted(examples.rows["file_id"])


@settings(max_examples=10, deadline=None)
@given(corpora(), st.integers(0, 9), st.sampled_from(["speaker", "random"]))
def test_the_same_seed_gives_the_same_split(examples, seed, kind):
    first, second = (make_split(examples, kind=kind, folds=2, seed=seed) for _ in range(2))
    pd.testing.assert_frame_equal(first.table, second.table)


def test_another_seed_gives_another_split(make_examples):
    examples = make_examples(speakers=12)
    tables = [make_split(examples, folds=4, seed=seed).table for seed in range(2)]
    assert not tables[0].equals(tables[1])


def test_speakers_are_stratified_by_gender_and_corpus(make_examples):
    examples = make_examples(speakers=12, datasets=2)
    split = make_split(examples, folds=4, seed=3)
    table = split.table.query("split == 'test'").merge(examples.rows, on="file_id")
    table = table.assign(female=table["gender"] == "female", first=table["dataset"] == "d0")
    assert (table.groupby("fold")[["female", "first"]].mean() == 0.5).all(axis=None)


def test_one_split_is_about_70_15_15(make_examples):
    split = make_split(make_examples(speakers=40), seed=0)
    shares = split.table["split"].value_counts(normalize=True)
    assert shares["train"] == pytest.approx(0.7, abs=0.03)
    assert shares["test"] == pytest.approx(0.15, abs=0.03)


def test_two_speakers_are_tested_on_each_other_with_a_note_on_random_validation(make_examples):
    examples = make_examples(speakers=2, takes=10)
    split = make_split(examples, folds=2)
    for fold in (0, 1):
        sides = speakers_of(examples, split, fold)
        assert sides["train"] == sides["validation"]
        assert len(sides["test"]) == 1
    assert split.shared_validation == (0, 1, FINAL_FOLD)
    assert any("random recordings of the training speakers (d0/s0)" in note for note in split.notes)


def test_random_split_keeps_the_parts_of_a_file_together(make_examples):
    examples = make_examples(speakers=8, takes=4)
    rows = examples.rows.assign(start=range(len(examples)), end=None, speaker=None)
    calls = replace(examples, rows=rows.assign(audio_sha256=[f"call {row % 10}" for row in range(len(rows))]))
    sides = make_split(calls, kind="random", folds=4).table.merge(calls.rows, on="file_id")
    assert sides.groupby(["fold", "audio_sha256"])["split"].nunique().max() == 1
    findings = audit(calls.rows, sides[["file_id", "fold", "split"]])
    assert [finding.kind for finding in findings] == ["unknown"]
    one = replace(calls, rows=calls.rows.assign(audio_sha256="call"))
    assert set(make_split(one, kind="random").table["split"]) == {"train", "validation", "test"}


@settings(max_examples=25, deadline=None)
@given(corpora(), st.integers(0, 99), st.lists(st.integers(1, 9), min_size=2, max_size=5))
def test_random_parts_have_exact_sizes_and_every_stratum_in_proportion(examples, seed, weights):
    shares = np.array(weights) / sum(weights)
    strata = examples.rows["emotion"].to_numpy()
    parts = deal_at_random(strata, shares, np.random.default_rng(seed))
    ends = np.ceil(np.cumsum(shares[::-1]) * len(strata) - 1e-6)
    assert np.bincount(parts, minlength=len(shares)).tolist() == np.diff(ends, prepend=0)[::-1].tolist()
    for stratum in set(strata):
        counts = np.bincount(parts[strata == stratum], minlength=len(shares))
        assert (np.abs(counts - shares * counts.sum()) < len(shares)).all()


@pytest.mark.parametrize(
    ("stratify", "words"), [("none", ", not stratified"), ("dataset", ", stratified within each corpus")]
)
def test_strata_of_a_random_split(make_examples, stratify, words):
    examples = make_examples(speakers=10, datasets=2, takes=10)
    split = make_split(examples, kind="random", shares=[0.8, 0.0, 0.2], stratify=stratify, seed=1)
    table = split.table.query("split == 'test'").merge(examples.rows, on="file_id")
    counts = table.groupby(["dataset", "emotion"]).size()
    assert counts.sum() == len(examples) // 5
    assert (counts.nunique() == 1) == (stratify == "dataset")
    assert words in split.protocol


def test_random_split_is_stratified_by_emotion_and_named_so(make_examples):
    examples = make_examples(speakers=5, takes=8)
    split = make_split(examples, kind="random", folds=4)
    table = split.table.query("split == 'test'").merge(examples.rows, on="file_id")
    assert (table.groupby(["fold", "emotion"]).size() == 10).all()
    assert split.protocol == "random, speakers shared by training and test, 4 folds"
    assert split.shared_validation == ()


def test_cross_corpus_tests_the_other_corpus_whole(make_examples):
    examples = make_examples(speakers=6, datasets=2)
    split = make_split(examples, kind="cross-corpus", test_datasets=["d1"])
    assert split.protocol == "cross-corpus, d0 → d1"
    assert all(file_id.startswith("d1/") for file_id in split.side(0, "test"))
    assert len(split.side(0, "test")) == 36
    sides = speakers_of(examples, split, 0)
    assert not sides["train"] & sides["validation"]
    assert split.notes == ("classes shared by both sides: angry, disgust, fear",)


def test_cross_corpus_keeps_shared_classes_and_notes_the_others(make_examples):
    rows = make_examples(speakers=4, datasets=2).rows
    rows = rows[~((rows["dataset"] == "d1") & (rows["emotion"] == "fear"))]
    kept = shared_labels(Examples(rows, ("angry", "disgust", "fear")), ["d1"])
    assert kept.labels == ("angry", "disgust")
    assert kept.notes == ("8 recordings of fear left out: not in both training and test corpora",)


def test_a_class_of_a_single_speaker_is_noted_as_untrained(make_examples):
    rows = make_examples(speakers=4).rows
    rows = rows[(rows["emotion"] != "fear") | (rows["speaker"] == "s1")].reset_index(drop=True)
    split = make_split(Examples(rows, ("angry", "disgust", "fear")), folds=4)
    assert any("is tested on fear without training on it" in note for note in split.notes)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"folds": 9}, "--folds 9 needs at least 9 speakers, found 6 in d0: use --folds 6 or fewer, or add"),
        ({"speakers": 1}, "needs at least 2 speakers, found 1 in d0: use --split random, or add"),
        ({"folds": 1}, "--folds 1: expected at least 2, all, or no --folds for one split"),
        (
            {"kind": "random", "stratify": "gender"},
            "unknown stratification 'gender': expected one of none, emotion, dataset",
        ),
        ({"stratify": "none"}, "stratification 'none' with a speaker split: expected a random split"),
        (
            {"kind": "honest"},
            "unknown split 'honest': expected one of speaker, random, cross-corpus, official",
        ),
        ({"kind": "random", "folds": "all"}, "--folds all with a random split: expected another split"),
        (
            {"kind": "session"},
            "the session of 36 recordings is unknown, expected it of every one for a session",
        ),
        ({"kind": "official", "folds": 2}, "the partition of 36 recordings is unknown"),
        ({"kind": "cross-corpus"}, "found d0 for training and none for test: give --datasets and"),
        ({"kind": "cross-corpus", "test_datasets": ["d0"]}, "found none for training and d0 for test"),
        ({"kind": "cross-corpus", "folds": 2, "test_datasets": ["d0"]}, "leave --folds out"),
    ],
)
def test_impossible_splits_are_refused(make_examples, arguments, message):
    speakers = arguments.pop("speakers", 6)
    with pytest.raises(InputError) as error:
        make_split(make_examples(speakers=speakers), **arguments)
    assert message in str(error.value)


@pytest.fixture
def grouped(make_examples):
    """Recordings of six speakers in three sessions and four rooms, with three sentences."""
    examples = make_examples(speakers=6, takes=6)
    rows = examples.rows
    numbers = rows["speaker"].str.removeprefix("s").astype(int)
    return replace(
        examples,
        rows=rows.assign(
            session="day " + (numbers // 2).astype(str),
            statement=[f"t{row % 3}" for row in range(len(rows))],
            partition=numbers.map(["train", "train", "train", "dev", "test", "test"].__getitem__),
            room="room " + (numbers % 4).astype(str),
        ),
    )


@pytest.mark.parametrize(
    ("how", "protocol"),
    [
        ({"kind": "session", "folds": "all"}, "session-disjoint, 3 folds, one session left out in each"),
        ({"kind": "text", "folds": 3}, "sentence-disjoint, 3 folds"),
        ({"kind": "text"}, "sentence-disjoint, one split"),
        ({"column": "room", "folds": 2}, "disjoint by room, 2 folds"),
        ({"kind": "speaker", "folds": "all"}, "speaker-disjoint, 6 folds, one speaker left out in each"),
        ({"kind": "speaker+text", "folds": 3}, "speaker- and sentence-disjoint, 3 folds"),
        ({"kind": "speaker+text"}, "speaker- and sentence-disjoint, one split"),
        ({"kind": "official"}, "official"),
    ],
)
def test_no_group_of_the_test_is_in_training(grouped, how, protocol):
    split = make_split(grouped, **how)
    assert split.protocol == protocol
    table = split.table.merge(grouped.rows, on="file_id")
    for rule in rules_of(how.get("kind", "speaker"), how.get("column")):
        keys = table.assign(key=rule.keys(table))
        for _, fold in keys.groupby("fold"):
            tested = set(fold.loc[fold["split"] == "test", "key"])
            assert not tested & set(fold.loc[fold["split"] != "test", "key"])
    tested = split.table.query("split == 'test'")["file_id"]
    assert tested.is_unique
    if "folds" in how and how.get("kind") != "speaker+text":
        assert sorted(tested) == sorted(grouped.rows["file_id"])


def test_recordings_that_share_speaker_or_sentence_with_the_test_are_counted(grouped):
    split = make_split(grouped, kind="speaker+text", folds=3, final_model=False)
    assert len(split.table) + 3 * 48 == 3 * len(grouped)
    assert split.notes[0].startswith("48 of 108 recordings per fold are on no side: they share speaker or")
    assert {finding.kind for finding in audit(grouped.rows, split.table)} == set()


def test_a_split_names_what_it_still_shares(grouped):
    split = make_split(grouped, folds=6)
    assert still_shared(grouped.rows, split.table) == (
        "3 of 3 sentences of the test are in training too",
        "3 of 3 sessions of the test are in training too",
    )
    by_text = make_split(grouped, kind="text", folds=3)
    assert still_shared(grouped.rows, by_text.table) == ("3 of 3 sessions of the test are in training too",)
    assert {finding.kind for finding in audit(grouped.rows, by_text.table)} == {"speaker"}


def test_validation_is_by_speaker_where_sessions_are_too_few(grouped):
    split = make_split(grouped, kind="session", folds=3)
    assert audit(grouped.rows, split.table) == []


def test_a_speaker_with_more_recordings_than_a_fold_is_named(make_examples):
    rows = make_examples(speakers=6, takes=6).rows
    uneven = rows[(rows["speaker"] == "s1") | rows.groupby("speaker").cumcount().lt(6)]
    examples = Examples(uneven.reset_index(drop=True), ("angry", "disgust", "fear"))
    split = make_split(examples, folds=4)
    note = "folds of unequal size: more than 12 of 48 recordings are of the speaker d0/s1 (18)"
    assert split.notes[0] == note


def test_official_sides(grouped):
    split = make_split(grouped, kind="official")
    sides = split.table.merge(grouped.rows, on="file_id").groupby("split")["partition"].unique()
    assert {side: list(words) for side, words in sides.items()} == {
        "test": ["test"],
        "train": ["train"],
        "validation": ["dev"],
    }
    rows = grouped.rows.assign(partition=grouped.rows["partition"].replace("dev", "extra"))
    published = of_known_groups(replace(grouped, rows=rows), "official")
    assert published.notes == ("18 recordings left out: their partition is unknown",)
    without = make_split(published, kind="official")
    assert without.protocol == "official, validation held out of train"
    assert audit(published.rows, without.table) == []
    with pytest.raises(InputError, match="official split of d0 has no test: expected both"):
        make_split(published.take(without.side(0, "train")), kind="official")
    with pytest.raises(InputError, match="--folds with the official split"):
        make_split(published, kind="official", folds=2)
    with pytest.raises(InputError, match="unknown column 'rom': did you mean 'room'"):
        of_known_groups(grouped, "speaker", "rom")


def test_no_shared_classes_is_an_error(make_examples):
    rows = make_examples(speakers=2, datasets=2, emotions=4).rows
    first = (rows["dataset"] == "d0") == rows["emotion"].isin(["angry", "disgust"])
    with pytest.raises(InputError, match=r"share 0 classes \(none\): expected at least two"):
        shared_labels(Examples(rows[first], ("angry", "disgust", "fear", "happy")), ["d1"])


def test_no_part_stays_empty():
    counts = np.array([[100.0], [1.0], [1.0]])
    assert set(deal(counts, [0.98, 0.01, 0.01], np.random.default_rng(0))) == {0, 1, 2}


def test_unknown_speakers(make_examples):
    examples = make_examples()
    some = replace(
        examples, rows=examples.rows.assign(speaker=[None] * 6 + list(examples.rows["speaker"][6:]))
    )
    with pytest.raises(
        InputError,
        match="the speaker of 6 recordings is unknown, expected it of every one for a speaker-disjoint",
    ):
        make_split(some)
    kept = of_known_groups(some, "speaker")
    assert make_split(kept, folds=5).protocol == "speaker-disjoint, 5 folds"
    assert len(kept) == len(some) - 6
    assert kept.notes == ("6 recordings left out: their speaker is unknown",)
    shared = "random, speakers shared by training and test, speakers unknown of 6 recordings, one split"
    assert make_split(some, kind="random").protocol == shared
    none = replace(examples, rows=examples.rows.assign(speaker=None))
    assert make_split(none, kind="random", folds=3).protocol == "random, speakers unknown, 3 folds"
    with pytest.raises(InputError, match="the speaker of 36 of 36 recordings of d0 is unknown"):
        of_known_groups(none, "speaker")


def test_unknown_speakers_of_a_test_corpus(make_examples):
    examples = make_examples(datasets=2)
    tested = examples.rows["dataset"] == "d1"
    rows = examples.rows.assign(speaker=examples.rows["speaker"].where(~tested, None))
    split = make_split(replace(examples, rows=rows), kind="cross-corpus", test_datasets=["d1"])
    assert split.protocol == "cross-corpus, d0 → d1, speakers unknown"


def test_a_class_of_the_model_that_is_on_the_validation_side_only(make_examples):
    examples = make_examples(speakers=6, emotions=2)
    table = make_split(examples, seed=0).table
    validated = table.loc[table["split"] == "validation", "file_id"].iloc[0]
    rows = examples.rows.assign(
        emotion=examples.rows["emotion"].where(examples.rows["file_id"] != validated, "sad")
    )
    changed = Examples(rows, ("angry", "disgust", "sad"))
    assert _untrained_classes(Split(table, "any"), changed) == (
        "the model is not trained on sad: all recordings are on another side",
    )


def test_given_folds_are_those_of_a_column(make_examples):
    examples = make_examples(speakers=6)
    fold = (examples.rows["speaker"].str[1].astype(int) % 3).astype(float)
    examples = replace(examples, rows=examples.rows.assign(fold=fold))
    split = make_split(examples, fold_column="fold", seed=1)
    assert split.protocol == "given folds of the column fold, 3 folds"
    assert split.folds == [0, 1, 2, -1]
    for number in range(3):
        tested, train, validation = (
            set(examples.take(split.side(number, side)).rows["speaker"])
            for side in ("test", "train", "validation")
        )
        assert tested == {f"s{number}", f"s{number + 3}"}
        assert len(train | validation) == 4
        assert not train & validation
    with pytest.raises(InputError, match="--fold-column dataset has 1 value, expected two or more"):
        make_split(examples, fold_column="dataset")
