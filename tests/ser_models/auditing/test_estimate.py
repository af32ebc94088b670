"""How much a split flatters, on data whose answer is given by construction."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ser_features.errors import InputError
from ser_models.auditing.estimate import compare, estimate
from ser_models.auditing.recordings import Fold, Recordings
from ser_models.auditing.result import FORBIDDEN
from ser_models.auditing.split_table import IdentifiedSplit
from ser_models.models.logistic import Logistic

CLASSES, TAKES, COLUMNS = 3, 4, len(Logistic().inputs.columns)


def population(rng, speakers, *, own):
    """Values of speakers who express each class in a way of their own, which differs by `own` deviations."""
    means = np.zeros((CLASSES, COLUMNS))
    means[:, :CLASSES] = 1.2 * np.eye(CLASSES)
    means = means + own * rng.normal(size=(speakers, CLASSES, COLUMNS))
    values = means[:, :, None] + rng.normal(size=(speakers, CLASSES, TAKES, COLUMNS))
    return values.reshape(-1, COLUMNS).astype(np.float32)


def synthetic(rng, *, speakers=8, own, split="takes"):
    """A fold that tests a quarter: one take of every class and speaker, or two of eight speakers."""
    values = population(rng, speakers, own=own)
    speaker, target, take = np.unravel_index(np.arange(len(values)), (speakers, CLASSES, TAKES))
    names = [f"s{number}" for number in speaker]
    ids = [f"{number}.wav" for number in range(len(values))]
    keys = pd.DataFrame({"file_id": ids, **dict.fromkeys(FORBIDDEN, ids), "speaker": names})
    is_test = take == 0 if split == "takes" else speaker < speakers // 4
    fold = Fold("1", np.flatnonzero(~is_test), np.array([], int), np.flatnonzero(is_test))
    return Recordings(keys, target, ("angry", "neutral", "sad"), values, (fold,))


def test_a_leak_is_measured_on_the_same_recordings_and_the_same_number_of_training_recordings():
    result = compare(synthetic(np.random.default_rng(1), own=1.5), "logistic", draws=2, seed=0)
    assert result.low > 0.1
    assert result.difference == pytest.approx(result.own_uar - result.honest_uar)
    assert result.low < result.difference < result.high
    assert (result.train, result.test, result.draws) == (72, 24, 2)
    assert result.own_uar == result.uar
    assert result.unit == "8 speakers, 2 draws"
    assert result == compare(synthetic(np.random.default_rng(1), own=1.5), "logistic", draws=2, seed=0)


def test_an_honest_split_is_compared_with_itself():
    made = synthetic(np.random.default_rng(1), own=1.5, split="speakers")
    for model in ("logistic", "ridge"):
        if model == "ridge":
            made = replace(made, values=np.random.default_rng(0).normal(size=(96, 3167)).astype(np.float32))
        result = compare(made, model, draws=3, seed=0)
        assert (result.difference, result.low, result.high, result.train) == (0, 0, 0, 72)
        assert result.notes == (
            "training shares no speaker, file, audio or recording with the test: nothing is replaced",
        )


def test_training_is_reduced_where_too_few_other_speakers_remain():
    result = compare(synthetic(np.random.default_rng(1), speakers=2, own=1.0), "logistic", draws=2, seed=0)
    assert (result.train, result.test) == (12, 6)
    assert result.unit == "2 speakers, 2 draws"
    assert result.notes == (
        "training reduced from 18 to 12 recordings on average: no more are left of some classes without the "
        "test speakers",
    )


def test_folds_of_which_nothing_is_left_without_the_test_speakers():
    made = synthetic(np.random.default_rng(1), own=1.0)
    alone = np.flatnonzero(made.keys["speaker"] == "s0")
    impossible = Fold("2", alone[::2], np.array([], int), alone[1::2])
    result = compare(replace(made, folds=(*made.folds, impossible)), "logistic", draws=1, seed=0)
    assert result.test == 24
    assert result.notes == ("fold 2 left out: without its test speakers no two classes remain",)
    sad = Fold("3", made.folds[0].train, np.array([], int), np.flatnonzero(made.targets == 2)[::TAKES])
    with pytest.raises(InputError, match="the test recordings are of one class: expected two or more"):
        compare(replace(made, folds=(sad,)), "logistic", draws=1, seed=0)
    with pytest.raises(InputError, match="no fold has two classes to train on: expected recordings of other"):
        compare(replace(made, folds=(impossible,)), "logistic", draws=1, seed=0)


@pytest.mark.long
@pytest.mark.parametrize(("own", "worth", "above_0"), [(0.0, 0.0, 0.0), (0.6, 0.22, 0.3), (1.2, 0.46, 0.9)])
def test_intervals_cover_what_a_leak_is_worth(own, worth, above_0):
    """Its worth is the mean over 200 other populations, measured with unseen speakers of each.

    With 24 test recordings of 8 speakers, a leak worth 0.22 is found in about every third split.
    """
    results = [
        compare(synthetic(np.random.default_rng(seed), own=own), "logistic", draws=2, seed=seed)
        for seed in range(40)
    ]
    assert np.mean([result.low <= worth <= result.high for result in results]) >= 0.9
    assert np.mean([result.low > 0 for result in results]) >= above_0
    assert np.mean([result.difference for result in results]) == pytest.approx(worth, abs=0.03)


def split_of(table, test):
    """The split of a table of recordings of which some are tested, as it is identified by its columns."""
    rows = table.assign(
        file_id=table["path"],
        fold="1",
        side=np.where(test, "test", "train"),
        dataset="own",
        audio_sha256=table["path"],
        source_file_id=None,
    )
    return IdentifiedSplit(rows, {})


@pytest.fixture(scope="module")
def split(recordings):
    table = pd.read_csv(recordings / "own.csv")
    missing = table.tail(2).assign(path=["x_1.wav", "x_2.wav"])
    unknown = table.tail(2).assign(path=["x_3.wav", "x_4.wav"], speaker=[None, "s1"], emotion=["sad", None])
    table = pd.concat([table, missing, unknown], ignore_index=True)
    return split_of(table.assign(path="wav/" + table["path"]), table["path"].str.contains("_0|x_"))


def test_features_of_a_store_are_found_by_the_names_of_the_split(split, store_root):
    result = estimate(split, store=store_root, draws=1)
    assert (result.train, result.test, result.model) == (54, 18, "logistic")
    assert result.notes[:3] == (
        "1 of 76 recordings left out: their class is unknown",
        "1 of 75 recordings left out: their speaker is unknown",
        f"2 of 74 recordings left out: not found in {store_root}",
    )


@pytest.mark.long
def test_features_of_audio_are_those_of_a_store(split, store_root, recordings):
    stored, extracted = (
        estimate(split, **{kind: folder}, draws=1)
        for kind, folder in (("store", store_root), ("data", recordings.parent))
    )
    assert replace(extracted, notes=()) == replace(stored, notes=())
    assert extracted.notes[2] == f"2 of 74 recordings left out: not found below {recordings.parent}"


def test_errors_say_what_is_missing(split, store_root, tmp_path):
    with pytest.raises(InputError, match="no audio and no store to estimate from: expected one of them"):
        estimate(split)
    with pytest.raises(InputError, match="unknown model 'mlp': expected one of logistic, ridge"):
        estimate(split, store=store_root, model="mlp")
    with pytest.raises(
        InputError, match=r"no recording to estimate from .*74 of 74 recordings left out: not"
    ):
        estimate(split, data=tmp_path)
