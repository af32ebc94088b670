"""The graphs: published sizes, and padding that cannot be heard."""

import keras
import numpy as np
import pytest

from ser_models.data.batches import InMemory
from ser_models.models import create
from ser_models.models.base import Labelled


def test_mlp_has_the_published_parameters():
    network = create("mlp").build({"columns": (30,)}, classes=6)
    assert network.count_params() == 51_014
    assert sum(int(np.prod(weight.shape)) for weight in network.trainable_weights) == 50_246
    assert len(create("mlp").inputs.columns) == 30


def test_cnn_lstm_has_the_published_layers():
    network = create("cnn_lstm").build({"frames": (300, 64), "mask": (300,)}, classes=6)
    convolutions = [layer for layer in network.layers if isinstance(layer, keras.layers.Conv1D)]
    assert [(layer.filters, layer.kernel_size[0]) for layer in convolutions] == [(64, 5), (128, 5), (256, 3)]
    lstms = [layer for layer in network.layers if isinstance(layer, keras.layers.LSTM)]
    assert [(layer.units, layer.return_sequences) for layer in lstms] == [(128, True), (64, False)]
    dropouts = [layer.rate for layer in network.layers if isinstance(layer, keras.layers.Dropout)]
    assert dropouts == [0.3, 0.3, 0.4, 0.4, 0.5, 0.3]
    denses = [layer.units for layer in network.layers if isinstance(layer, keras.layers.Dense)]
    assert denses == [128, 64, 6]


@pytest.fixture(scope="module")
def cnn_lstm():
    """Return a trained network and 12 padded recordings."""
    rng = np.random.default_rng(0)
    mask = (np.arange(32) < rng.integers(9, 30, 12)[:, None]).astype(np.float32)
    frames = rng.normal(size=(12, 32, 8)).astype(np.float32) * mask[:, :, None]
    data = Labelled(InMemory({"frames": frames, "mask": mask}), np.arange(12) % 2, 2)
    model = create("cnn_lstm", {"length": 32, "epochs": 2})
    model.fit(data, data, seed=0, on_epoch=lambda row: None)
    return model, frames, mask


def test_what_stands_in_padded_frames_changes_nothing(cnn_lstm):
    model, frames, mask = cnn_lstm
    noise = np.where(mask[:, :, None] == 0, 7.0, frames).astype(np.float32)
    np.testing.assert_array_equal(
        model.predict_proba({"frames": noise, "mask": mask}),
        model.predict_proba({"frames": frames, "mask": mask}),
    )


def test_how_much_padding_follows_changes_nothing(cnn_lstm):
    model, frames, mask = cnn_lstm
    short = (mask.sum(axis=1) <= 16).nonzero()[0]
    wide = model.network
    narrow = create("cnn_lstm", {"length": 24}).build({"frames": (24, 8), "mask": (24,)}, classes=2)
    narrow.set_weights(wide.get_weights())
    arrays = {"frames": frames[short], "mask": mask[short]}
    cut = {name: array[:, :24] for name, array in arrays.items()}
    assert len(short)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(narrow(cut)), keras.ops.convert_to_numpy(wide(arrays)), atol=1e-6
    )


def test_the_best_epoch_on_validation_is_kept():
    rng = np.random.default_rng(0)
    noise = [rng.normal(size=(count, 30)).astype(np.float32) for count in (64, 32)]
    train, validation = (Labelled(InMemory({"columns": x}), np.arange(len(x)) % 2, 2) for x in noise)
    model = create("mlp", {"epochs": 12, "patience": 3})
    history = model.fit(train, validation, seed=0, on_epoch=lambda row: None)
    best = model.best_epoch(history)
    true = model.predict_proba(validation.arrays)[np.arange(32), validation.targets]
    assert len(history) < 12
    assert best is not history[-1]
    assert -np.log(true).mean() == pytest.approx(best["val_loss"], abs=1e-4)
