"""Attacks on model.onnx; every file has the hash that artifact.json says."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from tests.attacks.base import PICKLE, Hostile, Spoil, changed, rehash, replaced

MODEL = "model.onnx"
SECRET = "/etc/hostname"
FLOAT, DOUBLE, TEXT = onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE, onnx.TensorProto.STRING


def _model(change: Callable[[Any], Any]) -> Spoil:
    """Change the model."""

    def spoil(folder: Path) -> None:
        model = onnx.load_from_string((folder / MODEL).read_bytes())
        change(model)
        (folder / MODEL).write_bytes(model.SerializeToString())
        rehash(folder, MODEL)

    return spoil


def _graph(change: Callable[[Any], Any]) -> Spoil:
    return _model(lambda model: change(model.graph))


def _weight(change: Callable[[Any], Any]) -> Spoil:
    """Change the largest weight."""
    return _graph(lambda graph: change(max(graph.initializer, key=lambda weight: len(weight.raw_data))))


def _elsewhere(location: str) -> Spoil:
    """Say that a weight is in another file."""

    def change(weight: Any) -> None:
        weight.ClearField("raw_data")
        weight.data_location = onnx.TensorProto.EXTERNAL
        weight.external_data.add(key="location", value=location)

    return _weight(change)


def _first(operator: str, **attributes: Any) -> Spoil:
    """Put another operator in the place of the first one."""

    def change(graph: Any) -> None:
        old = graph.node[0]
        new = helper.make_node(operator, old.input[:1], old.output, **attributes)
        old.CopyFrom(new)

    return _graph(change)


def _setting(operator: str, name: str, value: Any) -> Spoil:
    """Give the first operator of a kind another setting."""

    def change(graph: Any) -> None:
        node = next(node for node in graph.node if node.op_type == operator)
        kept = [attribute for attribute in node.attribute if attribute.name != name]
        del node.attribute[:]
        node.attribute.extend([*kept, helper.make_attribute(name, value)])

    return _graph(change)


def _behind(graph: Any, operator: str, *others: np.ndarray, **attributes: Any) -> None:
    """Append an operator to the output, which keeps its name."""
    last = graph.node[-1]
    number = len(graph.node)
    last.output[0] = f"before{number}"
    names = [f"other{number}_{index}" for index in range(len(others))]
    graph.initializer.extend(map(numpy_helper.from_array, others, names))
    graph.node.append(
        helper.make_node(operator, [f"before{number}", *names], ["probabilities"], **attributes)
    )


def _outer(graph: Any) -> None:
    """Multiply 3 numbers out to 3 · 60,000², 43 GB, and sum them up again."""
    one = np.ones((60_000, 1), np.float32)
    _behind(graph, "Reshape", np.array([-1, 1, 1], np.int64))
    _behind(graph, "Mul", one)
    _behind(graph, "Mul", one.T)
    _behind(graph, "ReduceSum", np.array([1], np.int64), keepdims=0)


def _many(graph: Any) -> None:
    for _ in range(2000):
        _behind(graph, "Relu")


def _weights_alone(graph: Any) -> None:
    one = numpy_helper.from_array(np.ones((60_000, 1), np.float32), "one")
    graph.initializer.append(one)
    graph.node.insert(0, helper.make_node("Mul", ["one", "one"], ["none"]))


def _circle(graph: Any) -> None:
    graph.node[0].input[0] = graph.node[-1].output[0]


def _twice(graph: Any) -> None:
    graph.initializer.append(graph.initializer[0])


def _loop(graph: Any) -> None:
    body = helper.make_graph([], "body", [], [])
    old = graph.node[0]
    old.CopyFrom(helper.make_node("Loop", old.input[:1], old.output, body=body))


def _interface(values: str, change: Callable[[Any], Any]) -> Spoil:
    """Change the first input or output."""
    return _graph(lambda graph: change(getattr(graph, values)[0]))


def _more(values: str, name: str) -> Spoil:
    """Append an input or output."""
    value = helper.make_tensor_value_info(name, FLOAT, [1])
    return _graph(lambda graph: getattr(graph, values).append(value))


def _width(value: Any) -> None:
    value.type.tensor_type.shape.dim[1].dim_value = 10**9


def _type(value: Any) -> None:
    value.type.tensor_type.elem_type = DOUBLE


def _dims(*sizes: int) -> Callable[[Any], Any]:
    def change(weight: Any) -> None:
        del weight.dims[:]
        weight.dims.extend(sizes)

    return change


def _nan(weight: Any) -> None:
    weight.raw_data = np.full(len(weight.raw_data) // 4, np.nan, np.float32).tobytes()


def _function(model: Any) -> None:
    model.functions.append(
        helper.make_function("own", "Relu", ["x"], ["y"], [], [helper.make_opsetid("", 21)])
    )


def _onnx_of_a_logistic(folder: Path) -> None:
    shutil.copy(folder.parent / "mlp.onnx" / MODEL, folder / MODEL)
    rehash(folder, MODEL)


MLP: dict[str, tuple[Spoil, str]] = {
    "a pickle named .onnx": (replaced(MODEL, PICKLE), "cannot be read"),
    "nothing": (replaced(MODEL, b""), "its operator sets are []"),
    "half a file": (changed(MODEL, lambda content: content[: len(content) // 2]), "it ends early"),
    "a file with a tail": (changed(MODEL, lambda content: content + PICKLE), "cannot be read"),
    "a number without end": (replaced(MODEL, b"\x08" + b"\xff" * 10**6), "it ends early"),
    "a length of 2^60": (replaced(MODEL, b"\x3a" + b"\xff" * 7 + b"\x7f"), "it ends early"),
    "a million operators": (replaced(MODEL, b"\x3a\x80\x89\x7a" + b"\n\0" * 10**6), "more than 50000 values"),
    "a million packed numbers": (
        _weight(_dims(*[1] * 10**6)), "more than 50000 values",
    ),
    "weights in a file above": (_elsewhere("../../secret"), "is in another file"),
    "weights in a system file": (_elsewhere(SECRET), "is in another file"),
    "weights beside the model": (_elsewhere("scaler.npz"), "is in another file"),
    "weights of 2^50 numbers": (_weight(_dims(2**50)), "for the shape [1125899906842624]"),
    "weights of fewer than none": (_weight(_dims(-1)), "expected numbers"),
    "weights that are texts": (_weight(lambda weight: setattr(weight, "data_type", TEXT)), "has the type 8"),
    "weights that are NaN": (_weight(_nan), "gives no numbers for a tone"),
    "weights of another shape": (_weight(_dims(1, 256 * 128)), "cannot be loaded safely"),
    "a weight twice": (_graph(_twice), "have the same name"),
    "sparse weights": (
        _graph(lambda graph: graph.sparse_initializer.add()), "unexpected field 15",
    ),
    "an operator that runs Python": (
        _first("PyOp", domain="ai.onnx.contrib"), "has the operator ai.onnx.contrib.PyOp",
    ),
    "an operator of ONNX Runtime's own": (
        _first("FusedMatMul", domain="com.microsoft"), "has the operator com.microsoft.FusedMatMul",
    ),
    "operators of another domain": (
        _model(lambda model: model.opset_import.append(helper.make_opsetid("ai.onnx.contrib", 1))),
        "expected ONNX's own of version 21",
    ),
    "operators of another version": (
        _model(lambda model: setattr(model.opset_import[0], "version", 7)), "('', [7])",
    ),
    "a function that is named as an operator": (_model(_function), "unexpected field 25"),
    "settings for ONNX Runtime": (
        _model(lambda model: model.metadata_props.add(key="ort_config", value="{}")),
        "unexpected field 14",
    ),
    "a graph for training": (
        _model(lambda model: model.training_info.add()), "unexpected field 20",
    ),
    "a loop": (_graph(_loop), "unexpected field 6"),
    "a loop without a body": (_first("Loop"), "has the operator Loop"),
    "as many zeros as are asked for": (_first("ConstantOfShape"), "has the operator ConstantOfShape"),
    "2,000 operators": (_graph(_many), "operators, expected at most 1024"),
    "43 GB between two operators": (_graph(_outer), "does not accept the inputs of mlp"),
    "sums of weights alone": (_graph(_weights_alone), "expected values computed before"),
    "a circle": (_graph(_circle), "expected values computed before"),
    "an output that is there already": (
        _graph(lambda graph: graph.node.append(graph.node[0])), "which exists already",
    ),
    "a setting that is none": (_first("IsNaN", detect="all"), "IsNaN has an attribute detect"),
    "a setting that is a file": (_setting("Softmax", "axis", SECRET), "Softmax has an attribute axis"),
    "a type that is none": (_setting("Cast", "to", 2**40), "Cast has an attribute to"),
    "another input": (_interface("input", lambda value: setattr(value, "name", "x")), "its inputs are x"),
    "a second input": (_more("input", "secret"), "its inputs are columns, secret, expected columns"),
    "an input of another type": (_interface("input", _type), "columns has the type [11], expected float32"),
    "an input of 10^9 columns": (_interface("input", _width), "columns has the shape [0, 1000000000]"),
    "another output": (_interface("output", lambda value: setattr(value, "name", "y")), "its outputs are y"),
    "a second output": (_more("output", "secret"), "its outputs are probabilities, secret"),
    "an output that nothing gives": (_more("output", "attention"), "cannot be loaded safely"),
    "an output of another type": (_interface("output", _type), "probabilities has the type [11]"),
    "as many classes as it likes": (
        _graph(lambda graph: _behind(graph, "MatMul", np.ones((3, 7), np.float32))),
        "has 3 labels for a model of 7 classes",
    ),
}  # fmt: skip

CNN_LSTM: dict[str, tuple[Spoil, str]] = {
    "steps of nothing": (_setting("MaxPool", "strides", [0]), "MaxPool has an attribute strides"),
    "a window of nothing": (_setting("MaxPool", "kernel_shape", [0]), "has an attribute kernel_shape"),
    "padding of less than nothing": (_setting("Conv", "pads", [-9, -9]), "Conv has an attribute pads"),
    "padding of 2^40": (_setting("Conv", "pads", [2**40, 0]), "Conv has an attribute pads"),
    "a kernel of two sizes": (_setting("Conv", "kernel_shape", [4096]), "cannot"),
    "groups of nothing": (_setting("Conv", "group", 0), "Conv has an attribute group"),
    "axes that are none": (_setting("Transpose", "perm", [0, 7, 8]), "cannot be loaded safely"),
    "more units than weights": (_setting("LSTM", "hidden_size", 4096), "does not accept the inputs"),
    "a direction that is none": (_setting("LSTM", "direction", "sideways"), "has an attribute direction"),
    "an activation of its own": (
        _setting("LSTM", "activations", ["Sigmoid", "Tanh", "Tanh"]), "unexpected field 9",
    ),
    "frames of another length": (
        _interface("input", _width), "frames has the shape [0, 1000000000, 64]",
    ),
}  # fmt: skip

GRAPHS = [
    *(
        Hostile(name, model, spoil, says, "" if "tone" in says or "labels" in says else MODEL)
        for model, kinds in (("mlp.onnx", MLP), ("cnn_lstm.onnx", CNN_LSTM))
        for name, (spoil, says) in kinds.items()
    ),
    Hostile("a graph of its own", "logistic", _onnx_of_a_logistic, "does not describe a logistic"),
]
"""What every reader of ONNX files must fear."""
