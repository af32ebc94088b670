"""Fitted network and scaler → model.onnx.

Keras's own description of the graph is followed, call by call, so every backend of Keras exports alike.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx

from ser_features.errors import InputError
from ser_models.models.networks import blocks
from ser_models.onnx_format.graph import Draft, Value
from ser_models.onnx_format.layers import WAYS
from ser_models.onnx_format.layers.call import Call
from ser_models.onnx_format.names import ATTENTION, IR_VERSION, OPSET, PROBABILITIES
from ser_models.onnx_format.scaling import scaled_inputs

if TYPE_CHECKING:
    import keras

    from ser_models.data.scaling import Scaler

MASKS = ("mask", "value_mask")
"""Arguments of a call that say what is real."""


def write(network: "keras.Model", scaler: "Scaler", path: Path) -> None:
    """Write a network that reads raw values.

    Args:
        network: fitted, a functional model of layers that are called once each.
        scaler: of what it reads.
        path: the file.

    Raises:
        InputError: if a layer, or a setting of one, has no way into ONNX yet.
    """
    graph = network.get_config()
    shapes = {tensor.name: tuple(tensor.shape) for tensor in network.inputs}
    draft = Draft()
    values = scaled_inputs(draft, scaler, {name: name for name in shapes})
    for layer in graph["layers"]:
        if layer["class_name"] != "InputLayer":
            call = _call(network, layer, values)
            values[layer["name"]] = _way(call)(draft, call)
    outputs = [_named(draft, PROBABILITIES, values[_last(graph)])]
    if blocks.ATTENTION in values:
        outputs.append(_named(draft, ATTENTION, values[blocks.ATTENTION]))
    path.write_bytes(_model(draft, shapes, outputs).SerializeToString(deterministic=True))


def _call(network: "keras.Model", layer: dict[str, Any], values: dict[str, str]) -> Call:
    """Resolve what a layer is given."""
    if len(layer["inbound_nodes"]) != 1:
        raise InputError(
            f"layer {layer['name']} is called more than once: expected once, to write it as ONNX"
        )
    [node] = layer["inbound_nodes"]
    masks = [_value(node["kwargs"][name], values) for name in MASKS if node["kwargs"].get(name)]
    return Call(
        kind=layer["class_name"],
        config=layer["config"],
        weights=tuple(np.asarray(array) for array in network.get_layer(layer["name"]).get_weights()),
        inputs=tuple(_value(tensor, values) for tensor in _tensors(node["args"])),
        mask=masks[0] if masks else None,
    )


def _way(call: Call) -> Any:
    if call.kind not in WAYS:
        raise InputError(
            f"layer {call.kind} cannot be written as ONNX: add it to ser_models/onnx_format/layers"
        )
    return WAYS[call.kind]


def _tensors(argument: Any) -> Iterator[dict[str, Any]]:
    """Yield every tensor of a call's arguments."""
    if isinstance(argument, (list, tuple)):
        for child in argument:
            yield from _tensors(child)
    else:
        yield argument


def _value(tensor: dict[str, Any], values: dict[str, str]) -> Value:
    settings = tensor["config"]
    return Value(values[settings["keras_history"][0]], tuple(settings["shape"]))


def _last(graph: dict[str, Any]) -> str:
    """Name of the layer that gives the output."""
    return str(np.ravel(np.asarray(graph["output_layers"], dtype=object))[0])


def _named(draft: Draft, name: str, value: str) -> str:
    """Give a value the name of an output: (recordings, whatever is left)."""
    draft.reshape(value, 0, -1)
    draft.nodes[-1].output[0] = name
    return name


def _model(draft: Draft, shapes: dict[str, tuple[int | None, ...]], outputs: list[str]) -> onnx.ModelProto:
    def told(name: str, shape: list[int | str]) -> onnx.ValueInfoProto:
        return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)

    inputs = [
        told(name, ["recordings", *(int(size or 0) for size in shape[1:])]) for name, shape in shapes.items()
    ]
    results = [told(name, ["recordings", name]) for name in outputs]
    graph = onnx.helper.make_graph(draft.nodes, "ser", inputs, results, draft.weights)
    opset = [onnx.helper.make_opsetid("", OPSET)]
    model = onnx.helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION, producer_name="ser")
    onnx.checker.check_model(model, full_check=True)
    return model
