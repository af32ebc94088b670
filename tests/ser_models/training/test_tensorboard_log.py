"""Event files hold the curves of the history, and can be read back."""

import sys
from itertools import pairwise

import numpy as np
import pytest

from ser_features.errors import MissingExtraError
from ser_models.data.split import make_split
from ser_models.training.config import RunContext, TrainConfig
from ser_models.training.train import train

METRICS = ("loss", "uar", "accuracy", "val_loss", "val_uar", "val_accuracy")


def curves(folder):
    """Read {curve: [(epoch, value)]} of the event files of a folder."""
    import tensorflow as tf
    from tensorflow.core.util.event_pb2 import Event

    points = {}
    for path in sorted(folder.glob("events.out.tfevents.*")):
        for record in tf.data.TFRecordDataset(str(path)):
            event = Event.FromString(record.numpy())
            for value in event.summary.value:
                assert value.metadata.plugin_data.plugin_name == "scalars"
                points.setdefault(value.tag, []).append((event.step, float(tf.make_ndarray(value.tensor))))
    return points


def test_curves_equal_the_history(examples, tmp_path):
    config = TrainConfig("mlp", {"epochs": 3, "schedule": "cosine", "learning_rate": 0.01})
    split = make_split(examples, folds=2, final_model=False)
    result = train(examples, split, config, RunContext(tensorboard=tmp_path))
    folders = {0: "fold-1-of-2", 1: "fold-2-of-2"}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(folders.values())
    for number, folder in folders.items():
        history = result.history[result.history["fold"] == number]
        points = curves(tmp_path / folder)
        assert set(points) == {*METRICS, "learning_rate"}
        for name in METRICS:
            epochs, values = zip(*points[name], strict=True)
            assert list(epochs) == history["epoch"].tolist()
            np.testing.assert_allclose(values, history[name], rtol=1e-6)
        rates = [rate for _, rate in points["learning_rate"]]
        assert rates[0] == pytest.approx(0.01)
        assert all(later < earlier for earlier, later in pairwise(rates))


def test_models_without_a_learning_rate_have_no_such_curve(examples, split, tmp_path):
    train(examples, split, TrainConfig("logistic"), RunContext(tensorboard=tmp_path))
    assert set(curves(tmp_path / "model")) == set(METRICS)


@pytest.mark.long
def test_a_resumed_training_has_complete_curves(examples, split, tmp_path):
    config = TrainConfig("mlp", {"epochs": 3})

    class KilledError(Exception):
        pass

    def kill(step):
        if step.row["epoch"] == 2:
            raise KilledError

    with pytest.raises(KilledError):
        train(examples, split, config, RunContext(tmp_path / "state", kill, tensorboard=tmp_path / "curves"))
    train(examples, split, config, RunContext(tmp_path / "state", tensorboard=tmp_path / "curves"))
    points = curves(tmp_path / "curves" / "model")["val_loss"]
    assert {epoch for epoch, _ in points} == {1, 2, 3}
    assert len({round(value, 5) for epoch, value in points if epoch == 1}) == 1


def test_without_tensorflow_the_extra_is_named_before_any_work(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(MissingExtraError) as error:
        train(None, None, TrainConfig("logistic"), RunContext(tensorboard=tmp_path))
    message = "--tensorboard needs tensorflow, which is not installed: pip install 'ser-toolkit[cpu]'"
    assert str(error.value) == message
