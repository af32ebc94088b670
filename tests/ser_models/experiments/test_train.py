"""From store to artifact: every model, every protocol, twice the same."""

import hashlib
import json

import pandas as pd
import pytest

from ser_features.errors import InputError
from ser_models.evaluation.result import read_result
from ser_models.experiments.train import Plan, run
from ser_models.models import MODELS, create

QUICK = {"epochs": 2, "n_estimators": 20, "length": 40, "filters": (4, 4, 8, 8)}


def plan_for(name, **changes):
    known = create(name).hyperparameters()
    parameters = {key: value for key, value in QUICK.items() if key in known}
    return Plan(model=name, parameters=parameters, **changes)


@pytest.fixture(scope="module", params=[name for name in MODELS if name != "ridge_ssl"])  # test_encoded.py
def result(request, whole_store_root, tmp_path_factory):
    out = tmp_path_factory.mktemp("artifacts") / request.param
    return request.param, out, run(whole_store_root, out, plan_for(request.param))


def test_metrics_are_complete_and_saved_as_returned(result):
    name, out, metrics = result
    assert metrics == read_result(out)
    assert metrics.model == name
    assert metrics.protocol == "speaker-disjoint, one split"
    assert [finding.kind for finding in metrics.leakage] in ([], ["suspect"])
    assert metrics.synthetic is False


def test_artifact_is_complete(result):
    _, out, _ = result
    metadata = json.loads((out / "artifact.json").read_text())
    found = {path.relative_to(out).as_posix(): path for path in out.rglob("*") if path.is_file()}
    assert set(metadata["files"]) == set(found) - {"artifact.json"}
    assert {"scaler.skops", "splits.parquet", "predictions.parquet", "history.csv", "metrics.json"} < set(
        found
    )
    assert {"figures/confusion_matrix.png", "figures/per_speaker.png", metadata["model_file"]} < set(found)
    for name, digest in metadata["files"].items():
        assert hashlib.sha256(found[name].read_bytes()).hexdigest() == digest
    assert not list(out.parent.glob(".*")), "hidden litter"


def test_splits_are_saved_with_what_an_audit_needs(result):
    _, out, _ = result
    splits = pd.read_parquet(out / "splits.parquet")
    assert splits.columns.tolist() == ["file_id", "fold", "split", "dataset", "speaker", "audio_sha256"]
    assert len(splits) == 72


def test_twice_is_the_same(whole_store_root, tmp_path, result):
    name, _, metrics = result
    if name not in ("logistic", "xgboost", "cnn_lstm"):
        pytest.skip("test_models.py holds that the same seed gives the same model; three stand for the rest")
    again = run(whole_store_root, tmp_path / name, plan_for(name))
    if metrics.reproducible:
        assert again == metrics
    else:
        assert any("is not reproducible here" in note for note in metrics.notes)


def test_an_artifact_is_replaced_and_nothing_else_is(store_root, tmp_path):
    plan = plan_for("logistic")
    out = tmp_path / "model"
    run(store_root, out, plan)
    run(store_root, out, plan_for("logistic", seed=1))
    assert read_result(out).seed == 1
    (out / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"holds notes\.txt, which is not ser's"):
        run(store_root, out, plan)
    other = tmp_path / "thesis"
    other.mkdir()
    (other / "chapter.txt").write_text("precious")
    with pytest.raises(InputError, match=r"thesis is not an artifact .* is not replaced: pass another --out"):
        run(store_root, other, plan)
    assert (other / "chapter.txt").read_text() == "precious"


def test_a_failed_training_leaves_nothing(store_root, tmp_path):
    with pytest.raises(InputError, match="--folds 7 needs at least 7 speakers, found 6 in own"):
        run(store_root, tmp_path / "model", plan_for("logistic", folds=7))
    assert not list(tmp_path.iterdir())


def test_a_random_split_says_that_speakers_are_shared(store_root, tmp_path):
    metrics = run(store_root, tmp_path / "model", plan_for("logistic", split="random"))
    assert metrics.protocol == "random, speakers shared by training and test, one split"
    assert any(finding.kind == "speaker" for finding in metrics.leakage)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"test_datasets": ["own"], "datasets": ["own"]}, "own is in --datasets and in --test-datasets"),
        ({"test_datasets": ["own"], "split": "random"}, "--test-datasets with --split random: expected"),
        ({"test_datasets": ["tess"]}, "no tess in the store: it holds own"),
        ({"datasets": ["tess"]}, "no 'tess' in"),
        ({"split": "cross-corpus"}, "found own for training and none for test"),
    ],
)
def test_plans_that_do_not_fit_are_refused(store_root, tmp_path, changes, message):
    with pytest.raises(InputError) as error:
        run(store_root, tmp_path / "model", plan_for("logistic", **changes))
    assert message in str(error.value)


def test_a_wrong_model_is_refused_before_the_store_is_opened(tmp_path):
    with pytest.raises(
        InputError, match="unknown model 'perceptron': expected one of mlp, cnn_lstm, xgboost, logistic"
    ):
        run(tmp_path / "nowhere", tmp_path / "model", Plan(model="perceptron"))
