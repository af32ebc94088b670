"""`EvaluationResult`: JSON and back, and what is refused in one line that names the field."""

import json
from dataclasses import replace

import pytest

from ser_features.errors import ArtifactError
from ser_models.evaluation.entries import Finding
from ser_models.evaluation.result import EvaluationResult, read_result, read_results
from tests.results import make_result


@pytest.fixture(scope="module")
def result():
    values = {"leakage": (Finding("speaker", "1 speaker is in both train and test: a", 1, ("a",)),)}
    return make_result({**values, "unseen": make_result(speakers=2), "stored": True, "files": {"demo": 60}})


@pytest.mark.parametrize("make", [make_result, lambda: make_result(tested=("sad",))])
def test_json_round_trip(make):
    result = make()
    assert EvaluationResult.from_json(result.to_json()) == result
    assert json.loads(result.to_json())["per_speaker"]["demo/s0"]["n"] > 0


def test_results_of_an_earlier_version_are_read(result):
    content = json.loads(result.to_json())
    for name in ("training", "second_softmax"):
        assert content.pop(name) is None
    assert EvaluationResult.from_json(json.dumps(content)) == EvaluationResult.from_json(result.to_json())


def test_round_trip_of_everything(result):
    unseen = EvaluationResult.from_json(result.to_json()).unseen
    assert unseen.uar == result.unseen.uar
    assert EvaluationResult.from_json(result.to_json()).leakage == result.leakage


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("uar", ..., "field uar is missing"),
        ("uar", "x", "field uar is 'x', expected a valid number"),
        ("uar", float("nan"), "field uar is nan, expected a finite number"),
        ("uar_ci95", [1], "field uar_ci95.1 is missing"),
        ("n", "5", "field n is '5', expected a valid integer"),
        ("per_class.sad.f1", 7, "field per_class.sad.f1 is 7, expected less than or equal to 1"),
        ("per_class.sad.f2", 1, "field per_class.sad.f2 is unknown"),
        ("unknown", 1, "field unknown is unknown"),
        ("unseen.accuracy", None, "field unseen.accuracy is None, expected a valid number"),
        ("labels", ["<b>"], "field labels is ('<b>',), expected different names"),
        ("confusion_matrix", [[1]], "field confusion_matrix is not square: expected 3 rows and columns"),
        ("roc.happy", {"fpr": [0], "tpr": [0]}, "field roc names 'happy', which is not among the labels"),
        (
            "per_speaker",
            {},
            "field per_speaker is empty: expected at least one entry of known speakers",
        ),
        ("leakage.0.kind", 3, "field leakage.0.kind is 3, expected a valid string"),
    ],
)
def test_wrong_fields_are_named(result, path, value, problem):
    content = node = json.loads(result.to_json())
    *parents, name = path.split(".")
    for parent in parents:
        node = node[int(parent) if parent.isdigit() else parent]
    node[name] = value
    if value is ...:
        del node[name]
    with pytest.raises(ArtifactError) as caught:
        EvaluationResult.from_json(json.dumps(content), "a/metrics.json")
    assert str(caught.value) == (
        f"a/metrics.json is not a result of this version of ser: {problem}: train again"
    )


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 500, "\x00", '{"uar": "' + "a" * 500 + '"}'])
def test_other_texts_are_refused_in_one_short_line(text):
    with pytest.raises(
        ArtifactError, match=r"^metrics.json is not a result of this version of ser: "
    ) as caught:
        EvaluationResult.from_json(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_an_auc_belongs_to_every_curve(result):
    sad = replace(result.per_class["sad"], auc=None)
    wrong = replace(result, per_class={**result.per_class, "sad": sad})
    with pytest.raises(ArtifactError, match="field roc has a curve of a class without an auc in per_class"):
        EvaluationResult.from_json(wrong.to_json())


def test_results_are_read_from_artifacts(tmp_path, result):
    for name, text in (("good", result.to_json()), ("old", "{}")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "metrics.json").write_text(text)
    assert read_result(tmp_path / "good").n == result.n
    with pytest.raises(
        ArtifactError, match=r"no result in .*none: expected .*metrics.json: make one with ser"
    ):
        read_result(tmp_path / "none")
    assert list(read_results({name: tmp_path / name for name in ("good", "old", "none")})) == ["good"]
