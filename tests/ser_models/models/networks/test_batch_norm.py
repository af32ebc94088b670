"""Batch normalisation is estimated as it is used, and nothing else is touched."""

import keras
import numpy as np
import pytest

from ser_models.data.batches import InMemory
from ser_models.models import create
from ser_models.models.base import FitContext, Labelled
from ser_models.models.networks.batch_norm import recompute_batch_norm


@pytest.fixture
def network():
    """Return a graph whose second normalisation stands behind much dropout."""
    keras.utils.set_random_seed(0)
    x = given = keras.Input((4,), name="columns")
    x = keras.layers.BatchNormalization(momentum=0.9)(x)
    x = keras.layers.Dropout(0.8)(keras.layers.Dense(16, activation="relu")(x))
    x = keras.layers.BatchNormalization(momentum=0.9)(keras.layers.Dense(3)(x))
    return keras.Model({"columns": given}, x)


def batches(count=5):
    rng = np.random.default_rng(0)
    return [{"columns": rng.normal(3, 2, size=(20, 4)).astype(np.float32)} for _ in range(count)]


def values(layer):
    return [keras.ops.convert_to_numpy(each) for each in (layer.moving_mean, layer.moving_variance)]


def normalisations(network):
    return [layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)]


def test_the_first_averages_are_the_mean_over_the_batches(network):
    recompute_batch_norm(network, batches())
    mean, variance = values(normalisations(network)[0])
    columns = np.stack([batch["columns"] for batch in batches()])
    np.testing.assert_allclose(mean, columns.mean(axis=(0, 1)), rtol=1e-4)
    np.testing.assert_allclose(variance, columns.var(axis=1).mean(axis=0), rtol=1e-4)


def test_averages_behind_dropout_are_those_without_it(network):
    recompute_batch_norm(network, batches(1))
    last = normalisations(network)[1]
    seen = keras.Model(network.input, last.input)
    # On the one batch that it was estimated from, the first normalisation does the same in prediction.
    heard = keras.ops.convert_to_numpy(seen(batches(1)[0], training=False))
    mean, variance = values(last)
    np.testing.assert_allclose(mean, heard.mean(axis=0), atol=1e-3)
    np.testing.assert_allclose(variance, heard.var(axis=0), rtol=1e-2)


def test_only_the_averages_change(network):
    before = network.get_weights()
    averages = {id(each) for layer in normalisations(network) for each in layer.non_trainable_weights}
    recompute_batch_norm(network, batches())
    after = network.get_weights()
    for variable, old, new in zip(network.weights, before, after, strict=True):
        assert np.array_equal(old, new) == (id(variable) not in averages)


def test_dropout_and_momentum_are_as_before_even_after_an_error(network):
    def broken():
        yield batches(1)[0]
        raise OSError("disk gone")

    with pytest.raises(OSError, match="disk gone"):
        recompute_batch_norm(network, broken())
    assert [layer.rate for layer in network.layers if isinstance(layer, keras.layers.Dropout)] == [0.8]
    assert [layer.momentum for layer in normalisations(network)] == [0.9, 0.9]


def test_no_random_number_is_drawn(network):
    (dropout,) = (layer for layer in network.layers if isinstance(layer, keras.layers.Dropout))
    before = keras.ops.convert_to_numpy(dropout.seed_generator.state)
    recompute_batch_norm(network, batches())
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(dropout.seed_generator.state), before)


@pytest.mark.parametrize("settling", [True, False])
def test_validation_tells_what_was_learned_only_where_it_settles(settling):
    """What the Conv3D has learned in a few steps shows in prediction, or is hidden by stale averages."""
    rng = np.random.default_rng(0)
    targets = np.arange(96) % 2
    spectra = rng.normal(size=(2, 1, 16, 1, 1))
    chunks = (spectra[targets] + 0.5 * rng.normal(size=(96, 3, 16, 16, 1))).astype(np.float32)
    data = Labelled(InMemory({"chunks": chunks}), targets, 2)
    given = {
        "frames": 16,
        "filters": [16] * 4,
        "epochs": 6,
        "batch_size": 16,
        "recompute_batch_norm": settling,
    }
    model = create("chunked_conv3d", given)
    row = model.fit(data, data, FitContext(0))[-1]
    assert row["uar"] > 0.9
    assert row["val_uar"] > 0.95 if settling else row["val_uar"] < 0.8
