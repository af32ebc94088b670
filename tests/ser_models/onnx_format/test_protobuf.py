"""The reader of Protocol Buffers agrees with the library's, and meets whatever comes."""

import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_models.onnx_format import export, fields
from ser_models.onnx_format.protobuf import parse

NUMBER = {
    1: ("number", "int"),
    2: ("part", {1: ("word", "text")}),
    3: ("share", "float"),
    4: ("raw", "bytes"),
}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x0a", "it ends early"),
        (b"\x08", "it ends early"),
        (b"\x08" + b"\xff" * 11, "it ends early"),
        (b"\x12\x05\x0a", "it ends early"),
        (b"\x1d\0\0", "it ends early"),
        (b"\x09" + bytes(8), "unexpected wire type 1"),
        (b"\x0b", "unexpected wire type 3"),
        (b"\x28\x01", "unexpected field 5"),
        (b"\x12\x02\x10\x01", "unexpected field 2"),
        (b"\x10\x01", "the kind of its field"),
        (b"\x18\x01", "the kind of its field"),
        (b"\x20\x01", "the kind of its field"),
        (b"\x12\x03\x0a\x01\xff", "invalid start byte"),
        (b"\x08\x01" * 50_001, "more than 50000 values"),
        (b"\x0a\xd1\x86\x03" + b"\x01" * 50_001, "more than 50000 values"),
    ],
)
def test_damage_is_a_value_error(content, message):
    with pytest.raises(ValueError) as error:
        parse(content, NUMBER)
    assert message in str(error.value)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_value_error(content):
    try:
        parse(content, fields.MODEL)
    except ValueError:
        return


def test_negative_and_packed_numbers():
    assert parse(b"\x08" + b"\xff" * 9 + b"\x01", NUMBER)["number"] == [-1]
    assert parse(b"\x0a\x03\x01\x96\x01", NUMBER)["number"] == [1, 150]


@pytest.mark.parametrize("name", ["mlp", "attention_cnn_bilstm"])
def test_a_graph_is_read_as_onnx_reads_it(network, tmp_path, name):
    model, scaler, _ = network(name)
    path = tmp_path / "model.onnx"
    export.write(model.fitted_network, scaler, path)
    reference = onnx.load(path).graph
    [graph] = parse(path.read_bytes(), fields.MODEL)["graph"]
    assert [node["op_type"][0] for node in graph["node"]] == [node.op_type for node in reference.node]
    assert [node["input"] for node in graph["node"]] == [list(node.input) for node in reference.node]
    for node, other in zip(graph["node"], reference.node, strict=True):
        attributes = {
            field["name"][0]: field["i"] or field["ints"]
            for field in node["attribute"]
            if field["type"] != [1]
        }
        for attribute in other.attribute:
            if attribute.type in (onnx.AttributeProto.INT, onnx.AttributeProto.INTS):
                expected = (
                    [attribute.i] if attribute.type == onnx.AttributeProto.INT else list(attribute.ints)
                )
                assert attributes[attribute.name] == expected
    assert len(reference.initializer) > 5
    for weight, other in zip(graph["initializer"], reference.initializer, strict=True):
        assert (weight["name"], weight["dims"]) == ([other.name], list(other.dims))
        assert weight["raw_data"] == [other.raw_data]
