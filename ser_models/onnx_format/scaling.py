"""Imputation and scaling as nodes of the graph, in double precision, as scikit-learn computes them.

columns: (n, columns) float32, NaN where missing → (n, columns) float32
frames, mask: (n, length, bands) as stored, (n, length) → the same scaled, 0 where there is padding
chunks: already between 0 and 1, as nothing was learned for them
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ser_models.onnx_format.graph import Draft

if TYPE_CHECKING:
    from ser_models.data.scaling import Scaler

FLOAT, DOUBLE = 1, 11
"""ONNX's numbers of types."""


def scaled_inputs(draft: Draft, scaler: "Scaler", names: Mapping[str, str]) -> dict[str, str]:
    """Append the scaling of every input.

    Args:
        draft: the graph.
        scaler: fitted.
        names: the graph's inputs, by what the network calls them.

    Returns:
        What the network shall read, by the same names.
    """
    kind = scaler.inputs.kind
    if kind == "columns":
        return {"columns": _columns(draft, scaler, names["columns"])}
    if kind == "frames":
        mask = draft.reshape(names["mask"], 0, -1, 1)
        frames = draft.node("Mul", _standard(draft, scaler, names["frames"]), mask)
        return {"frames": frames, "mask": names["mask"]}
    return dict(names)


def _columns(draft: Draft, scaler: "Scaler", raw: str) -> str:
    medians = draft.constant(scaler.statistics["median"].astype(np.float32))
    return _standard(draft, scaler, draft.node("Where", draft.node("IsNaN", raw), medians, raw))


def _standard(draft: Draft, scaler: "Scaler", raw: str) -> str:
    statistics = scaler.statistics
    centred = draft.node("Sub", draft.node("Cast", raw, to=DOUBLE), draft.constant(statistics["mean"]))
    return draft.node("Cast", draft.node("Div", centred, draft.constant(statistics["scale"])), to=FLOAT)
