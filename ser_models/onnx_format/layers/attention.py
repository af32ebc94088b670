"""Attention: softmax over what is real, sums weighed by it, and views of a Transformer."""

import numpy as np

from ser_models.onnx_format.graph import Draft, Value
from ser_models.onnx_format.layers.call import Call

FAR_BELOW = -1e9
"""Added to the scores of padding, as Keras does: their weight becomes exactly 0."""


def masked_softmax(draft: Draft, call: Call) -> str:
    """Softmax along an axis, padding left out; the mask has the shape of the input."""
    scores = call.name
    if call.mask is not None:
        scores = draft.node("Add", scores, _far_below(draft, call.mask.name))
    return draft.node("Softmax", scores, axis=int(call.config["axis"]))


def weighted_sum(draft: Draft, call: Call) -> str:
    """(batch, steps, m) and (batch, steps, n) → (batch, m, n): the dot products over steps."""
    call.require(axes=1, normalize=False)
    first, second = call.inputs
    return draft.node("MatMul", draft.transpose(first.name, 0, 2, 1), second.name)


def multi_head(draft: Draft, call: Call) -> str:
    """Every step looks at all real steps, in several views (Vaswani et al., 2017)."""
    call.require(use_bias=True, attention_axes=(1,), output_shape=None)
    query, value = call.inputs[:2]
    query_kernel, query_bias, key_kernel, key_bias, value_kernel, value_bias, out, out_bias = call.weights
    scaled = 1 / np.sqrt(call.config["key_dim"])
    queries = _views(
        draft, query, query_kernel * np.float32(scaled), query_bias * np.float32(scaled), (0, 2, 1, 3)
    )
    keys = _views(draft, value, key_kernel, key_bias, (0, 2, 3, 1))
    values = _views(draft, value, value_kernel, value_bias, (0, 2, 1, 3))
    scores = draft.node("MatMul", queries, keys)  # (batch, heads, steps, steps)
    if call.mask is not None:
        scores = draft.node("Add", scores, _far_below(draft, draft.reshape(call.mask.name, 0, 1, 1, -1)))
    seen = draft.node("MatMul", draft.node("Softmax", scores, axis=-1), values)
    beside = draft.reshape(draft.transpose(seen, 0, 2, 1, 3), 0, 0, -1)
    return draft.affine(beside, out.reshape(-1, out.shape[-1]), out_bias)


def _views(draft: Draft, value: Value, kernel: np.ndarray, bias: np.ndarray, order: tuple[int, ...]) -> str:
    """Project (batch, steps, width) to (batch, steps, heads, size), its axes brought into an order."""
    flat = draft.affine(value.name, kernel.reshape(kernel.shape[0], -1), bias.ravel())
    return draft.transpose(draft.reshape(flat, 0, 0, *kernel.shape[1:]), *order)


def _far_below(draft: Draft, mask: str) -> str:
    """0 where the mask is 1, `FAR_BELOW` where it is 0."""
    padding = draft.node("Sub", draft.number(1), mask)
    return draft.node("Mul", padding, draft.number(FAR_BELOW))
