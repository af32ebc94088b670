"""Training: what is fitted on which side, what is predicted, what is reported, and folds in parallel."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ser_features.errors import InputError
from ser_features.store import open_store
from ser_models.data.examples import load_examples
from ser_models.data.split import FINAL_FOLD, Split, make_split
from ser_models.evaluation.leakage import audit
from ser_models.models.logistic import Logistic
from ser_models.training.config import RunContext, TrainConfig
from ser_models.training.train import train

LOGISTIC = TrainConfig("logistic")
METRICS = ("loss", "uar", "accuracy")


@pytest.fixture(scope="module")
def folds(examples):
    return make_split(examples, folds=3)


@pytest.fixture(scope="module")
def trained(examples, folds):
    """Result and steps of a training on three folds."""
    steps = []
    return train(examples, folds, LOGISTIC, RunContext(progress=steps.append, jobs=1)), steps


def test_every_recording_is_tested_once_and_predicted_by_the_final_model(examples, trained):
    result, _ = trained
    tested = result.predictions.query("split == 'test'")
    assert sorted(tested["file_id"]) == sorted(examples.rows["file_id"])
    assert set(tested["fold"]) == {0, 1, 2}
    final = result.predictions.query("split != 'test'")
    assert set(final["fold"]) == {FINAL_FOLD}
    assert sorted(final["file_id"]) == sorted(examples.rows["file_id"])


def test_probabilities_are_joined_to_their_recording(examples, trained):
    table = trained[0].predictions
    columns = [f"p_{label}" for label in examples.labels]
    np.testing.assert_allclose(table[columns].sum(axis=1), 1)
    np.testing.assert_allclose(table[columns].max(axis=1), table["confidence"])
    best = np.array(examples.labels)[table[columns].to_numpy().argmax(axis=1)]
    assert table["predicted"].tolist() == best.tolist()
    truth = examples.rows.set_index("file_id")["emotion"]
    assert table["emotion"].tolist() == truth.loc[table["file_id"]].tolist()
    assert table.columns[:9].tolist() == [
        "file_id", "dataset", "path", "speaker", "emotion", "fold", "split", "predicted", "confidence",
    ]  # fmt: skip


def test_every_part_is_fitted_on_its_side_only(examples, folds, trained):
    result, _ = trained
    for part in result.fitted:
        side = "validation" if part.part == "early stopping" else "train"
        assert part.file_ids == frozenset(folds.side(part.fold, side))
    assert {(part.part, part.fold) for part in result.fitted} == {
        (part, fold) for part in ("scaler", "weights", "early stopping") for fold in (0, 1, 2, FINAL_FOLD)
    }
    assert audit(examples.rows, folds.table, fitted=result.fitted) == []
    raw = examples.take(folds.side(FINAL_FOLD, "train")).read(result.scaler.inputs)
    imputed = np.where(np.isnan(raw), np.nanmedian(raw, axis=0), raw).astype(float)
    np.testing.assert_allclose(result.scaler.statistics["mean"], imputed.mean(axis=0), rtol=1e-4)


def test_progress_and_history_cover_every_fold(trained):
    result, steps = trained
    assert list(dict.fromkeys(step.part for step in steps)) == [
        "fold 1 of 3", "fold 2 of 3", "fold 3 of 3", "final model",
    ]  # fmt: skip
    assert [step.done for step in steps] == [False, True] * 4
    assert {step.folds for step in steps} == {4}
    assert sorted(set(result.history["fold"])) == [FINAL_FOLD, 0, 1, 2]
    assert result.history.columns.tolist() == [
        "fold",
        "epoch",
        *METRICS,
        *(f"val_{name}" for name in METRICS),
        "best",
    ]


def test_one_split_keeps_the_model_that_was_tested(examples, split):
    result = train(examples, split, LOGISTIC)
    assert set(result.predictions["fold"]) == {0}
    assert set(result.predictions["split"]) == {"train", "validation", "test"}
    assert len(result.predictions) == len(examples)


def test_a_fold_with_one_class_is_refused(examples, split):
    angry = examples.rows.loc[examples.rows["emotion"] == "angry", "file_id"]
    table = split.table[split.table["file_id"].isin(angry)]
    with pytest.raises(InputError, match=r"model has \d+ recordings of 1 classes to train on"):
        train(examples, Split(table, ""), LOGISTIC)


@pytest.mark.parametrize(
    "config",
    [
        LOGISTIC,
        *(
            pytest.param(TrainConfig(name), marks=pytest.mark.long)
            for name in ("xgboost", "fisher_vectors", "ensemble", "mlp")
        ),
    ],
    ids=lambda config: config.model,
)
@pytest.mark.parametrize("with_state", [True, pytest.param(False, marks=pytest.mark.long)])
@pytest.mark.parametrize("jobs", [2, pytest.param(3, marks=pytest.mark.long)])
def test_folds_in_parallel_equal_folds_in_order(request, examples, folds, config, with_state, jobs, tmp_path):
    if config.model == "ensemble":  # it reads families that the smaller store lacks
        examples = load_examples(open_store(request.getfixturevalue("whole_store_root")))
    serial_steps, steps = [], []
    serial = train(examples, folds, config, RunContext(progress=serial_steps.append, jobs=1))
    state = tmp_path if with_state else None
    parallel = train(examples, folds, config, RunContext(state, steps.append, jobs=jobs))
    pd.testing.assert_frame_equal(parallel.predictions, serial.predictions, rtol=0, atol=0)
    pd.testing.assert_frame_equal(parallel.history, serial.history, rtol=0, atol=0)
    assert (parallel.fitted, parallel.temperature) == (serial.fitted, serial.temperature)
    source = serial.scaler.source(examples.read(serial.model.inputs))
    np.testing.assert_array_equal(parallel.model.predict(source), serial.model.predict(source))
    by_part = [sorted(own, key=lambda step: step.part) for own in (serial_steps, steps)]
    assert by_part[0] == by_part[1]
    assert len(list(tmp_path.glob("fold-*"))) == (4 if with_state else 0)
    if with_state:
        steps.clear()
        resumed = train(examples, folds, config, RunContext(state, steps.append, jobs=jobs))
        assert [step.done for step in steps] == [True] * 4, "no fold is trained again"
        assert resumed.predictions.equals(serial.predictions)


def test_an_error_in_a_parallel_fold_is_raised(examples, folds):
    angry = examples.rows.loc[examples.rows["emotion"] == "angry", "file_id"]
    one_class = Split(folds.table[folds.table["file_id"].isin(angry)], "")
    with pytest.raises(InputError, match="recordings of 1 classes to train on"):
        train(examples, one_class, LOGISTIC, RunContext(jobs=2))


def test_four_calls_lead_from_the_command_line_to_the_fit(store_root, tmp_path, monkeypatch, capsys):
    """cli.train → run_experiment → train → train_fold → Model.fit: no other function of ours lies between."""
    from ser_cli.main import main

    stacks = []
    real = Logistic.fit

    def fit(self, *arguments, **settings):
        frame = sys._getframe(1)
        calls = []
        while frame:
            parts = set(Path(frame.f_code.co_filename).parts)
            if {"ser_models", "ser_cli"} & parts and "tests" not in parts:
                calls.append(frame.f_code.co_name)
            frame = frame.f_back
        calls.reverse()
        stacks.append(calls[calls.index("train") :])
        return real(self, *arguments, **settings)

    monkeypatch.setattr(Logistic, "fit", fit)
    with pytest.raises(SystemExit):
        main(["train", "--model", "logistic", "--store", str(store_root), "--out", str(tmp_path / "model")])
    assert stacks == [["train", "run_experiment", "train", "train_fold"]]
    assert (tmp_path / "model" / "metrics.json").exists()
