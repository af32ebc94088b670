"""Fitted network and scaler → model.onnx.

The export follows the configuration of the Keras graph, layer by layer, so it does not depend on the backend.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx

from ser_features.errors import InputError
from ser_models.models.networks import blocks
from ser_models.onnx_format.graph import GraphBuilder, Value
from ser_models.onnx_format.layers import CONVERTERS
from ser_models.onnx_format.layers.call import Call, Converter
from ser_models.onnx_format.names import ATTENTION, IR_VERSION, OPSET, PROBABILITIES
from ser_models.onnx_format.scaling import scaled_inputs

if TYPE_CHECKING:
    import keras

    from ser_models.data.batches import Scaler

MASKS = ("mask", "value_mask")
"""Arguments of a layer that hold a mask."""


def write(network: "keras.Model", scaler: "Scaler", path: Path) -> None:
    """Write a network with its scaling, so that its inputs are raw values.

    Args:
        network: fitted functional model; each of its layers is called once.
        scaler: of its inputs.
        path: the file.

    Raises:
        InputError: if a layer or its configuration has no converter.
    """
    config = network.get_config()
    shapes = {tensor.name: tuple(tensor.shape) for tensor in network.inputs}
    builder = GraphBuilder()
    values = scaled_inputs(builder, scaler, {name: name for name in shapes})
    for layer in config["layers"]:
        if layer["class_name"] != "InputLayer":
            call = _call(network, layer, values)
            values[layer["name"]] = _converter(call)(builder, call)
    outputs = [_named(builder, PROBABILITIES, values[_output_layer(config)])]
    if blocks.ATTENTION in values:
        outputs.append(_named(builder, ATTENTION, values[blocks.ATTENTION]))
    path.write_bytes(_model(builder, shapes, outputs).SerializeToString(deterministic=True))


def _call(network: "keras.Model", layer: dict[str, Any], values: dict[str, str]) -> Call:
    """Resolve the inputs of a layer."""
    if len(layer["inbound_nodes"]) != 1:
        raise InputError(
            f"layer {layer['name']} is called more than once: expected once, to export it to ONNX"
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


def _converter(call: Call) -> Converter:
    if call.kind not in CONVERTERS:
        raise InputError(f"layer {call.kind} has no ONNX converter: add one to ser_models/onnx_format/layers")
    return CONVERTERS[call.kind]


def _tensors(argument: Any) -> Iterator[dict[str, Any]]:
    """Yield every tensor among the arguments of a layer."""
    if isinstance(argument, (list, tuple)):
        for child in argument:
            yield from _tensors(child)
    else:
        yield argument


def _value(tensor: dict[str, Any], values: dict[str, str]) -> Value:
    config = tensor["config"]
    return Value(values[config["keras_history"][0]], tuple(config["shape"]))


def _output_layer(config: dict[str, Any]) -> str:
    """Name of the output layer."""
    return str(np.ravel(np.asarray(config["output_layers"], dtype=object))[0])


def _named(builder: GraphBuilder, name: str, value: str) -> str:
    """Reshape a value to (recordings, all the rest), under the name of an output."""
    builder.reshape(value, 0, -1)
    builder.nodes[-1].output[0] = name
    return name


def _model(
    builder: GraphBuilder, shapes: dict[str, tuple[int | None, ...]], outputs: list[str]
) -> onnx.ModelProto:
    def value_info(name: str, shape: list[int | str]) -> onnx.ValueInfoProto:
        return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)

    inputs = [
        value_info(name, ["recordings", *(int(size or 0) for size in shape[1:])])
        for name, shape in shapes.items()
    ]
    results = [value_info(name, ["recordings", name]) for name in outputs]
    proto = onnx.helper.make_graph(builder.nodes, "ser", inputs, results, builder.weights)
    opset = [onnx.helper.make_opsetid("", OPSET)]
    model = onnx.helper.make_model(proto, opset_imports=opset, ir_version=IR_VERSION, producer_name="ser")
    onnx.checker.check_model(model, full_check=True)
    return model
