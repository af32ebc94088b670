"""Paired comparison of two tables of predictions."""

import pytest
from scipy.stats import binomtest
from sklearn.metrics import balanced_accuracy_score

from ser_features.errors import InputError
from ser_models.scoring.compare import compare


def test_two_systems(read, systems):
    first = read(systems.rename(columns={"better": "pred"}), "first.csv")
    other = read(systems.rename(columns={"worse": "pred"})[10:].sample(frac=1, random_state=0), "other.csv")
    result = compare(first, other, seed=0)
    paired = systems[10:]
    uars = [balanced_accuracy_score(paired["truth"], paired[name]) for name in ("better", "worse")]
    assert result.difference.uar == pytest.approx(uars[0] - uars[1])
    assert 0 < result.difference.low < result.difference.uar < result.difference.high
    assert (result.difference.recordings, result.unpaired, result.unpaired_other) == (80, 10, 0)
    right = [paired[name] == paired["truth"] for name in ("better", "worse")]
    alone = int((right[0] & ~right[1]).sum()), int((~right[0] & right[1]).sum())
    assert (result.mcnemar.only_first, result.mcnemar.only_other) == alone
    assert result.mcnemar.p_value == pytest.approx(binomtest(alone[0], sum(alone)).pvalue)
    assert result.other.n == 80
    assert compare(first, first, seed=0).mcnemar.p_value == 1.0


def test_recordings_are_matched_by_the_ends_of_their_paths(read):
    first = read("file,truth,pred\nx/a.wav,sad,sad\nx/b.wav,calm,sad\nx/c.wav,calm,sad\n", "first.csv")
    other = read(
        "file,truth,pred,spk\na.flac,sad,calm,s\nB.flac,calm,calm,t\nc.flac,angry,sad,t\n", "other.csv"
    )
    result = compare(first, other, seed=0)
    assert result.difference.recordings == 2
    assert result.notes == (
        "3 recordings matched by the ends of their paths",
        "1 recording with another true class in the other table: left out",
    )
    twice = read("file,truth,pred\na,sad,sad\na,sad,calm\nb,calm,sad\nc,sad,sad\n", "twice.csv")
    result = compare(twice, read("file,truth,pred\na,sad,sad\nb,calm,sad\nc,sad,sad\n"), seed=0)
    assert (result.difference.recordings, result.unpaired, result.unpaired_other) == (2, 2, 1)
    assert result.notes[0].startswith("1 recording with several rows in ")


def test_tables_that_cannot_be_compared(read):
    named = read("file,truth,pred\na.wav,sad,sad\nb.wav,calm,sad\n", "named.csv")
    unnamed = read("truth,pred\nsad,sad\n", "unnamed.csv")
    with pytest.raises(
        InputError, match=r"unnamed\.csv has no column of recordings, expected one, such as file"
    ):
        compare(named, unnamed, seed=0)
    other = read("file,truth,pred\nq.wav,sad,sad\n", "other.csv")
    with pytest.raises(
        InputError, match=r"share 0 recordings of fewer than two classes.* 'a\.wav' and 'q\.wav'"
    ):
        compare(named, other, seed=0)
