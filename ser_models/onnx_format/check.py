"""Validation of model.onnx before ONNX Runtime, written in C++, reads it.

bytes → `check` → nothing, or an `ArtifactError`

A graph could read other files (external data), load code (operators of other domains), contain subgraphs that
never end, or use untested attributes. Only a list of known operators with known attributes is accepted, each
fed by earlier ones, on weights inside the file. `session` bounds the memory of its execution.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from ser_features.errors import ArtifactError
from ser_models.onnx_format import fields, protobuf
from ser_models.onnx_format.names import ATTENTION, OPSET, PROBABILITIES
from ser_models.safe_io.strict import quoted

MAX_NODES = 1024
"""Maximum number of operators; the largest network has 130."""

OPERATORS: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            "Add",
            "Div",
            "Gelu",
            "IsNaN",
            "MatMul",
            "Mean",
            "Mul",
            "Relu",
            "Reshape",
            "Sigmoid",
            "Sub",
            "Tanh",
            "Where",
        ),
        frozenset(),
    ),
    "AveragePool": frozenset({"kernel_shape", "strides", "pads"}),
    "Cast": frozenset({"to"}),
    "Concat": frozenset({"axis"}),
    "Conv": frozenset({"kernel_shape", "pads", "group"}),
    "Elu": frozenset({"alpha"}),
    "LSTM": frozenset({"direction", "hidden_size"}),
    "LayerNormalization": frozenset({"axis", "epsilon"}),
    "LeakyRelu": frozenset({"alpha"}),
    "MaxPool": frozenset({"kernel_shape", "strides", "pads"}),
    "ReduceMean": frozenset({"keepdims"}),
    "ReduceSum": frozenset({"keepdims"}),
    "Softmax": frozenset({"axis"}),
    "Transpose": frozenset({"perm"}),
}
"""Accepted operators and their attributes."""

LIMITS: dict[str, tuple[int, int]] = {
    "axis": (-8, 8),
    "group": (1, 2**16),
    "hidden_size": (1, 2**16),
    "keepdims": (0, 1),
    "kernel_shape": (1, 2**12),
    "pads": (0, 2**12),
    "perm": (0, 8),
    "strides": (1, 2**12),
    "to": (1, 11),
}
"""Minimum and maximum of each integer attribute."""

DIRECTIONS = ("forward", "bidirectional")

FLOAT = 1
ITEM_BYTES = {FLOAT: 4, 7: 8, 11: 8}
"""Bytes per value, by ONNX's number of its data type: float32, int64, float64."""

Message = Mapping[str, list[Any]]


class _MismatchError(ValueError):
    """The graph differs from what `export` writes."""


def check(content: bytes, inputs: Mapping[str, tuple[int | None, ...]]) -> None:
    """Refuse a file that `export` would not write.

    Args:
        content: of model.onnx.
        inputs: shape of one recording in each input; None for any size.

    Raises:
        ArtifactError: naming the file and what is wrong with it.
    """
    try:
        model = protobuf.parse(content, fields.MODEL)
        _check_version(model)
        graph = _only(model["graph"], "graph")
        _check_interface(graph, inputs)
        weights = [_checked_weight(tensor) for tensor in graph["initializer"]]
        _check_nodes(graph, inputs, weights)
    except _MismatchError as error:
        raise ArtifactError(f"model.onnx: {quoted(error, 300)}: do not use it") from error
    except ValueError as error:
        raise ArtifactError(f"model.onnx cannot be read ({quoted(error)}): train again") from error


def _check_version(model: Message) -> None:
    sets = [("".join(entry["domain"]), entry["version"]) for entry in model["opset_import"]]
    if sets != [("", [OPSET])]:
        raise _MismatchError(f"its operator sets are {sets}, expected ONNX's own of version {OPSET}")


def _check_interface(graph: Message, inputs: Mapping[str, tuple[int | None, ...]]) -> None:
    """Refuse inputs and outputs with other names, types or shapes."""
    shapes = dict(map(_value, graph["input"]))
    if len(graph["input"]) != len(inputs) or set(shapes) != set(inputs):
        raise _MismatchError(f"its inputs are {', '.join(shapes)}, expected {', '.join(inputs)}")
    for name, expected in inputs.items():
        first, *sizes = shapes[name] or [0]
        fits = len(sizes) == len(expected) and all(
            size > 0 and allowed in (None, size) for size, allowed in zip(sizes, expected, strict=True)
        )
        if first or not fits:
            raise _MismatchError(
                f"{name} has the shape {shapes[name]}, expected {[0, *expected]}, 0 and None for any"
            )
    outputs = [name for name, _ in map(_value, graph["output"])]
    if outputs not in ([PROBABILITIES], [PROBABILITIES, ATTENTION]):
        raise _MismatchError(
            f"its outputs are {', '.join(outputs)}, expected {PROBABILITIES} and optionally {ATTENTION}"
        )


def _value(value: Message) -> tuple[str, list[int]]:
    """Name and shape of an input or output, 0 for a variable size."""
    name = _only(value["name"], "name of a value")
    tensor = _only(_only(value["type"], f"type of {name}")["tensor_type"], f"type of {name}")
    if tensor["elem_type"] != [FLOAT]:
        raise _MismatchError(f"{name} has the type {tensor['elem_type']}, expected float32")
    shape = _only(tensor["shape"], f"shape of {name}")
    return name, [sum(size["dim_value"]) for size in shape["dim"]]


def _checked_weight(tensor: Message) -> str:
    """Return the name of a weight that is completely inside the file."""
    name = _only(tensor["name"], "name of a weight")
    if tensor["external_data"] or any(tensor["data_location"]):
        raise _MismatchError(f"weight {name} is in another file, expected it inside")
    kind = _only(tensor["data_type"], f"type of {name}")
    content = _only(tensor["raw_data"], f"content of {name}")
    if kind not in ITEM_BYTES or min(tensor["dims"], default=1) < 0:
        raise _MismatchError(
            f"weight {name} has the type {kind} and shape {tensor['dims']}, expected numbers"
        )
    if math.prod(tensor["dims"]) * ITEM_BYTES[kind] != len(content):
        raise _MismatchError(f"weight {name} has {len(content)} bytes for the shape {tensor['dims']}")
    return name


def _check_nodes(graph: Message, inputs: Iterable[str], weights: list[str]) -> None:
    """Refuse unknown operators, and inputs that are undefined or computed from weights alone."""
    if len(graph["node"]) > MAX_NODES:
        raise _MismatchError(f"it has {len(graph['node'])} operators, expected at most {MAX_NODES}")
    computed, defined = set(inputs), {"", *inputs, *weights}
    if len(defined) <= len(weights) + len(computed):
        raise _MismatchError("two of its weights have the same name")
    for node in graph["node"]:
        operator = _checked_operator(node)
        if not defined.issuperset(node["input"]) or not computed.intersection(node["input"]):
            raise _MismatchError(
                f"{operator} reads {', '.join(node['input'])}, expected values computed before"
            )
        if defined.intersection(node["output"]):
            raise _MismatchError(f"{operator} writes {', '.join(node['output'])}, which exists already")
        computed.update(node["output"])
        defined.update(node["output"])


def _checked_operator(node: Message) -> str:
    operator, domain = _only(node["op_type"], "operator of a node"), "".join(node["domain"])
    if domain or operator not in OPERATORS:
        name = f"{domain}.{operator}" if domain else operator
        raise _MismatchError(f"it has the operator {name}, expected only those that ser writes")
    for attribute in node["attribute"]:
        name = _only(attribute["name"], f"name of an attribute of {operator}")
        if name not in OPERATORS[operator] or not _is_valid(name, attribute):
            raise _MismatchError(f"{operator} has an attribute {name} that ser does not write")
    return operator


def _is_valid(name: str, attribute: Message) -> bool:
    if name in LIMITS:
        low, high = LIMITS[name]
        return not (attribute["f"] or attribute["s"]) and all(
            low <= value <= high for value in (*attribute["i"], *attribute["ints"])
        )
    if name == "direction":
        return len(attribute["s"]) == 1 and attribute["s"][0] in DIRECTIONS
    return len(attribute["f"]) == 1 and math.isfinite(attribute["f"][0])


def _only(values: list[Any], what: str) -> Any:
    if len(values) != 1:
        raise _MismatchError(f"{what} occurs {len(values)} times, expected once")
    return values[0]
