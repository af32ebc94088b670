"""The loop: what is fitted on whom, what is predicted, what is told."""

import numpy as np
import pytest

from ser_features.errors import InputError
from ser_models.data.examples import load_examples
from ser_models.data.split import FINAL_FOLD, Split, make_split
from ser_models.evaluation.leakage import audit
from ser_models.training.train import train


@pytest.fixture(scope="module")
def trained(store):
    examples = load_examples(store)
    split = make_split(examples, folds=3)
    steps = []
    return examples, split, train(examples, split, model="logistic", progress=steps.append), steps


def test_every_recording_is_tested_once_and_known_by_the_shipped_model(trained):
    examples, _, result, _ = trained
    tested = result.predictions.query("split == 'test'")
    assert sorted(tested["file_id"]) == sorted(examples.rows["file_id"])
    assert set(tested["fold"]) == {0, 1, 2}
    shipped = result.predictions.query("split != 'test'")
    assert set(shipped["fold"]) == {FINAL_FOLD}
    assert sorted(shipped["file_id"]) == sorted(examples.rows["file_id"])


def test_probabilities_stand_beside_their_recording(trained):
    examples, _, result, _ = trained
    table = result.predictions
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


def test_every_fitted_part_saw_its_training_side_alone(trained):
    examples, split, result, _ = trained
    for part in result.fitted:
        side = "validation" if part.part == "early stopping" else "train"
        assert part.file_ids == frozenset(split.side(part.fold, side))
    assert {(part.part, part.fold) for part in result.fitted} == {
        (part, fold) for part in ("scaler", "weights", "early stopping") for fold in (0, 1, 2, FINAL_FOLD)
    }
    assert audit(examples.rows, split.table, fitted=result.fitted) == []


def test_the_shipped_scaler_has_the_training_statistics(trained):
    examples, split, result, _ = trained
    raw = examples.take(split.side(FINAL_FOLD, "train")).read(result.scaler.inputs)
    whole = np.where(np.isnan(raw), np.nanmedian(raw, axis=0), raw).astype(float)
    np.testing.assert_allclose(result.scaler.pipeline["scale"].mean_, whole.mean(axis=0), rtol=1e-4)


def test_progress_names_every_part(trained):
    *_, steps = trained
    assert list(dict.fromkeys(step.part for step in steps)) == [
        "fold 1 of 3", "fold 2 of 3", "fold 3 of 3", "final model",
    ]  # fmt: skip
    assert [step.done for step in steps] == [False, True] * 4


def test_history_has_every_fold(trained):
    *_, result, _ = trained
    assert sorted(set(result.history["fold"])) == [FINAL_FOLD, 0, 1, 2]
    assert result.history.columns.tolist() == ["fold", "epoch", "loss", "uar", "val_loss", "val_uar", "best"]


def test_one_split_ships_the_model_that_was_measured(store):
    examples = load_examples(store)
    split = make_split(examples)
    result = train(examples, split, model="logistic")
    assert set(result.predictions["fold"]) == {0}
    assert set(result.predictions["split"]) == {"train", "validation", "test"}
    assert len(result.predictions) == len(examples)


def test_a_fold_with_one_class_is_refused(store):
    examples = load_examples(store)
    split = make_split(examples)
    angry = examples.rows.loc[examples.rows["emotion"] == "angry", "file_id"]
    table = split.table[split.table["file_id"].isin(angry)]
    with pytest.raises(InputError, match=r"model has \d+ recordings of 1 classes to train on"):
        train(examples, Split(table, ""), model="logistic")
