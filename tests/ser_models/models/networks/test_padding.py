"""Padding of short recordings changes no network on frames."""

import numpy as np
import pytest

from ser_models.data.batches import InMemory
from ser_models.data.frame_inputs import FrameInputs
from ser_models.models import create
from ser_models.models.base import FitContext, Labelled
from tests.ser_models.tiny import NETWORKS, long, tiny

FRAME_NETWORKS = [name for name in NETWORKS if isinstance(create(name).inputs, FrameInputs)]


QUICK = ("attention_cnn_bilstm", "cnn_lstm")
"""With and without attention; the others are long tests."""


@pytest.fixture(params=[*QUICK, *long(set(FRAME_NETWORKS) - set(QUICK))])
def fitted(request, fitted_network):
    return fitted_network(request.param)


def with_noise(arrays):
    """The recordings with other values in padded frames."""
    noise = np.where(arrays["mask"][:, :, None] == 0, 7.0, arrays["frames"]).astype(np.float32)
    return {"frames": noise, "mask": arrays["mask"]}


def test_values_of_padded_frames_change_nothing(fitted):
    model, arrays = fitted
    np.testing.assert_array_equal(model.predict_proba(with_noise(arrays)), model.predict_proba(arrays))
    attention = model.attention(arrays)
    if attention is not None:
        np.testing.assert_array_equal(model.attention(with_noise(arrays)), attention)


@pytest.mark.long
def test_values_of_padded_frames_change_nothing_in_training(fitted):
    model, arrays = fitted
    if model.name == "conv_attention":
        pytest.skip("SpecAugment replaces frames by the mean, of padding too")
    histories = []
    for given in (arrays, with_noise(arrays)):
        data = Labelled(InMemory(given), np.arange(12) % 2, 2)
        histories.append(tiny(model.name, length=32, epochs=1).fit(data, data, FitContext(0)))
    assert histories[0] == histories[1]


@pytest.mark.parametrize("length", [31, 40])
def test_the_amount_of_padding_changes_nothing(fitted, length):
    model, arrays = fitted
    if model.name == "cnn_lstm":
        length = 40  # it drops an odd last step in each of three poolings
    other = tiny(model.name, length=length)
    other.network = other.build({"frames": (length, 8), "mask": (length,)}, classes=2)
    other.network.set_weights(model.network.get_weights())
    resized = {
        name: np.pad(array, [(0, 0), (0, 10)] + [(0, 0)] * (array.ndim - 2))[:, :length]
        for name, array in arrays.items()
    }
    np.testing.assert_allclose(other.predict_proba(resized), model.predict_proba(arrays), atol=1e-6)
    attention = model.attention(arrays)
    if attention is not None:
        common = min(length, 32)
        np.testing.assert_allclose(other.attention(resized)[:, :common], attention[:, :common], atol=1e-6)
