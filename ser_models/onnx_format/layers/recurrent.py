"""LSTMs over recordings that are padded at the end: ONNX gets the number of valid steps of each.

Outputs after the last valid step differ: Keras's LSTM repeats its last output, its Bidirectional and ONNX
return zeros. Layers that follow must therefore use the mask as well, as those of all networks here do.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ser_models.onnx_format.graph import GraphBuilder
from ser_models.onnx_format.layers.call import Call

GATES = (0, 3, 1, 2)
"""Keras's input, forget, cell and output gates in ONNX's order: input, output, forget, cell."""

PER_DIRECTION = 3
"""Arrays of an LSTM: kernel, recurrent kernel, bias."""


def lstm(builder: GraphBuilder, call: Call) -> str:
    """Forward LSTM."""
    return _lstm(builder, call, call.config, "forward")


def bidirectional(builder: GraphBuilder, call: Call) -> str:
    """Bidirectional LSTM with concatenated outputs."""
    call.require(merge_mode="concat")
    return _lstm(builder, call, call.config["layer"]["config"], "bidirectional")


def _lstm(builder: GraphBuilder, call: Call, settings: Mapping[str, Any], direction: str) -> str:
    Call(call.kind, settings, call.weights, call.inputs).require(
        activation="tanh", recurrent_activation="sigmoid", use_bias=True,
        go_backwards=False, return_state=False,
    )  # fmt: skip
    steps, last = builder.nodes_of(
        "LSTM",
        builder.transpose(call.name, 1, 0, 2),
        *map(builder.constant, _weights(call.weights)),
        _lengths(builder, call),
        outputs=2,
        direction=direction,
        hidden_size=settings["units"],
    )[:2]
    if settings["return_sequences"]:  # (steps, directions, batch, units)
        return builder.reshape(builder.transpose(steps, 2, 0, 1, 3), 0, 0, -1)
    return builder.reshape(builder.transpose(last, 1, 0, 2), 0, -1)


def _weights(arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return ONNX's kernels, recurrent kernels and biases, (directions, 4 or 8 · units, …)."""
    directions = [arrays[start : start + PER_DIRECTION] for start in range(0, len(arrays), PER_DIRECTION)]
    parts = [tuple(_by_gate(array) for array in direction) for direction in directions]
    kernels, recurrent, biases = ([part[index] for part in parts] for index in range(PER_DIRECTION))
    both = [
        np.concatenate([bias, np.zeros_like(bias)]) for bias in biases
    ]  # ONNX has separate recurrent biases
    return [np.stack(kernels), np.stack(recurrent), np.stack(both)]


def _by_gate(array: np.ndarray) -> np.ndarray:
    """Convert Keras's (in, 4 · units) or (4 · units,) to ONNX's gate order, gates first."""
    parts = np.split(array, len(GATES), axis=-1)
    return np.concatenate([parts[gate] for gate in GATES], axis=-1).T


def _lengths(builder: GraphBuilder, call: Call) -> str:
    """Number of valid steps of each recording, int32; empty without a mask."""
    if call.mask is None:
        return ""
    count = builder.node("ReduceSum", call.mask.name, builder.constant(np.array([1], np.int64)), keepdims=0)
    return builder.node("Cast", count, to=6)
