"""Attention weights of frames: their sum, their place in the graph, and what they learn."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from ser_models.data.batches import InMemory
from ser_models.models import create
from ser_models.models.base import FitContext, Labelled
from ser_models.models.networks.attention import spread

NAMES = ("bone_conducted_transformer", "attention_cnn_bilstm")


@pytest.fixture(params=[pytest.param(NAMES[0], marks=pytest.mark.long), NAMES[1]])
def fitted(request, fitted_network):
    return fitted_network(request.param)


def test_every_valid_frame_has_a_weight_and_padding_has_none(fitted):
    model, arrays = fitted
    weights = model.attention(arrays)
    assert weights.shape == arrays["mask"].shape
    assert weights.dtype == np.float64
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_array_equal(weights > 0, arrays["mask"] == 1)


def test_the_weights_are_those_of_the_prediction(fitted):
    """The graph continues with the weighted sum of the steps."""
    model, arrays = fitted
    (dot,) = (layer for layer in model.network.layers if type(layer).__name__ == "Dot")
    probe = keras.Model(model.network.input, [*dot.input, dot.output])
    weights, steps, pooled = (keras.ops.convert_to_numpy(output) for output in probe(arrays))
    assert dot.input[0] is model.network.get_layer("attention").output
    np.testing.assert_allclose(pooled, np.einsum("rsk,rsc->rkc", weights, steps), atol=1e-5)


def test_attention_of_a_restored_model_is_the_same(fitted):
    model, arrays = fitted
    restored = create(model.name, model.parameters).set_state(model.state(), classes=2)
    np.testing.assert_allclose(restored.attention(arrays), model.attention(arrays), atol=1e-7)


def test_attention_of_several_batches_is_that_of_each_recording(fitted, padded):
    model, _ = fitted
    many = padded(70, seed=1)
    alone = {name: array[-1:] for name, array in many.items()}
    np.testing.assert_allclose(model.attention(many)[-1:], model.attention(alone), atol=1e-6)


@pytest.mark.long
def test_attention_learns_the_informative_frames():
    """Only ten loud frames depend on the class."""
    rng = np.random.default_rng(0)
    targets = np.arange(64) % 2
    frames = rng.normal(scale=0.3, size=(64, 40, 8)).astype(np.float32)
    since = np.arange(40) - rng.integers(0, 30, 64)[:, None]
    informative = (since >= 0) & (since < 10)
    frames += (informative[:, :, None] * np.where(targets, 2, -2)[:, None, None]).astype(np.float32)
    data = Labelled(InMemory({"frames": frames, "mask": np.ones((64, 40), np.float32)}), targets, 2)
    model = create("attention_cnn_bilstm", {"length": 40, "epochs": 25, "learning_rate": 2e-3})
    model.fit(data, data, FitContext(0))
    assert model.attention(data.arrays)[informative].sum() / 64 > 0.4  # in a quarter of the frames


@pytest.mark.parametrize("name", NAMES)
def test_an_unfitted_model_has_no_attention(name, padded):
    with pytest.raises(RuntimeError, match=f"{name} is not fitted"):
        create(name).attention(padded(1, 8))


@given(
    arrays_of.arrays(np.float64, (3, 5), elements=st.floats(0.01, 1)),
    st.lists(st.integers(1, 19), min_size=3, max_size=3),
)
def test_spread_keeps_the_weight_of_every_step(weights, lengths):
    mask = (np.arange(19) < np.array(lengths)[:, None]).astype(np.float32)
    valid = np.pad(mask, ((0, 0), (0, 1))).reshape(3, 5, 4).any(axis=2)
    weights = weights * valid / (weights * valid).sum(axis=1, keepdims=True)
    frames = spread(weights, mask, frames_per_step=4)
    np.testing.assert_array_equal(frames > 0, mask == 1)
    steps = np.pad(frames, ((0, 0), (0, 1))).reshape(3, 5, 4).sum(axis=2)
    np.testing.assert_allclose(steps, weights, atol=1e-12)
