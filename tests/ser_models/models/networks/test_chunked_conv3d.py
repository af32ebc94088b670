"""The Conv3D network: published sizes, and all that the report tunes."""

import itertools

import keras
import numpy as np
import pytest

from ser_features.errors import InputError
from ser_models.models import create

SHAPES = {"chunks": (3, 128, 60, 1)}

PUBLISHED = [
    ("Conv3D", (3, 128, 60, 64), 1_664),
    ("BatchNormalization", (3, 128, 60, 64), 256),
    ("MaxPooling3D", (3, 64, 30, 64), 0),
    ("Conv3D", (3, 64, 30, 128), 73_856),
    ("BatchNormalization", (3, 64, 30, 128), 512),
    ("MaxPooling3D", (3, 32, 15, 128), 0),
    ("Conv3D", (3, 32, 15, 256), 295_168),
    ("BatchNormalization", (3, 32, 15, 256), 1_024),
    ("MaxPooling3D", (3, 16, 7, 256), 0),
    ("Conv3D", (3, 16, 7, 512), 1_180_160),
    ("BatchNormalization", (3, 16, 7, 512), 2_048),
    ("MaxPooling3D", (3, 8, 3, 512), 0),
    ("Conv3D", (3, 8, 3, 512), 262_656),
    ("BatchNormalization", (3, 8, 3, 512), 2_048),
    ("GlobalAveragePooling3D", (512,), 0),
    ("Dense", (512,), 262_656),
    ("BatchNormalization", (512,), 2_048),
    ("Dense", (256,), 131_328),
    ("BatchNormalization", (256,), 1_024),
    ("Dense", (7,), 1_799),
]


def named(network, *names):
    return [layer for layer in network.layers if type(layer).__name__ in names]


def forwards_and_backwards(network, chunks):
    both = (chunks, chunks[:, ::-1].copy())
    return [keras.ops.convert_to_numpy(network({"chunks": given})) for given in both]


def test_every_layer_is_as_published():
    network = create("chunked_conv3d").build(SHAPES, classes=7)
    other = ("InputLayer", "ReLU", "Dropout")
    layers = [layer for layer in network.layers if type(layer).__name__ not in other]
    described = [(type(layer).__name__, layer.output.shape[1:], layer.count_params()) for layer in layers]
    assert described == PUBLISHED
    assert network.count_params() == 2_218_247
    assert [layer.rate for layer in named(network, "Dropout")] == [0.2, 0.3, 0.3, 0.3, 0.4, 0.3]


def test_the_order_of_layers_in_a_block():
    network = create("chunked_conv3d").build(SHAPES, classes=7)
    order = ["Conv3D", "BatchNormalization", "ReLU", "MaxPooling3D", "Dropout"]
    assert [type(layer).__name__ for layer in network.layers[1:21]] == order * 4
    kernels = [layer.kernel_size for layer in named(network, "Conv3D")]
    assert kernels == [(1, 5, 5), (1, 3, 3), (1, 3, 3), (1, 3, 3), (1, 1, 1)]


def test_chunks_are_independent_before_the_head():
    network = create("chunked_conv3d").build(SHAPES, classes=7)
    chunks = np.random.default_rng(0).random((1, *SHAPES["chunks"]), dtype=np.float32)
    np.testing.assert_allclose(*forwards_and_backwards(network, chunks), atol=1e-5)


@pytest.mark.parametrize("head", ["transformer", "lstm"])
def test_a_head_over_time_depends_on_the_order_of_the_chunks(head):
    network = create("chunked_conv3d", {"head": head}).build({"chunks": (3, 16, 20, 1)}, classes=7)
    chunks = np.random.default_rng(0).random((1, 3, 16, 20, 1), dtype=np.float32)
    forwards, backwards = forwards_and_backwards(network, chunks)
    assert np.abs(forwards - backwards).max() > 1e-5


@pytest.mark.parametrize(
    ("head", "layer"),
    [("pool", "GlobalAveragePooling3D"), ("transformer", "MultiHeadAttention"), ("lstm", "LSTM")],
)
@pytest.mark.parametrize("depth", [2, 3, 4])
def test_depth_and_head_are_configuration(depth, head, layer):
    network = create("chunked_conv3d", {"depth": depth, "head": head}).build(SHAPES, classes=7)
    filters = [convolution.filters for convolution in named(network, "Conv3D")]
    assert filters == [*[64, 128, 256, 512][:depth], 512]
    assert len(named(network, layer)) == 1
    assert network.output_shape == (None, 7)


def test_a_head_over_time_has_a_step_per_remaining_frame():
    network = create("chunked_conv3d", {"head": "lstm"}).build(SHAPES, classes=7)
    assert named(network, "LSTM")[0].input.shape[1:] == (3 * 3, 512)


@pytest.mark.parametrize(
    ("activation", "layer"), [("relu", "ReLU"), ("leaky_relu", "LeakyReLU"), ("elu", "ELU")]
)
def test_the_activation_is_configuration(activation, layer):
    network = create("chunked_conv3d", {"activation": activation}).build(SHAPES, classes=7)
    activations = named(network, "ReLU", "LeakyReLU", "ELU")
    assert [type(activation).__name__ for activation in activations] == [layer] * 6
    assert network.count_params() == 2_218_247
    if activation == "leaky_relu":
        assert [activation.negative_slope for activation in activations] == pytest.approx([0.1] * 6)


def test_filters_and_kernels_are_configuration():
    parameters = {"depth": 2, "filters": [8, 16], "kernels": [3, 1]}
    network = create("chunked_conv3d", parameters).build(SHAPES, classes=7)
    sizes = [(layer.filters, layer.kernel_size) for layer in named(network, "Conv3D")]
    assert sizes == [(8, (1, 3, 3)), (16, (1, 1, 1)), (512, (1, 1, 1))]


def test_dropout_and_batch_normalisation_are_configuration():
    parameters = {"depth": 2, "dropouts": [0.1, 0.25], "dense_dropouts": [0.5, 0.0], "batch_norm": False}
    network = create("chunked_conv3d", parameters).build(SHAPES, classes=7)
    assert [layer.rate for layer in named(network, "Dropout")] == [0.1, 0.25, 0.5, 0.0]
    assert not named(network, "BatchNormalization")


def test_inputs():
    inputs = create("chunked_conv3d", {"chunks": 2, "frames": 30}).inputs
    assert (inputs.family, inputs.chunks, inputs.frames) == ("mel", 2, 30)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"depth": 5}, "depth is 5, expected an integer from 2 to 4"),
        ({"dropouts": [0.1]}, "dropouts is [0.1], expected one for each of the 4 blocks"),
        ({"dense_dropouts": [0.1]}, "dense_dropouts is [0.1], expected one for each of the 2 dense layers"),
        ({"head": "mean"}, "head is 'mean', expected one of pool, transformer, lstm"),
        ({"filters": [64, 128]}, "filters is [64, 128], expected one for each of the 4 blocks"),
        ({"kernels": [3], "depth": 2}, "kernels is [3], expected one for each of the 2 blocks"),
        ({"frames": 15}, "chunks have 15 frames, expected at least 16 for a depth of 4"),
    ],
)
def test_invalid_values_are_refused_in_one_line(parameters, message):
    with pytest.raises(InputError) as error:
        create("chunked_conv3d", parameters)
    assert str(error.value) == f"model 'chunked_conv3d': {message}"


def test_too_few_mel_bands_are_refused_in_one_line():
    message = "chunks have 12 mel bands, expected at least 16 for a depth of 4"
    with pytest.raises(InputError, match=message):
        create("chunked_conv3d").build({"chunks": (3, 12, 60, 1)}, classes=7)


def test_all_tuned_combinations_are_valid():
    choices = itertools.product((2, 3, 4), ("relu", "leaky_relu", "elu"), ("pool", "transformer", "lstm"))
    for depth, activation, head in choices:
        given = {"depth": depth, "activation": activation, "head": head}
        assert given.items() <= create("chunked_conv3d", given).parameters.items()
