"""The leak audit: every planted leak is found, and a clean split has no finding."""

from itertools import chain, combinations, permutations

import numpy as np
import pandas as pd
import pytest

from ser_models.data.split import make_split
from ser_models.evaluation.leakage import SIDES, FitRecord, audit

ROWS = pd.DataFrame(
    {
        "file_id": ["own/a", "own/b", "own/c"],
        "dataset": "own",
        "speaker": ["s1", "s2", "s3"],
        "audio_sha256": ["1", "2", "3"],
    }
)


def splits(*sides, fold=0):
    return pd.DataFrame({"file_id": ROWS["file_id"], "fold": fold, "split": sides})


SPLITS = splits("train", "validation", "test")


def test_a_clean_split_has_no_finding(make_examples):
    assert audit(ROWS, SPLITS, uar=0.5) == []
    examples = make_examples(speakers=8)
    assert audit(examples.rows, make_split(examples, folds=4).table, uar=0.6) == []
    same_names = ROWS.assign(speaker="01", dataset=["x", "y", "z"])
    assert audit(same_names, SPLITS) == []
    folds = pd.concat([SPLITS, splits("test", "train", "train", fold=1)])
    assert audit(ROWS, folds) == []


@pytest.mark.parametrize(
    ("column", "values", "kind", "examples", "message"),
    [
        (
            "speaker",
            ["s1", "s2", "s1"],
            "speaker",
            ("own/s1",),
            "1 speaker is in both train and test: own/s1",
        ),
        (
            "audio_sha256",
            ["1", "2", "1"],
            "audio",
            ("own/a", "own/c"),
            "1 piece of identical audio is in both train and test: own/a, own/c",
        ),
        (
            "source_file_id",
            [None, None, "own/a"],
            "recording",
            ("own/a",),
            "1 recording or its augmented copy is in both train and test: own/a",
        ),
    ],
)
def test_shared_values_are_found(column, values, kind, examples, message):
    [finding] = audit(ROWS.assign(**{column: values}), SPLITS)
    assert (finding.kind, finding.count, finding.examples) == (kind, 1, examples)
    assert finding.message == message


@pytest.mark.parametrize(
    ("start", "channel", "kinds"),
    [
        ([None, None, 2.0], [None] * 3, ["file", "audio"]),
        ([0.0, 5.0, 2.0], [None] * 3, ["file", "audio"]),
        ([0.0, 5.0, 3.0], [None] * 3, ["file"]),
        ([0.0, 5.0, 2.0], [1, 1, 2], ["file"]),
        ([0.0, 5.0, 2.0], [1, 1, 0], ["file", "audio"]),
        ([0.0, 5.0, 0.0], [None] * 3, ["audio", "file"]),
        ([None] * 3, [1, None, 2], ["file"]),
    ],
)
def test_parts_and_channels_of_one_file(start, channel, kinds):
    end = [None if one is None else one + 3 for one in start]
    rows = ROWS.assign(start=start, end=end, audio_channel=channel, audio_sha256=["1", "2", "1"])
    findings = audit(rows, SPLITS)
    assert [finding.kind for finding in findings] == kinds
    assert {finding.examples for finding in findings} == {("own/a", "own/c")}
    assert "1 file with parts is in both train and test: own/a, own/c" in [one.message for one in findings]
    assert audit(rows.assign(audio_sha256=["1", "2", "3"]), SPLITS) == []


def test_overlaps_are_those_of_every_pair_of_parts():
    rng, count = np.random.default_rng(0), 60
    start = rng.integers(0, 40, count)
    rows = pd.DataFrame(
        {
            "file_id": [f"own/p{number:02}" for number in range(count)],
            "dataset": "own",
            "speaker": [f"s{number}" for number in range(count)],
            "audio_sha256": rng.choice(["1", "2", "3"], count),
            "audio_channel": rng.choice([0, 1, 2], count),
            "start": start,
            "end": start + rng.integers(1, 5, count),
        }
    )
    sides = [rows[["file_id"]].assign(fold=fold, split=rng.choice(SIDES, count)) for fold in (0, 1)]
    expected = {}
    for fold in sides:
        for one, other in permutations(rows.merge(fold, on="file_id").itertuples(), 2):
            same = one.audio_sha256 == other.audio_sha256
            same &= 0 in (one.audio_channel, other.audio_channel) or one.audio_channel == other.audio_channel
            identical = (one.start, one.end, one.audio_channel) == (
                other.start,
                other.end,
                other.audio_channel,
            )
            if same and one.start < other.end and other.start < one.end and not identical:
                expected.setdefault((one.split, other.split), set()).add((one.file_id, other.file_id))
    findings = [finding for finding in audit(rows, pd.concat(sides)) if "overlap" in finding.message]
    assert [finding.count for finding in findings] == [len(expected[pair]) for pair in combinations(SIDES, 2)]
    for finding, pair in zip(findings, combinations(SIDES, 2), strict=True):
        assert finding.examples == tuple(sorted(set(chain.from_iterable(expected[pair])))[:5])


def test_unknown_speakers_may_be_on_both_sides_of_a_corpus():
    rows = ROWS.assign(speaker=["s1", None, "s3"])
    [finding] = audit(rows, SPLITS, uar=0.99)
    assert (finding.kind, finding.count, finding.examples) == ("unknown", 1, ("own",))
    assert finding.message == "unknown speaker of 1 recording of own may be in both train and test"
    across = rows.assign(dataset=["own", "own", "other"])
    assert audit(across, SPLITS) == []


def test_shared_validation_is_a_leak_unless_declared():
    shared = ROWS.assign(speaker=["s1", "s1", "s3"])
    [finding] = audit(shared, SPLITS)
    assert finding.message == "1 speaker is in both train and validation: own/s1"
    assert audit(shared, SPLITS, shared_validation=[0]) == []
    findings = audit(ROWS.assign(speaker="s1"), SPLITS, shared_validation=[0])
    assert [finding.message for finding in findings] == ["1 speaker is in both train and test: own/s1"]


@pytest.mark.parametrize(
    ("part", "fitted_on", "sides", "outside"),
    [
        ("scaler", ["own/a", "own/c"], ("train",), [("own/c",)]),
        ("scaler", ["own/a", "own/b"], ("train",), [("own/b",)]),
        ("early stopping", ["own/b"], ("train", "validation"), []),
        ("selection", ["own/c"], ("train", "validation"), [("own/c",)]),
    ],
)
def test_parts_fitted_outside_of_their_sides_are_found(part, fitted_on, sides, outside):
    findings = audit(ROWS, SPLITS, fitted=[FitRecord(part, 0, frozenset(fitted_on), sides)])
    assert [finding.examples for finding in findings] == outside
    start = f"{part} of fold 0 was fitted on 1 recordings outside of train"
    assert all(finding.message.startswith(start) for finding in findings)


def test_corpus_level_inputs_are_found():
    [finding] = audit(ROWS, SPLITS, corpus_level=["rms_z"])
    assert finding.kind == "corpus-level"
    assert finding.message == "1 inputs were computed from more than one recording: rms_z"


def test_a_high_uar_on_one_corpus_is_suspect():
    [finding] = audit(ROWS, SPLITS, uar=0.93)
    assert finding.kind == "suspect"
    assert "UAR 0.930 on unseen speakers of one corpus is above 0.90" in finding.message
    assert audit(ROWS, SPLITS, uar=0.90) == []
    assert audit(ROWS.assign(dataset=["x", "y", "x"]), SPLITS, uar=0.93) == []


def test_a_random_split_shares_speakers(make_examples):
    examples = make_examples(speakers=4, takes=8)
    findings = audit(examples.rows, make_split(examples, kind="random").table)
    assert {finding.kind for finding in findings} == {"speaker"}
    assert any("4 speakers are in both train and test" in finding.message for finding in findings)
