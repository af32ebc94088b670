"""What the sides of a fold share: counts, findings, classes and groups by side."""

import pandas as pd
import pytest

from ser_models.auditing.result import AuditResult, Shared
from ser_models.auditing.shares import COUNTED, fold_audits
from ser_models.auditing.split_table import IdentifiedSplit

SIDES = ("train", "train", "test", "test")
NONE = Shared(2, 0, 0)


def messages(fold):
    return [finding.message for finding in fold.findings]


def test_a_split_of_other_speakers_and_files_shares_nothing(identified):
    [fold] = fold_audits(identified(*SIDES))
    assert fold.sides == {"train": 2, "test": 2}
    assert tuple(fold.shared) == tuple(COUNTED)
    assert all(fold.shared[kind] == NONE for kind in ("speaker", "audio", "file", "recording"))
    assert fold.shared["text"] == fold.shared["session"] == Shared(0, 0, 0)
    assert fold.unknown == {"speaker": 0, "text": 4, "session": 4}
    assert fold.findings == ()


CASES = [
    (
        {"speaker": ["s", "t", "s", "s"]},
        {"speaker": Shared(1, 1, 2)},
        "1 speaker is in both train and test: own/s",
    ),
    (
        {"statement": ["x", "y", "x", "z"]},
        {"text": Shared(2, 1, 1)},
        "1 of 2 sentences of the test are in training too",
    ),
    (
        {"session": ["1", "1", "1", "1"]},
        {"session": Shared(1, 1, 2)},
        "1 of 1 sessions of the test are in training too",
    ),
    (
        {"file_id": ["a", "b", "a", "d"], "audio_sha256": ["a", "b", "a", "d"]},
        {"audio": Shared(2, 1, 1), "file": Shared(2, 1, 1), "recording": Shared(2, 1, 1)},
        "1 piece of identical audio is in both train and test: a",
    ),
    (
        {"audio_sha256": ["1", "2", "1", "3"]},
        {"audio": Shared(2, 1, 1), "file": Shared(2, 1, 1)},
        "1 piece of identical audio is in both train and test: 0.wav, 2.wav",
    ),
    (
        {"audio_sha256": [*"4546"], "start": [0.0, 0.0, 3.0, 0.0], "end": [2.0, 2.0, 4.0, 2.0]},
        {"file": Shared(2, 1, 1)},
        "1 file with parts is in both train and test: 0.wav, 2.wav",
    ),
    (
        {"source_file_id": [None, None, "0.wav", None]},
        {"recording": Shared(2, 1, 1)},
        "1 recording or its augmented copy is in both train and test: 0.wav",
    ),
    (
        {"emotion": ["angry", "sad", "sad", "happy"]},
        {},
        "1 class is tested and never trained: happy",
    ),
    (
        {"speaker": ["s", None, "t", "u"]},
        {},
        "unknown speaker of 1 recording of own may be in both train and test",
    ),
]
"""Columns of a fold, what it shares, and its finding."""


@pytest.fixture(scope="module")
def folds(identified):
    """The cases as folds of one split."""
    cases = [identified(*SIDES, **columns).rows for columns, *_ in CASES]
    rows = [one.assign(fold=str(number)) for number, one in enumerate(cases)]
    return fold_audits(IdentifiedSplit(pd.concat(rows, ignore_index=True), {}))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_what_is_shared_is_counted_and_reported(folds, number):
    _, shared, message = CASES[number]
    fold = folds[number]
    assert {kind: counts for kind, counts in fold.shared.items() if counts.shared} == shared
    assert messages(fold) == [message]


def test_parts_that_overlap_are_a_finding(identified):
    parts = {"audio_sha256": "1", "start": [0.0, 9.0, 1.0, 20.0], "end": [2.0, 10.0, 3.0, 21.0]}
    [fold] = fold_audits(identified(*SIDES, **parts))
    assert [(finding.kind, finding.examples) for finding in fold.findings] == [
        ("file", ("0.wav", "1.wav", "2.wav", "3.wav")),
        ("audio", ("0.wav", "2.wav")),
    ]
    assert fold.shared["audio"].shared == 0


def test_takes_are_those_that_were_compared(identified):
    split = identified(
        *SIDES,
        "test",
        identical_audio=["0.wav", "1.wav", "0.wav", "3.wav", None],
        same_take=["0.wav", "1.wav", "0.wav", "1.wav", None],
    )
    [fold] = fold_audits(split)
    assert fold.shared["audio"] == Shared(3, 1, 1)
    assert fold.shared["take"] == Shared(2, 2, 2)
    assert messages(fold) == [
        "1 piece of identical audio is in both train and test: 0.wav, 2.wav",
        "1 recording with near-identical audio is in both train and test: 1.wav, 3.wav",
    ]


def test_rows_of_one_file_without_times_are_parts_of_it(identified):
    split = identified(
        *SIDES, "test", file_id=["p", "b", "p", "p", "d"], audio_sha256=["p", "b", "p", "p", "d"]
    )
    [fold] = fold_audits(split)
    assert fold.shared["file"] == Shared(2, 1, 2)
    assert fold.shared["audio"] == fold.shared["recording"] == Shared(1, 0, 0)
    assert messages(fold) == ["1 file with parts is in both train and test: p"]


def test_what_the_dev_side_shares_qualifies(identified):
    split = identified("train", "dev", "test", speaker=["s", "s", "t"])
    [fold] = fold_audits(split)
    assert messages(fold) == ["1 speaker is in both train and dev: own/s"]
    assert AuditResult(3, 0, (fold,)).is_speaker_independent


def test_a_missing_side_is_a_finding(identified):
    sides = (("test", "test"), ("dev", "test"), ("train", "train"))
    cases = [identified(*pair).rows.assign(fold="".join(pair)) for pair in sides]
    folds = fold_audits(IdentifiedSplit(pd.concat(cases, ignore_index=True), {}))
    assert [messages(fold) for fold in folds] == [
        ["no training side: nothing can be shared with it"],
        ["no training side: nothing can be shared with it"],
        ["no test side: nothing can be shared with it"],
    ]


def test_dev_is_audited_in_the_place_of_a_missing_test(identified):
    [fold] = fold_audits(identified("train", "dev", speaker="s"))
    assert fold.sides == {"train": 1, "dev": 1}
    assert fold.shared["speaker"] == Shared(1, 1, 1)
    assert messages(fold) == [
        "1 speaker is in both train and test: own/s",
        "no test side: dev is audited in its place",
    ]


def test_classes_and_groups_by_side(identified):
    [fold] = fold_audits(
        identified(
            *SIDES,
            speaker=["s", "s", "t", "u"],
            emotion=["sad", "angry", "sad", "sad"],
            gender=["female", None, "male", "male"],
            age=["31", "39", "40", None],
        )
    )
    assert fold.classes == {"train": {"angry": 1, "sad": 1}, "test": {"angry": 0, "sad": 2}}
    assert fold.speakers == {"train": {"angry": 1, "sad": 1}, "test": {"angry": 0, "sad": 2}}
    assert fold.groups == {
        "gender": {"train": {"female": 1, "male": 0}, "test": {"female": 0, "male": 2}},
        "age": {"train": {"30–39": 2, "40–49": 0}, "test": {"30–39": 0, "40–49": 1}},
        "dataset": {"train": {"own": 2}, "test": {"own": 2}},
    }


def test_folds_are_audited_one_by_one_in_their_order(identified):
    rows = identified(*SIDES).rows
    leaking = rows.assign(fold="9", speaker="s")
    folds = fold_audits(IdentifiedSplit(pd.concat([leaking, rows], ignore_index=True), {}))
    assert [(fold.fold, fold.shared["speaker"]) for fold in folds] == [("9", Shared(1, 1, 2)), ("1", NONE)]
    result = AuditResult(8, 0, folds)
    assert not result.is_speaker_independent


def test_rows_of_unknown_corpora_may_share_speakers(identified):
    [fold] = fold_audits(identified(*SIDES, dataset=None, speaker=None))
    assert fold.unknown["speaker"] == 4
    assert messages(fold) == [
        "unknown speakers of 4 recordings of unknown corpus may be in both train and test"
    ]
