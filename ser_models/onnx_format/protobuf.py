r"""Parser of the subset of Protocol Buffers that model.onnx uses; fields that are not listed are refused.

bytes, `Fields` → `parse` → {field name: [values]}, nested messages likewise

It inspects a graph before the C++ of ONNX Runtime parses it, and without the package `onnx`.

>>> parse(b"\x08\x96\x01\x12\x02hi", {1: ("number", "int"), 2: ("word", "text")})
{'number': [150], 'word': ['hi']}
>>> parse(b"\x18\x01", {1: ("number", "int")})
Traceback (most recent call last):
...
ValueError: unexpected field 3
"""

import struct
from collections.abc import Iterator, Mapping
from typing import Any

MAX_VALUES = 50_000
"""Maximum number of values, including those of nested messages; the largest network has about 2,000."""

VARINT, BYTES, FIXED32 = 0, 2, 5
"""Wire types."""

Fields = Mapping[int, tuple[str, Any]]
"""Field number → name and kind: "int", "float", "text", "bytes", or the `Fields` of a nested message."""


def parse(content: bytes, fields: Fields) -> dict[str, list[Any]]:
    """Parse a message.

    Args:
        content: the serialised message.
        fields: allowed fields.

    Returns:
        The values of every field in their order; bytes are views into `content`.

    Raises:
        ValueError: if it is damaged, has other fields, or more than `MAX_VALUES` values.
    """
    return _message(memoryview(content), fields, iter(range(MAX_VALUES)))


def _message(content: memoryview, fields: Fields, left: Iterator[int]) -> dict[str, list[Any]]:
    message: dict[str, list[Any]] = {name: [] for name, _ in fields.values()}
    position = 0
    while position < len(content):
        if next(left, None) is None:
            raise ValueError(f"more than {MAX_VALUES} values")
        tag, position = _varint(content, position)
        number, wire_type = tag >> 3, tag & 7
        if number not in fields:
            raise ValueError(f"unexpected field {number}")
        name, kind = fields[number]
        raw, position = _raw(content, position, wire_type)
        message[name] += _values(raw, kind, left)
    return message


def _raw(content: memoryview, position: int, wire_type: int) -> tuple[int | memoryview | float, int]:
    """Return a value as its wire type encodes it, and the position after it."""
    if wire_type == VARINT:
        return _varint(content, position)
    size = 4
    if wire_type == BYTES:
        size, position = _varint(content, position)
    elif wire_type != FIXED32:
        raise ValueError(f"unexpected wire type {wire_type}")
    if not 0 <= size <= len(content) - position:
        raise ValueError("it ends early")
    data = content[position : position + size]
    return (struct.unpack("<f", data)[0] if wire_type == FIXED32 else data), position + size


def _values(raw: int | memoryview | float, kind: Any, left: Iterator[int]) -> list[Any]:
    """Return the values of a field; integers may be packed."""
    if kind == "int" and isinstance(raw, memoryview):
        return list(_packed(raw, left))
    expected = {"int": int, "float": float}.get(kind, memoryview) if isinstance(kind, str) else memoryview
    if not isinstance(raw, expected):
        raise ValueError("a value does not have the kind of its field")
    if isinstance(raw, memoryview) and kind != "bytes":
        return [str(raw, "utf-8") if kind == "text" else _message(raw, kind, left)]
    return [raw]


def _packed(content: memoryview, left: Iterator[int]) -> Iterator[int]:
    position = 0
    while position < len(content):
        if next(left, None) is None:
            raise ValueError(f"more than {MAX_VALUES} values")
        value, position = _varint(content, position)
        yield value


def _varint(content: memoryview, position: int) -> tuple[int, int]:
    """Decode a signed 64-bit integer."""
    value = 0
    for index, byte in enumerate(content[position : position + 10]):
        value |= (byte & 127) << (7 * index)
        if byte < 128:
            value &= 2**64 - 1
            return (value - 2**64 if value >> 63 else value), position + index + 1
    raise ValueError("it ends early")
