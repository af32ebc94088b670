"""Own features: matched by the names of recordings, trained on, evaluated with, and never predicted from."""

import numpy as np
import pandas as pd
import pytest

from ser_features.errors import ArtifactError, InputError
from ser_models import inference
from ser_models.data.own_features import own_columns, with_own_features
from ser_models.experiments.evaluate import evaluate
from ser_models.experiments.train import run_experiment
from ser_models.explain import explain_model
from ser_models.training.config import TrainConfig
from tests.undrawn import undrawn


@pytest.fixture
def examples(make_examples):
    return make_examples(speakers=2, takes=1, emotions=2)


@pytest.mark.parametrize("key", ["file_id", "path"])
def test_recordings_are_found_by_their_names(examples, key, tmp_path):
    table = pd.DataFrame({key: examples.rows[key], "loud": np.arange(4.0), "text": "x", "start": 0.0})
    table.iloc[::-1].to_csv(tmp_path / "own.csv", index=False)
    joined = with_own_features(examples, tmp_path / "own.csv")
    assert own_columns(joined) == ("own/loud",)
    assert joined.rows["own/loud"].tolist() == [0, 1, 2, 3]
    assert joined.notes == (
        "1 own features of own.csv: whether each is of its recording alone is not checked",
    )


def test_recordings_without_features_are_left_out_with_a_note(examples, tmp_path):
    table = pd.DataFrame({"file": examples.rows["path"][:3].tolist(), "a": [1, np.inf, 3]})
    table.to_parquet(tmp_path / "own.parquet")
    joined = with_own_features(examples, tmp_path / "own.parquet")
    assert len(joined) == 3
    assert np.isnan(joined.rows["own/a"][1])
    assert joined.notes[-1] == "1 recordings left out: own.parquet has no features of them"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("take,a\nx,1\n", "has no column of files, found take, a: expected one of file_id, file"),
        ("file,a\nx,b\n", "has no column of numbers, found file, a"),
        ("file,a\nother.wav,1\n", "has none of the 4 recordings, found 'other.wav', expected names such as"),
        ("file_id,a\nd0/s0_angry_0,1\nd0/s0_angry_0,2\n", "d0/s0_angry_0 is not one recording and one row"),
    ],
)
def test_tables_that_do_not_fit_are_refused(examples, tmp_path, text, message):
    (tmp_path / "own.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        with_own_features(examples, tmp_path / "own.csv")


def test_a_model_of_own_features_is_trained_and_explained_but_predicts_no_files(store, tmp_path):
    rows = store.files()
    classes = rows["emotion"].map({"angry": 2.0, "neutral": 0.0, "sad": -2.0})
    noise = np.random.default_rng(0).normal(size=(len(rows), 2))
    table = tmp_path / "own.csv"
    pd.DataFrame({"file": rows["path"], "a": classes + noise[:, 0], "b": noise[:, 1]}).to_csv(
        table, index=False
    )
    with undrawn():
        result = run_experiment(store.root, tmp_path / "m", TrainConfig("ridge", own_features=table))
    assert result.uar > 0.5
    assert evaluate(tmp_path / "m", store.root, own_features=table).n == 72
    importance = explain_model(tmp_path / "m", store.root, own_features=table, repeats=1)
    assert importance.table["feature"].tolist() == ["a", "b"], "the decisive one first"
    with pytest.raises(InputError, match="reads own features: name their table with --own-features TABLE"):
        evaluate(tmp_path / "m", store.root)
    with pytest.raises(
        ArtifactError, match="reads 2 own features, which cannot be computed from a recording"
    ):
        inference.load(tmp_path / "m")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model": "cnn_lstm"}, "--own-features with cnn_lstm: expected a model of columns"),
        ({"model": "ridge", "speed_perturb": True}, "--own-features with copies: own.csv has none of them"),
    ],
)
def test_what_excludes_own_features_is_named_before_any_work(store, tmp_path, settings, message):
    with pytest.raises(InputError, match=message):
        run_experiment(store.root, tmp_path / "m", TrainConfig(own_features="own.csv", **settings))
