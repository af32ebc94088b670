"""The benchmark of training on rows whose columns stay on disk."""

import pytest

from benchmarks.scale import rows
from ser_models.data.examples import load_examples
from ser_models.training.config import TrainConfig


def test_the_generated_store_has_every_class_and_speaker(tmp_path):
    store = rows.make(tmp_path, 320)
    examples = load_examples(store)
    assert (len(examples), examples.labels) == (320, rows.EMOTIONS)
    assert len(set(examples.groups)) == rows.SPEAKERS


@pytest.mark.parametrize("model", rows.MODELS)
def test_both_steps_train_on_all_rows(tmp_path, monkeypatch, model):
    monkeypatch.setattr("ser_models.experiments.train.MAX_COLUMNS_IN_MEMORY", 0)
    store = rows.make(tmp_path, 320)
    config = TrainConfig(model, rows.hyperparameters(model, passes=2))
    assert (rows._fit(store, config), rows._train(store, config)) == (320, 320)
