"""Fields of ONNX's messages that `export` writes (onnx/onnx.proto, IR version 10); see `protobuf`.

Files with other fields are refused: external data, functions, graphs in attributes, and so on.
"""

from ser_models.onnx_format.protobuf import Fields

OPERATOR_SET: Fields = {1: ("domain", "text"), 2: ("version", "int")}

TENSOR: Fields = {
    1: ("dims", "int"),
    2: ("data_type", "int"),
    8: ("name", "text"),
    9: ("raw_data", "bytes"),
    13: ("external_data", "bytes"),  # listed for a better error message
    14: ("data_location", "int"),
}

ATTRIBUTE: Fields = {
    1: ("name", "text"),
    2: ("f", "float"),
    3: ("i", "int"),
    4: ("s", "text"),
    8: ("ints", "int"),
    20: ("type", "int"),
}

NODE: Fields = {
    1: ("input", "text"),
    2: ("output", "text"),
    3: ("name", "text"),
    4: ("op_type", "text"),
    5: ("attribute", ATTRIBUTE),
    7: ("domain", "text"),
}

DIMENSION: Fields = {1: ("dim_value", "int"), 2: ("dim_param", "text")}
SHAPE: Fields = {1: ("dim", DIMENSION)}
TENSOR_TYPE: Fields = {1: ("elem_type", "int"), 2: ("shape", SHAPE)}
TYPE: Fields = {1: ("tensor_type", TENSOR_TYPE)}
VALUE: Fields = {1: ("name", "text"), 2: ("type", TYPE)}

GRAPH: Fields = {
    1: ("node", NODE),
    2: ("name", "text"),
    5: ("initializer", TENSOR),
    11: ("input", VALUE),
    12: ("output", VALUE),
}

MODEL: Fields = {
    1: ("ir_version", "int"),
    2: ("producer_name", "text"),
    7: ("graph", GRAPH),
    8: ("opset_import", OPERATOR_SET),
}
