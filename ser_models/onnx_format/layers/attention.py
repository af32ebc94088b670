"""Attention: masked softmax, weighted sums and multi-head attention."""

import numpy as np

from ser_models.onnx_format.graph import GraphBuilder, Value
from ser_models.onnx_format.layers.call import Call

MASKED = -1e9
"""Added to the scores of padding, as in Keras, so that its weight becomes exactly 0."""


def masked_softmax(builder: GraphBuilder, call: Call) -> str:
    """Masked softmax along an axis; the mask has the shape of the input."""
    scores = call.name
    if call.mask is not None:
        scores = builder.node("Add", scores, _masking(builder, call.mask.name))
    return builder.node("Softmax", scores, axis=int(call.config["axis"]))


def weighted_sum(builder: GraphBuilder, call: Call) -> str:
    """(batch, steps, m) and (batch, steps, n) → (batch, m, n): dot products over steps."""
    call.require(axes=1, normalize=False)
    first, second = call.inputs
    return builder.node("MatMul", builder.transpose(first.name, 0, 2, 1), second.name)


def multi_head(builder: GraphBuilder, call: Call) -> str:
    """Multi-head attention to all unmasked steps (Vaswani et al., 2017)."""
    call.require(use_bias=True, attention_axes=(1,), output_shape=None)
    query, value = call.inputs[:2]
    query_kernel, query_bias, key_kernel, key_bias, value_kernel, value_bias, out, out_bias = call.weights
    scaled = 1 / np.sqrt(call.config["key_dim"])
    queries = _heads(
        builder, query, query_kernel * np.float32(scaled), query_bias * np.float32(scaled), (0, 2, 1, 3)
    )
    keys = _heads(builder, value, key_kernel, key_bias, (0, 2, 3, 1))
    values = _heads(builder, value, value_kernel, value_bias, (0, 2, 1, 3))
    scores = builder.node("MatMul", queries, keys)  # (batch, heads, steps, steps)
    if call.mask is not None:
        scores = builder.node("Add", scores, _masking(builder, builder.reshape(call.mask.name, 0, 1, 1, -1)))
    context = builder.node("MatMul", builder.node("Softmax", scores, axis=-1), values)
    concatenated = builder.reshape(builder.transpose(context, 0, 2, 1, 3), 0, 0, -1)
    return builder.affine(concatenated, out.reshape(-1, out.shape[-1]), out_bias)


def _heads(
    builder: GraphBuilder, value: Value, kernel: np.ndarray, bias: np.ndarray, order: tuple[int, ...]
) -> str:
    """Project (batch, steps, width) to (batch, steps, heads, size) and permute its axes."""
    flat = builder.affine(value.name, kernel.reshape(kernel.shape[0], -1), bias.ravel())
    return builder.transpose(builder.reshape(flat, 0, 0, *kernel.shape[1:]), *order)


def _masking(builder: GraphBuilder, mask: str) -> str:
    """Return 0 where the mask is 1 and `MASKED` where it is 0."""
    padding = builder.node("Sub", builder.number(1), mask)
    return builder.node("Mul", padding, builder.number(MASKED))
