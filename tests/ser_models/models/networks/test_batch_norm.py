"""Recomputed BatchNorm statistics: their values, and that nothing else changes."""

import keras
import numpy as np
import pytest

from ser_models.data.batches import InMemory
from ser_models.models import create
from ser_models.models.base import FitContext, Labelled
from ser_models.models.networks.batch_norm import recompute_batch_norm


@pytest.fixture
def network():
    """A graph whose second BatchNorm follows strong dropout."""
    keras.utils.set_random_seed(0)
    x = inputs = keras.Input((4,), name="columns")
    x = keras.layers.BatchNormalization(momentum=0.9)(x)
    x = keras.layers.Dropout(0.8)(keras.layers.Dense(16, activation="relu")(x))
    x = keras.layers.BatchNormalization(momentum=0.9)(keras.layers.Dense(3)(x))
    return keras.Model({"columns": inputs}, x)


def batches(count=5):
    rng = np.random.default_rng(0)
    return [{"columns": rng.normal(3, 2, size=(20, 4)).astype(np.float32)} for _ in range(count)]


def layers_of(network, kind):
    return [layer for layer in network.layers if isinstance(layer, kind)]


def statistics(network):
    """Mean and variance of each BatchNorm."""
    return [
        [keras.ops.convert_to_numpy(values) for values in (layer.moving_mean, layer.moving_variance)]
        for layer in layers_of(network, keras.layers.BatchNormalization)
    ]


def test_the_first_statistics_are_the_mean_over_the_batches(network):
    recompute_batch_norm(network, batches())
    mean, variance = statistics(network)[0]
    columns = np.stack([batch["columns"] for batch in batches()])
    np.testing.assert_allclose(mean, columns.mean(axis=(0, 1)), rtol=1e-4)
    np.testing.assert_allclose(variance, columns.var(axis=1).mean(axis=0), rtol=1e-4)


def test_statistics_after_dropout_are_those_without_it(network):
    recompute_batch_norm(network, batches(1))
    last = layers_of(network, keras.layers.BatchNormalization)[1]
    # On the batch it was estimated from, the first BatchNorm is the same in training and prediction.
    before = keras.Model(network.input, last.input)(batches(1)[0], training=False)
    expected = keras.ops.convert_to_numpy(before)
    mean, variance = statistics(network)[1]
    np.testing.assert_allclose(mean, expected.mean(axis=0), atol=1e-3)
    np.testing.assert_allclose(variance, expected.var(axis=0), rtol=1e-2)


def test_only_statistics_change_and_no_random_number_is_drawn(network):
    (dropout,) = layers_of(network, keras.layers.Dropout)
    seed, before = keras.ops.convert_to_numpy(dropout.seed_generator.state), network.get_weights()
    averages = {
        id(weight)
        for layer in layers_of(network, keras.layers.BatchNormalization)
        for weight in layer.non_trainable_weights
    }
    recompute_batch_norm(network, batches())
    for variable, old, new in zip(network.weights, before, network.get_weights(), strict=True):
        assert np.array_equal(old, new) == (id(variable) not in averages)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(dropout.seed_generator.state), seed)


def test_dropout_and_momentum_are_restored_even_after_an_error(network):
    def broken():
        yield batches(1)[0]
        raise OSError("disk gone")

    with pytest.raises(OSError, match="disk gone"):
        recompute_batch_norm(network, broken())
    assert [layer.rate for layer in layers_of(network, keras.layers.Dropout)] == [0.8]
    normalisations = layers_of(network, keras.layers.BatchNormalization)
    assert [layer.momentum for layer in normalisations] == [0.9, 0.9]


@pytest.mark.long
@pytest.mark.parametrize("recompute", [True, False])
def test_validation_of_the_conv3d_is_meaningful_only_with_recomputed_statistics(recompute):
    """After a few steps the training batches are fitted, but the moving averages are stale."""
    rng = np.random.default_rng(0)
    targets = np.arange(96) % 2
    spectra = rng.normal(size=(2, 1, 16, 1, 1))
    chunks = (spectra[targets] + 0.5 * rng.normal(size=(96, 3, 16, 16, 1))).astype(np.float32)
    data = Labelled(InMemory({"chunks": chunks}), targets, 2)
    settings = {"frames": 16, "filters": [16] * 4, "epochs": 6, "batch_size": 16}
    model = create("chunked_conv3d", {**settings, "recompute_batch_norm": recompute})
    row = model.fit(data, data, FitContext(0))[-1]
    assert row["uar"] > 0.9
    assert row["val_uar"] > 0.95 if recompute else row["val_uar"] < 0.8
