"""Layers that see each step by itself: dense, normalisation, activations, sums and shapes."""

import numpy as np

from ser_features.errors import InputError
from ser_models.onnx_format.graph import Draft
from ser_models.onnx_format.layers.call import Call

ACTIVATIONS = {"relu": "Relu", "gelu": "Gelu", "tanh": "Tanh", "sigmoid": "Sigmoid", "elu": "Elu"}
"""Operators by Keras's names, where they need no setting."""


def activate(draft: Draft, name: str, value: str) -> str:
    """Apply the activation that Keras calls `name`.

    Raises:
        InputError: if it has no operator here.
    """
    if name == "linear":
        return value
    if name == "softmax":
        return draft.node("Softmax", value, axis=-1)
    if name not in ACTIVATIONS:
        activations = ", ".join(["linear", "softmax", *ACTIVATIONS])
        raise InputError(f"activation {name!r} cannot be written as ONNX: expected one of {activations}")
    return draft.node(ACTIVATIONS[name], value)


def activation(draft: Draft, call: Call) -> str:
    """The activation that the layer is named after."""
    return activate(draft, call.config["activation"], call.name)


def relu(draft: Draft, call: Call) -> str:
    """max(x, 0)."""
    call.require(max_value=None, negative_slope=0.0, threshold=0.0)
    return draft.node("Relu", call.name)


def leaky_relu(draft: Draft, call: Call) -> str:
    """A slope of its own below 0."""
    return draft.node("LeakyRelu", call.name, alpha=float(call.config["negative_slope"]))


def elu(draft: Draft, call: Call) -> str:
    """An exponential below 0."""
    return draft.node("Elu", call.name, alpha=float(call.config["alpha"]))


def dense(draft: Draft, call: Call) -> str:
    """Affine along the last axis, then the activation."""
    kernel, *bias = call.weights
    return activate(
        draft, call.config["activation"], draft.affine(call.name, kernel, bias[0] if bias else None)
    )


def batch_normalization(draft: Draft, call: Call) -> str:
    """Shift and scale per channel by the averages of training; the mask counts in training only."""
    call.require(axis=-1, scale=True, center=True)
    gamma, beta, mean, variance = (array.astype(np.float64) for array in call.weights)
    scale = gamma / np.sqrt(variance + call.config["epsilon"])
    scaled = draft.node("Mul", call.name, draft.constant(scale.astype(np.float32)))
    return draft.node("Add", scaled, draft.constant((beta - mean * scale).astype(np.float32)))


def layer_normalization(draft: Draft, call: Call) -> str:
    """Zero mean and unit variance over the channels of each step, then scale and shift."""
    call.require(axis=(-1,), scale=True, center=True)
    gamma, beta = map(draft.constant, call.weights)
    return draft.node(
        "LayerNormalization", call.name, gamma, beta, axis=-1, epsilon=float(call.config["epsilon"])
    )


def nothing(draft: Draft, call: Call) -> str:
    """What only training needs, such as dropout."""
    return call.name


def add(draft: Draft, call: Call) -> str:
    """The sum of two inputs."""
    return draft.node("Add", *(value.name for value in call.inputs))


def average(draft: Draft, call: Call) -> str:
    """The mean of several inputs."""
    return draft.node("Mean", *(value.name for value in call.inputs))


def multiply(draft: Draft, call: Call) -> str:
    """The product of two inputs."""
    return draft.node("Mul", *(value.name for value in call.inputs))


def reshape(draft: Draft, call: Call) -> str:
    """Another shape of each recording."""
    return draft.reshape(call.name, 0, *call.config["target_shape"])


def flatten(draft: Draft, call: Call) -> str:
    """One axis of each recording."""
    return draft.reshape(call.name, 0, -1)


def mean(draft: Draft, call: Call) -> str:
    """The mean over every axis between recordings and channels."""
    call.require(keepdims=False)
    axes = np.arange(1, len(call.shape) - 1, dtype=np.int64)
    return draft.node("ReduceMean", call.name, draft.constant(axes), keepdims=0)
