"""Remarks on a result: a speaker who always gets one answer, and a quicker member of an ensemble."""

import pandas as pd
import pytest

from ser_models.data.split import FINAL_FOLD
from ser_models.experiments import remarks
from ser_models.experiments.remarks import quicker_member, same_answers
from ser_models.models import create
from ser_models.models.registry import Measurement


def rows_of(predicted: list[str], emotions: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"dataset": "own", "speaker": "m1", "emotion": emotions, "predicted": predicted})


def test_a_speaker_who_always_gets_one_answer():
    emotions = ["neutral", "angry", "sad"] * 4
    assert list(same_answers(rows_of(["neutral"] * 12, emotions))) == [
        "speaker own/m1 is recognised as neutral in 12 of 12 recordings (4 are): ser check says what sets "
        "the speaker apart"
    ]


@pytest.mark.parametrize(
    ("predicted", "emotions"),
    [
        (["neutral"] * 9, ["neutral", "angry", "sad"] * 3),  # too few recordings
        (["neutral"] * 10 + ["sad"] * 2, ["neutral", "angry", "sad"] * 4),  # other answers too
        (["neutral"] * 12, ["neutral"] * 7 + ["sad"] * 5),  # mostly right
    ],
)
def test_other_answers_are_no_remark(predicted, emotions):
    assert not list(same_answers(rows_of(predicted, emotions)))


MEASURED = {"best": Measurement(60.0), "ridge": Measurement(7.5), "kernel_ridge": Measurement(12.0)}


@pytest.mark.parametrize(
    ("interval", "member", "share", "uar"),
    [(0.05, "ridge", "1/8", "0.770"), (0.02, "kernel_ridge", "1/5", "0.790"), (0.005, None, None, None)],
)
def test_the_quickest_member_that_is_as_good(interval, member, share, uar, monkeypatch):
    monkeypatch.setattr(remarks, "measurement", MEASURED.get)
    rows = [
        {"fold": fold, "epoch": epoch, "val_uar": value + 0.01 * fold if fold != FINAL_FOLD else 0.0}
        for fold in (0, 1, FINAL_FOLD)
        for epoch, value in enumerate((0.765, 0.785, 0.7, 0.795), 1)
    ]
    ensemble = create("best", {"members": ["ridge", "kernel_ridge", "fisher_vectors"]})
    named = list(quicker_member(ensemble, pd.DataFrame(rows), interval))
    line = (
        f"{member} alone is as good within the interval, in {share} of the time: UAR {uar} on speakers held "
        f"out in training, best 0.800: ser train --model {member}"
    )
    assert named == ([line] if member else [])
