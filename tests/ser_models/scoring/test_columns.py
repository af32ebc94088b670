"""Columns of predictions: recognised by usual names, named by the user, or refused in one line."""

import pytest

from ser_features.errors import InputError
from ser_models.scoring.columns import ReadOptions, recognise


@pytest.mark.parametrize(
    ("header", "truth", "prediction", "path"),
    [
        ("file,label,pred", "label", "pred", "file"),
        ("Utterance,y_true,y_pred", "y_true", "y_pred", "Utterance"),
        ("wav,Reference,Hypothesis", "Reference", "Hypothesis", "wav"),
        ("path,emotion,predicted,confidence", "emotion", "predicted", "path"),
        ("path,file_id,emotion,predicted", "emotion", "predicted", "file_id"),
        ("file,true,emotion,confidence", "true", "emotion", "file"),
        ("name,target,label", "target", "label", "name"),
        ("id,label,p_angry,p_sad", "label", None, "id"),
        ("truth,prediction", "truth", "prediction", None),
    ],
)
def test_usual_names(header, truth, prediction, path):
    roles = recognise(header.split(","), ReadOptions())
    assert (roles.truth, roles.prediction, roles.path) == (truth, prediction, path)


def test_columns_that_the_user_names():
    header = ["clip", "a", "b", "who", "room", "gender", "corpus", "truth", "pred"]
    roles = recognise(header, ReadOptions("a", "B", "clip", "who", groups=("room",)))
    assert roles.used() == {
        "path": "clip",
        "truth": "a",
        "prediction": "b",
        "speaker": "who",
        "dataset": "corpus",
    }
    assert roles.groups == ("room", "gender", "corpus")


@pytest.mark.parametrize(
    ("header", "given", "message"),
    [
        (
            "file,pred",
            {},
            r"no column of true classes: found file, pred \(pred is the prediction\), expected truth, label "
            "or emotion: add one, or name it with --truth COLUMN",
        ),
        ("file,emotion,confidence,p_sad", {}, r"\(emotion is the prediction\), expected truth"),
        (
            "file,gold,reference,pred",
            {},
            "columns gold and reference may both be the truth, expected one: name it with --truth COLUMN",
        ),
        ("label,pred,hypothesis", {}, "columns pred and hypothesis may both be the prediction"),
        ("label,pred", {"truth": "lable"}, "unknown column 'lable': did you mean 'label'"),
        ("label,pred", {"groups": ("room",)}, "unknown column 'room': expected one of label, pred"),
    ],
)
def test_columns_that_are_refused(header, given, message):
    with pytest.raises(InputError, match=message):
        recognise(header.split(","), ReadOptions(**given))
