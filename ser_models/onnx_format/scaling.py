"""Imputation and scaling as nodes of the graph, in double precision.

columns: (n, columns) float32, NaN where missing → (n, columns) float32
frames, mask: (n, length, bands) as stored, (n, length) → the same scaled, 0 where there is padding
chunks: unchanged, because they are scaled to 0–1 when they are cut
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ser_models.onnx_format.graph import GraphBuilder

if TYPE_CHECKING:
    from ser_models.data.batches import Scaler

FLOAT, DOUBLE = 1, 11
"""Data types in ONNX."""


def scaled_inputs(builder: GraphBuilder, scaler: "Scaler", names: Mapping[str, str]) -> dict[str, str]:
    """Add imputation and scaling of every input.

    Args:
        builder: the graph.
        scaler: fitted.
        names: of the graph's inputs, by the network's names of them.

    Returns:
        Names of the scaled values, by the same names.
    """
    kind = scaler.inputs.kind
    if kind == "columns":
        return {"columns": _columns(builder, scaler, names["columns"])}
    if kind == "frames":
        mask = builder.reshape(names["mask"], 0, -1, 1)
        frames = builder.node("Mul", _standard(builder, scaler, names["frames"]), mask)
        return {"frames": frames, "mask": names["mask"]}
    return dict(names)


def _columns(builder: GraphBuilder, scaler: "Scaler", raw: str) -> str:
    medians = builder.constant(scaler.statistics["median"].astype(np.float32))
    return _standard(builder, scaler, builder.node("Where", builder.node("IsNaN", raw), medians, raw))


def _standard(builder: GraphBuilder, scaler: "Scaler", raw: str) -> str:
    statistics = scaler.statistics
    centred = builder.node("Sub", builder.node("Cast", raw, to=DOUBLE), builder.constant(statistics["mean"]))
    return builder.node("Cast", builder.node("Div", centred, builder.constant(statistics["scale"])), to=FLOAT)
