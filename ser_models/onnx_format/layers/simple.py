"""Layers without context: dense, normalisation, activations, sums and shapes."""

import numpy as np

from ser_features.errors import InputError
from ser_models.onnx_format.graph import GraphBuilder
from ser_models.onnx_format.layers.call import Call

ACTIVATIONS = {"relu": "Relu", "gelu": "Gelu", "tanh": "Tanh", "sigmoid": "Sigmoid", "elu": "Elu"}
"""Operators without attributes, by Keras's names."""


def activate(builder: GraphBuilder, name: str, value: str) -> str:
    """Apply the activation with the given name in Keras.

    Raises:
        InputError: if it is not supported.
    """
    if name == "linear":
        return value
    if name == "softmax":
        return builder.node("Softmax", value, axis=-1)
    if name not in ACTIVATIONS:
        supported = ", ".join(["linear", "softmax", *ACTIVATIONS])
        raise InputError(f"activation {name!r} has no ONNX converter: expected one of {supported}")
    return builder.node(ACTIVATIONS[name], value)


def activation(builder: GraphBuilder, call: Call) -> str:
    """Activation layer."""
    return activate(builder, call.config["activation"], call.name)


def relu(builder: GraphBuilder, call: Call) -> str:
    """max(x, 0)."""
    call.require(max_value=None, negative_slope=0.0, threshold=0.0)
    return builder.node("Relu", call.name)


def leaky_relu(builder: GraphBuilder, call: Call) -> str:
    """Leaky ReLU."""
    return builder.node("LeakyRelu", call.name, alpha=float(call.config["negative_slope"]))


def elu(builder: GraphBuilder, call: Call) -> str:
    """Exponential linear unit."""
    return builder.node("Elu", call.name, alpha=float(call.config["alpha"]))


def dense(builder: GraphBuilder, call: Call) -> str:
    """Affine map of the last axis, then the activation."""
    kernel, *bias = call.weights
    return activate(
        builder, call.config["activation"], builder.affine(call.name, kernel, bias[0] if bias else None)
    )


def batch_normalization(builder: GraphBuilder, call: Call) -> str:
    """Normalisation of each channel by its moving averages; the mask matters only in training."""
    call.require(axis=-1, scale=True, center=True)
    gamma, beta, mean, variance = (array.astype(np.float64) for array in call.weights)
    scale = gamma / np.sqrt(variance + call.config["epsilon"])
    scaled = builder.node("Mul", call.name, builder.constant(scale.astype(np.float32)))
    return builder.node("Add", scaled, builder.constant((beta - mean * scale).astype(np.float32)))


def layer_normalization(builder: GraphBuilder, call: Call) -> str:
    """Zero mean and unit variance over the channels of each step, then scale and shift."""
    call.require(axis=(-1,), scale=True, center=True)
    gamma, beta = map(builder.constant, call.weights)
    return builder.node(
        "LayerNormalization", call.name, gamma, beta, axis=-1, epsilon=float(call.config["epsilon"])
    )


def identity(builder: GraphBuilder, call: Call) -> str:
    """Layers without effect in prediction, such as dropout."""
    return call.name


def add(builder: GraphBuilder, call: Call) -> str:
    """Sum of two inputs."""
    return builder.node("Add", *(value.name for value in call.inputs))


def average(builder: GraphBuilder, call: Call) -> str:
    """Mean of several inputs."""
    return builder.node("Mean", *(value.name for value in call.inputs))


def multiply(builder: GraphBuilder, call: Call) -> str:
    """Product of two inputs."""
    return builder.node("Mul", *(value.name for value in call.inputs))


def subtract(builder: GraphBuilder, call: Call) -> str:
    """First input minus the second."""
    return builder.node("Sub", *(value.name for value in call.inputs))


def concatenate(builder: GraphBuilder, call: Call) -> str:
    """All inputs side by side."""
    return builder.node("Concat", *(value.name for value in call.inputs), axis=int(call.config["axis"]))


def reshape(builder: GraphBuilder, call: Call) -> str:
    """Reshape each recording."""
    return builder.reshape(call.name, 0, *call.config["target_shape"])


def flatten(builder: GraphBuilder, call: Call) -> str:
    """Flatten each recording."""
    return builder.reshape(call.name, 0, -1)


def mean(builder: GraphBuilder, call: Call) -> str:
    """Global average pooling over all axes between recordings and channels, or over unmasked steps."""
    call.require(keepdims=False)
    axes = builder.constant(np.arange(1, len(call.shape) - 1, dtype=np.int64))
    if call.mask is None:
        return builder.node("ReduceMean", call.name, axes, keepdims=0)
    weights = builder.reshape(call.mask.name, 0, -1, 1)
    total = builder.node("ReduceSum", builder.node("Mul", call.name, weights), axes, keepdims=0)
    return builder.node("Div", total, builder.node("ReduceSum", weights, axes, keepdims=0))
