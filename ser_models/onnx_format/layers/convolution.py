"""Convolutions and pooling. Keras has channels last, ONNX first: every layer transposes its input and output.

ONNX Runtime removes most of the transpositions when it loads the graph.
"""

from collections.abc import Callable

import numpy as np

from ser_models.onnx_format.graph import GraphBuilder
from ser_models.onnx_format.layers.call import Call
from ser_models.onnx_format.layers.simple import activate


def convolve(builder: GraphBuilder, call: Call) -> str:
    """Conv1D, Conv2D or Conv3D; kernel (…, in, out)."""
    kernel, *bias = call.weights
    axes = kernel.ndim - 2
    call.require(groups=1, dilation_rate=(1,) * axes, strides=(1,) * axes, data_format="channels_last")
    return _convolve(builder, call, kernel.transpose(-1, -2, *range(axes)), bias)


def depthwise(builder: GraphBuilder, call: Call) -> str:
    """Depthwise convolution; kernel (steps, channels, 1)."""
    kernel, *bias = call.weights
    call.require(depth_multiplier=1, dilation_rate=(1,), strides=(1,), data_format="channels_last")
    return _convolve(builder, call, kernel.transpose(1, 2, 0), bias, group=kernel.shape[1])


def _convolve(
    builder: GraphBuilder, call: Call, kernel: np.ndarray, bias: list[np.ndarray], group: int = 1
) -> str:
    size = kernel.shape[2:]
    parts = [builder.constant(kernel), *map(builder.constant, bias)]
    pads = _pads(call, size, (1,) * len(size))
    output = _channels_first(
        builder, call, lambda x: builder.node("Conv", x, *parts, kernel_shape=size, pads=pads, group=group)
    )
    return activate(builder, call.config["activation"], output)


def max_pool(builder: GraphBuilder, call: Call) -> str:
    """Maximum of each window."""
    return _pool(builder, call, "MaxPool")


def average_pool(builder: GraphBuilder, call: Call) -> str:
    """Mean of each window."""
    call.require(padding="valid")  # Keras and ONNX count padding differently
    return _pool(builder, call, "AveragePool")


def _pool(builder: GraphBuilder, call: Call, operator: str) -> str:
    call.require(data_format="channels_last")
    size, strides = tuple(call.config["pool_size"]), tuple(call.config["strides"])
    pads = _pads(call, size, strides)
    return _channels_first(
        builder, call, lambda x: builder.node(operator, x, kernel_shape=size, strides=strides, pads=pads)
    )


def _channels_first(builder: GraphBuilder, call: Call, apply: Callable[[str], str]) -> str:
    """Apply a function to the input with channels first, and transpose its result back."""
    axes = len(call.shape)
    first = builder.transpose(call.name, 0, axes - 1, *range(1, axes - 1))
    return builder.transpose(apply(first), 0, *range(2, axes), 1)


def _pads(call: Call, size: tuple[int, ...], strides: tuple[int, ...]) -> list[int]:
    """Zeros before and after each axis; "same" puts the odd one after, as TensorFlow does."""
    if call.config["padding"] == "valid":
        return [0] * (2 * len(size))
    call.require(padding="same")
    totals = [
        max((-(-length // stride) - 1) * stride + window - length, 0)
        for length, window, stride in zip(_lengths(call), size, strides, strict=True)
    ]
    return [total // 2 for total in totals] + [total - total // 2 for total in totals]


def _lengths(call: Call) -> list[int]:
    return [int(length or 0) for length in call.shape[1:-1]]
