r"""Protocol Buffers, as far as model.onnx needs them: fields of a fixed list are read, others refused.

bytes, `Fields` → `parse` → {name of a field: [its values]}, nested messages as the same

So a graph is known before the C++ of ONNX Runtime sees it, and without the package `onnx`.

>>> parse(b"\x08\x96\x01\x12\x02hi", {1: ("number", "int"), 2: ("word", "text")})
{'number': [150], 'word': ['hi']}
>>> parse(b"\x18\x01", {1: ("number", "int")})
Traceback (most recent call last):
...
ValueError: field 3 is none that ser writes
"""

import struct
from collections.abc import Iterator, Mapping
from typing import Any

MAX_VALUES = 50_000
"""Values of a file, those of nested messages among them; the largest graph here has some 2,000."""

VARINT, BYTES, FIXED32 = 0, 2, 5
"""Ways in which a value is written."""

Fields = Mapping[int, tuple[str, Any]]
"""Number of a field → its name and kind: "int", "float", "text", "bytes", or the `Fields` of a message."""


def parse(content: bytes, fields: Fields) -> dict[str, list[Any]]:
    """Read a message.

    Args:
        content: the bytes.
        fields: those that it may have.

    Returns:
        Every field with its values, in their order; bytes are views into `content`.

    Raises:
        ValueError: if it is damaged, has another field, or more than `MAX_VALUES`.
    """
    return _message(memoryview(content), fields, iter(range(MAX_VALUES)))


def _message(content: memoryview, fields: Fields, left: Iterator[int]) -> dict[str, list[Any]]:
    message: dict[str, list[Any]] = {name: [] for name, _ in fields.values()}
    position = 0
    while position < len(content):
        if next(left, None) is None:
            raise ValueError(f"more than {MAX_VALUES} values")
        tag, position = _varint(content, position)
        number, way = tag >> 3, tag & 7
        if number not in fields:
            raise ValueError(f"field {number} is none that ser writes")
        name, kind = fields[number]
        raw, position = _raw(content, position, way)
        message[name] += _values(raw, kind, left)
    return message


def _raw(content: memoryview, position: int, way: int) -> tuple[int | memoryview | float, int]:
    """Return a value as its way of writing gives it, and where the next one begins."""
    if way == VARINT:
        return _varint(content, position)
    size = 4
    if way == BYTES:
        size, position = _varint(content, position)
    elif way != FIXED32:
        raise ValueError(f"a value is written in way {way}")
    if not 0 <= size <= len(content) - position:
        raise ValueError("it ends early")
    field_bytes = content[position : position + size]
    return (struct.unpack("<f", field_bytes)[0] if way == FIXED32 else field_bytes), position + size


def _values(raw: int | memoryview | float, kind: Any, left: Iterator[int]) -> list[Any]:
    """Return the values of a field, of which whole numbers may be packed into one."""
    if kind == "int" and isinstance(raw, memoryview):
        return list(_packed(raw, left))
    expected = {"int": int, "float": float}.get(kind, memoryview) if isinstance(kind, str) else memoryview
    if not isinstance(raw, expected):
        raise ValueError("a value is of another kind than its field")
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
    """Read a whole number of 64 bits, signed."""
    value = 0
    for index, byte in enumerate(content[position : position + 10]):
        value |= (byte & 127) << (7 * index)
        if byte < 128:
            value &= 2**64 - 1
            return (value - 2**64 if value >> 63 else value), position + index + 1
    raise ValueError("it ends early")
