"""ONNX Runtime says what Keras says, for every network of the registry, on recordings of every length."""

import numpy as np
import pytest

from ser_features.errors import InputError
from ser_models.artifact.native_backend import NativeBackend
from ser_models.models import MODELS, model_class
from ser_models.models.networks.network import Network
from ser_models.onnx_format import export
from ser_models.onnx_format.session import OnnxBackend

NETWORKS = [name for name in MODELS if issubclass(model_class(name), Network)]
VARIANTS = [
    ("chunked_conv3d", {"head": "lstm", "activation": "elu", "depth": 2}),
    ("chunked_conv3d", {"head": "transformer", "activation": "leaky_relu", "depth": 3}),
    ("bone_conducted_transformer", {"layers": 1, "heads": 2, "width": 8}),
    ("cnn_lstm", {"length": 33}),
    ("cnn_lstm", {"lstm": 0, "heads": 2, "batch_norm": False}),
    ("cnn_lstm", {"reads": "columns", "padding": "valid", "lstm": 3}),
    ("attention_cnn_bilstm", {"length": 41, "units": 3}),
]

TOLERANCE = 1e-5


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        *((name, {}) for name in NETWORKS),
        *(pytest.param(name, values, marks=pytest.mark.long) for name, values in VARIANTS),
    ],
)
def test_keras_and_onnx_runtime_agree(network, tmp_path, name, parameters):
    model, scaler, raw = network(name, **parameters)
    export.write(model.fitted_network, scaler, tmp_path / "model.onnx")
    ours, theirs = OnnxBackend.load(tmp_path / "model.onnx", model), NativeBackend(model, scaler)
    expected = theirs.probabilities(raw)
    assert np.ptp(expected, axis=0).max() > 10 * TOLERANCE, "the recordings would all be answered alike"
    np.testing.assert_allclose(ours.probabilities(raw), expected, atol=TOLERANCE, rtol=0)
    weights, attention = ours.attention(raw), theirs.attention(raw)
    assert (weights is None) == (attention is None)
    for weight, other in zip(weights or [], attention or [], strict=True):
        np.testing.assert_allclose(weight, other, atol=TOLERANCE, rtol=0)


def test_a_recording_is_recognised_alike_alone_and_among_others(network, tmp_path):
    model, scaler, raw = network("attention_cnn_bilstm")
    export.write(model.fitted_network, scaler, tmp_path / "model.onnx")
    portable = OnnxBackend.load(tmp_path / "model.onnx", model)
    alone = np.concatenate([portable.probabilities(raw[index : index + 1]) for index in range(len(raw))])
    np.testing.assert_allclose(alone, portable.probabilities(raw), atol=1e-6)


def test_the_same_network_gives_the_same_bytes(network, tmp_path):
    model, scaler, _ = network("cnn_lstm")
    for name in ("one", "two"):
        export.write(model.fitted_network, scaler, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ({"class_name": "GRU", "config": {"units": 4}}, "layer GRU has no ONNX converter: add one to"),
        (
            {"class_name": "Dense", "config": {"units": 4, "activation": "mish"}},
            "activation 'mish' has no ONNX converter: expected one of linear, softmax, relu, gelu",
        ),
        (
            {"class_name": "Conv1D", "config": {"filters": 4, "kernel_size": 3, "strides": 2}},
            "Conv1D with strides (2,) has no ONNX converter: expected (1,), or add one to",
        ),
    ],
)
def test_a_layer_without_converter_is_named(network, tmp_path, layer, message):
    import keras

    model, scaler, _ = network("cnn_lstm")
    frames, mask = keras.Input((40, 20), name="frames"), keras.Input((40,), name="mask")
    made = getattr(keras.layers, layer["class_name"])(**layer["config"])(frames)
    model.network = keras.Model({"frames": frames, "mask": mask}, keras.layers.Flatten()(made))
    with pytest.raises(InputError) as error:
        export.write(model.fitted_network, scaler, tmp_path / "model.onnx")
    assert message in str(error.value)


def test_a_layer_that_is_called_twice_is_refused(network, tmp_path):
    import keras

    model, scaler, _ = network("mlp")
    columns = keras.Input((30,), name="columns")
    dense = keras.layers.Dense(30, name="again")
    model.network = keras.Model({"columns": columns}, dense(dense(columns)))
    with pytest.raises(InputError, match="layer again is called more than once: expected once"):
        export.write(model.fitted_network, scaler, tmp_path / "model.onnx")
