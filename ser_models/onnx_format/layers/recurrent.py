"""LSTMs over recordings that are padded behind: the number of unpadded steps of each is passed to ONNX.

What follows the last real step may differ: Keras's LSTM repeats its last output there, its Bidirectional and
ONNX give zeros. So whatever comes next must heed the mask as well, as all networks here do.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ser_models.onnx_format.graph import Draft
from ser_models.onnx_format.layers.call import Call

GATES = (0, 3, 1, 2)
"""Keras's input, forget, cell and output gates in ONNX's order: input, output, forget, cell."""

PER_DIRECTION = 3
"""Arrays of an LSTM: kernel, recurrent kernel, bias."""


def lstm(draft: Draft, call: Call) -> str:
    """One direction, forwards."""
    return _lstm(draft, call, call.config, "forward")


def bidirectional(draft: Draft, call: Call) -> str:
    """Both directions, side by side."""
    call.require(merge_mode="concat")
    return _lstm(draft, call, call.config["layer"]["config"], "bidirectional")


def _lstm(draft: Draft, call: Call, settings: Mapping[str, Any], direction: str) -> str:
    checked = Call(call.kind, settings, call.weights, call.inputs)
    checked.require(
        activation="tanh", recurrent_activation="sigmoid", use_bias=True,
        go_backwards=False, return_state=False,
    )  # fmt: skip
    steps, last = draft.nodes_of(
        "LSTM",
        draft.transpose(call.name, 1, 0, 2),
        *map(draft.constant, _weights(call.weights)),
        _lengths(draft, call),
        outputs=2,
        direction=direction,
        hidden_size=settings["units"],
    )[:2]
    if settings["return_sequences"]:  # (steps, directions, batch, units)
        return draft.reshape(draft.transpose(steps, 2, 0, 1, 3), 0, 0, -1)
    return draft.reshape(draft.transpose(last, 1, 0, 2), 0, -1)


def _weights(arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return ONNX's kernels, recurrent kernels and biases, (directions, 4 or 8 · units, …)."""
    directions = [arrays[start : start + PER_DIRECTION] for start in range(0, len(arrays), PER_DIRECTION)]
    parts = [tuple(_by_gate(array) for array in direction) for direction in directions]
    kernels, recurrent, biases = ([part[index] for part in parts] for index in range(PER_DIRECTION))
    both = [np.concatenate([bias, np.zeros_like(bias)]) for bias in biases]  # ONNX has one for each product
    return [np.stack(kernels), np.stack(recurrent), np.stack(both)]


def _by_gate(array: np.ndarray) -> np.ndarray:
    """Bring Keras's (in, 4 · units) or (4 · units,) to ONNX's order, gates first."""
    parts = np.split(array, len(GATES), axis=-1)
    return np.concatenate([parts[gate] for gate in GATES], axis=-1).T


def _lengths(draft: Draft, call: Call) -> str:
    """How many steps of each recording are real, int32; empty where all are."""
    if call.mask is None:
        return ""
    count = draft.node("ReduceSum", call.mask.name, draft.constant(np.array([1], np.int64)), keepdims=0)
    return draft.node("Cast", count, to=6)
