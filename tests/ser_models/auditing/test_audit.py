"""`ser_models.audit`: the same split in files and in memory, what is refused, and the estimate."""

import pandas as pd
import pytest

import ser_models
from ser_features.errors import InputError
from ser_models.auditing.result import Shared

TRAIN = ["wav/03a01Fa.wav", "wav/08a02Wb.wav"]
TEST = ["wav/03b01Na.wav", "wav/09a05Ta.wav"]
TABLE = pd.DataFrame({"file": [*TRAIN, *TEST], "split": ["train", "train", "test", "test"]})


@pytest.fixture
def lists(tmp_path):
    for name, paths in (("train", TRAIN), ("test", TEST)):
        (tmp_path / f"{name}.txt").write_text("\n".join(paths))
    return tmp_path


def forms(lists):
    """The split in every form, as arguments of `audit`."""
    yield {"splits": TABLE}
    yield {"splits": TABLE.set_index("file")}
    yield {"splits": [lists / "train.txt", str(lists / "test.txt")]}
    yield {"train": pd.DataFrame({"wav": TRAIN}), "test": tuple(TEST)}
    yield {"train": lists / "train.txt", "test": [lists / "test.txt"]}


def test_a_split_is_the_same_in_every_form(lists):
    results = [ser_models.audit(**arguments) for arguments in forms(lists)]
    assert results[0].shared("speaker") == {"1": Shared(test=2, shared=1, rows=1)}
    assert not results[0].is_speaker_independent
    assert {result.rows for result in results} == {4}
    assert all(result.folds == results[0].folds for result in results)
    digests = [sorted(map(len, result.files.values())) for result in results]
    assert digests == [[], [], [64, 64], [], [64, 64]]


def test_columns_of_a_data_frame_are_text():
    table = TABLE.assign(spk=[1, 2, None, 2.0], fold=[1, 1, 1, 1])
    [fold] = ser_models.audit(table, speaker="spk", pattern="{text}.wav").folds
    assert fold.shared["speaker"] == Shared(test=1, shared=1, rows=1)
    assert fold.unknown["speaker"] == 1


def test_unparsed_rows_are_counted_as_listed():
    table = pd.DataFrame({"file": ["ada_1.wav", "x.wav", "ben_2.wav"], "fold": [1, 2, 3]})
    result = ser_models.audit(table, pattern="{speaker}_{}.wav")
    assert (result.rows, result.unparsed, len(result.folds)) == (3, 1, 3)
    assert result.notes[-1] == (
        "of 1 row nothing is known but the path, such as x.wav: it does not match {speaker}_{}.wav"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "neither a split nor lists by side, expected one of them"),
        ({"splits": TABLE, "train": TRAIN}, "both a split and lists by side, expected one of them"),
        (
            {"train": TRAIN, "test": "test.csv"},
            "test is a file and train has rows: expected all sides in one form",
        ),
        (
            {"splits": TABLE.assign(file=[1, 2, 3, 4]).rename(columns={"file": "x"})},
            "no column of paths: found x",
        ),
        ({"splits": TABLE[["file"]]}, "nothing states the sides of the split"),
        ({"splits": TABLE, "estimate": "ridge"}, "no audio and no store to estimate from"),
        (
            {"splits": TABLE, "estimate": "xgboost"},
            "estimate is 'xgboost' (str), expected 'logistic' or 'ridge'",
        ),
    ],
)
def test_what_is_refused(arguments, message):
    with pytest.raises(InputError) as caught:
        ser_models.audit(**arguments)
    assert message in str(caught.value)
