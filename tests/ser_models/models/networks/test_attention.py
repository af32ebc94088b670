"""The two networks with attention: padding that cannot be heard, weights that can be read."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from ser_features.errors import InputError
from ser_models.data.batches import InMemory
from ser_models.models import create
from ser_models.models.base import Labelled
from ser_models.models.networks.attention import spread

NAMES = ("bone_conducted_transformer", "attention_cnn_bilstm")
LENGTH = 30


def padded(count, length, seed):
    """Return frames and mask of recordings of 6 to `length` - 1 frames."""
    rng = np.random.default_rng(seed)
    mask = (np.arange(length) < rng.integers(6, length, count)[:, None]).astype(np.float32)
    frames = rng.normal(size=(count, length, 8)).astype(np.float32) * mask[:, :, None]
    return {"frames": frames, "mask": mask}


@pytest.fixture(scope="module", params=NAMES)
def fitted(request):
    """Return a trained model and 12 padded recordings."""
    arrays = padded(12, LENGTH, seed=0)
    data = Labelled(InMemory(arrays), np.arange(12) % 2, 2)
    model = create(request.param, {"length": LENGTH, "epochs": 2})
    model.fit(data, data, seed=0, on_epoch=lambda row: None)
    return model, arrays


def test_what_stands_in_padded_frames_changes_nothing(fitted):
    model, arrays = fitted
    noise = np.where(arrays["mask"][:, :, None] == 0, 7.0, arrays["frames"]).astype(np.float32)
    heard = {"frames": noise, "mask": arrays["mask"]}
    np.testing.assert_array_equal(model.predict_proba(heard), model.predict_proba(arrays))
    np.testing.assert_array_equal(model.attention(heard), model.attention(arrays))


def test_what_stands_in_padded_frames_changes_nothing_in_training(fitted):
    model, arrays = fitted
    noise = np.where(arrays["mask"][:, :, None] == 0, 7.0, arrays["frames"]).astype(np.float32)
    histories = []
    for frames in (arrays["frames"], noise):
        data = Labelled(InMemory({"frames": frames, "mask": arrays["mask"]}), np.arange(12) % 2, 2)
        again = create(model.name, {"length": LENGTH, "epochs": 1})
        histories.append(again.fit(data, data, seed=0, on_epoch=lambda row: None))
    assert histories[0] == histories[1]


@pytest.mark.parametrize("length", [29, 40])
def test_how_much_padding_follows_changes_nothing(fitted, length):
    model, arrays = fitted
    other = create(model.name, {"length": length})
    other.network = other.build({"frames": (length, 8), "mask": (length,)}, classes=2)
    other.network.set_weights(model.network.get_weights())
    longer = {
        name: np.pad(array, [(0, 0), (0, 10)] + [(0, 0)] * (array.ndim - 2))[:, :length]
        for name, array in arrays.items()
    }
    np.testing.assert_allclose(other.predict_proba(longer), model.predict_proba(arrays), atol=1e-6)
    common = min(length, LENGTH)
    np.testing.assert_allclose(
        other.attention(longer)[:, :common], model.attention(arrays)[:, :common], atol=1e-6
    )


def test_every_frame_of_speech_weighs_and_no_padding_does(fitted):
    model, arrays = fitted
    weights = model.attention(arrays)
    assert weights.shape == (12, LENGTH)
    assert weights.dtype == np.float64
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_array_equal(weights > 0, arrays["mask"] == 1)


def test_the_weights_are_those_that_the_answer_is_made_with(fitted):
    """What follows in the graph is the sum of the steps, weighted by them."""
    model, arrays = fitted
    (dot,) = (layer for layer in model.network.layers if type(layer).__name__ == "Dot")
    probe = keras.Model(model.network.input, [*dot.input, dot.output])
    weights, steps, summed = (keras.ops.convert_to_numpy(each) for each in probe(arrays))
    assert dot.input[0] is model.network.get_layer("attention").output
    np.testing.assert_allclose(summed, np.einsum("rsk,rsc->rkc", weights, steps), atol=1e-5)


def test_attention_of_a_restored_model_is_the_same(fitted, tmp_path):
    model, arrays = fitted
    path = tmp_path / "model.keras"
    model.save(path)
    restored = create(model.name, model.parameters).restore(path, classes=2)
    np.testing.assert_allclose(restored.attention(arrays), model.attention(arrays), atol=1e-7)


def test_attention_of_many_recordings_is_that_of_each(fitted):
    model, _ = fitted
    many = padded(70, LENGTH, seed=1)
    alone = {name: array[-1:] for name, array in many.items()}
    np.testing.assert_allclose(model.attention(many)[-1:], model.attention(alone), atol=1e-6)


def test_attention_learns_where_the_emotion_is():
    """A class that is told by ten loud frames alone draws the attention there."""
    rng = np.random.default_rng(0)
    targets = np.arange(64) % 2
    frames = rng.normal(scale=0.3, size=(64, 40, 8)).astype(np.float32)
    starts = rng.integers(0, 30, 64)
    told = np.arange(40) - starts[:, None]
    told = (told >= 0) & (told < 10)
    frames += (told[:, :, None] * np.where(targets, 2, -2)[:, None, None]).astype(np.float32)
    data = Labelled(InMemory({"frames": frames, "mask": np.ones((64, 40), np.float32)}), targets, 2)
    model = create("attention_cnn_bilstm", {"length": 40, "epochs": 25, "learning_rate": 2e-3})
    model.fit(data, data, seed=0, on_epoch=lambda row: None)
    weights = model.attention(data.arrays)
    assert weights[told].sum() / 64 > 0.4  # of frames that are a quarter of all


@pytest.mark.parametrize("name", NAMES)
def test_a_model_that_is_not_fitted_has_no_attention(name):
    with pytest.raises(RuntimeError, match=f"{name} is not fitted"):
        create(name).attention(padded(1, 8, seed=0))


@given(
    arrays_of.arrays(np.float64, (3, 5), elements=st.floats(0.01, 1)),
    st.lists(st.integers(1, 19), min_size=3, max_size=3),
)
def test_spread_keeps_the_weight_of_every_step(weights, lengths):
    mask = (np.arange(19) < np.array(lengths)[:, None]).astype(np.float32)
    real = np.pad(mask, ((0, 0), (0, 1))).reshape(3, 5, 4).any(axis=2)
    weights = weights * real / (weights * real).sum(axis=1, keepdims=True)
    frames = spread(weights, mask, frames_per_step=4)
    np.testing.assert_array_equal(frames > 0, mask == 1)
    steps = np.pad(frames, ((0, 0), (0, 1))).reshape(3, 5, 4).sum(axis=2)
    np.testing.assert_allclose(steps, weights, atol=1e-12)


def test_the_transformer_has_the_parts_in_order():
    network = create("bone_conducted_transformer").build({"frames": (64, 128), "mask": (64,)}, classes=8)
    kinds = [type(layer).__name__ for layer in network.layers]
    convolutions = [layer for layer in network.layers if type(layer).__name__ == "Conv1D"]
    assert [(each.filters, each.kernel_size) for each in convolutions] == [(128, (5,)), (128, (3,))]
    assert kinds.count("MultiHeadAttention") == 2
    last = len(kinds) - 1 - kinds[::-1].index("Conv1D")
    assert last < kinds.index("MultiHeadAttention") < kinds.index("Softmax")
    assert network.get_layer("attention").output.shape == (None, 16, 1)


def test_the_recurrent_network_has_the_parts_in_order():
    network = create("attention_cnn_bilstm").build({"frames": (64, 192), "mask": (64,)}, classes=8)
    kinds = [type(layer).__name__ for layer in network.layers]
    order = [kinds.index(kind) for kind in ("Add", "Bidirectional", "Softmax", "LayerNormalization")]
    assert order == sorted(order)
    assert kinds.count("Add") == 2
    assert kinds.count("BatchNormalization") == 4
    activations = [layer.activation.__name__ for layer in network.layers if hasattr(layer, "activation")]
    assert activations.count("gelu") == 5
    assert "relu" not in activations


def test_the_recurrent_network_reads_five_families_side_by_side():
    inputs = create("attention_cnn_bilstm", {"length": 80}).inputs
    assert inputs.families == ("mfcc", "chroma", "mel", "contrast", "tonnetz")
    assert inputs.length == 80


def test_published_training_is_the_default():
    bone, attention = (create(name).parameters for name in NAMES)
    assert (bone["batch_size"], bone["patience"], bone["epochs"]) == (64, 5, 20)
    assert (bone["label_smoothing"], bone["class_weights"], bone["optimizer"]) == (0.1, True, "adam")
    assert (attention["learning_rate"], attention["schedule"]) == (2e-4, "plateau")
    fusion, conv3d = (create(name).parameters for name in ("fusion_cnn_bilstm", "chunked_conv3d"))
    assert (fusion["batch_size"], fusion["learning_rate"], fusion["epochs"]) == (32, 1e-3, 150)
    assert fusion["schedule"] == conv3d["schedule"] == "plateau"
    assert (conv3d["loss"], conv3d["optimizer"]) == ("focal", "adam")


def test_heads_that_do_not_divide_the_width_are_said_in_one_line():
    with pytest.raises(InputError) as error:
        create("bone_conducted_transformer", {"width": 100, "heads": 8})
    expected = "model 'bone_conducted_transformer': width is 100, expected a multiple of heads, 8"
    assert str(error.value) == expected
