r"""Universal Binary JSON, as XGBoost writes it: bytes → `parse` → plain values, arrays of numbers as numpy.

Numbers are big-endian. An array may say the type and number of its values first (`[$d#L…`); XGBoost writes
the values of nodes so. Every length is checked against the bytes that are left before anything is made of it.

>>> parse(b"{i\x01aSi\x02hii\x01b[$l#i\x02\x00\x00\x00\x01\xff\xff\xff\xff}")
{'a': 'hi', 'b': array([ 1, -1], dtype='>i4')}
>>> parse(b"[$l#L\x00\x00\x00\x10\x00\x00\x00\x00")
Traceback (most recent call last):
...
ValueError: 68719476736 values are promised, 0 bytes are left

Source: https://ubjson.org, draft 12.
"""

import struct
from typing import Any

import numpy as np

MAX_DEPTH = 32
MAX_VALUES = 2**20
"""Values, an array of numbers being one; a tree has 25."""

_NUMBERS = {
    ord(mark): (struct.Struct(f">{code}"), np.dtype(f">{kind}"))
    for mark, code, kind in (
        ("i", "b", "i1"),
        ("U", "B", "u1"),
        ("I", "h", "i2"),
        ("l", "i", "i4"),
        ("L", "q", "i8"),
        ("d", "f", "f4"),
        ("D", "d", "f8"),
    )
}
_CONSTANTS = {ord("Z"): None, ord("T"): True, ord("F"): False}
_STRING, _CHARACTER, _LIST, _OBJECT = b"SC[{"
_TYPE, _COUNT = b"$#"


def parse(content: bytes) -> Any:
    """Return the one value that the bytes hold.

    Raises:
        ValueError: if they are damaged, nested too deeply, say a thing twice, or go on behind the value.
    """
    reader = _Reader(content)
    try:
        value = reader.value(reader.mark(), 0)
    except (struct.error, IndexError, KeyError) as error:
        raise ValueError("it ends early, or has no length where one should be") from error
    if reader.place != len(content):
        raise ValueError(f"{len(content) - reader.place} bytes follow its end")
    return value


class _Reader:
    def __init__(self, content: bytes) -> None:
        self.content = content
        self.place = 0
        self.values = 0

    def mark(self) -> int:
        self.place += 1
        return self.content[self.place - 1]

    def value(self, mark: int, depth: int) -> Any:
        self.values += 1
        if depth > MAX_DEPTH or self.values > MAX_VALUES:
            raise ValueError(f"nested too deeply, or more than {MAX_VALUES} values")
        if mark in _NUMBERS:
            form = _NUMBERS[mark][0]
            self.place += form.size
            return form.unpack_from(self.content, self.place - form.size)[0]
        if mark == _STRING:
            return self.text(self.length())
        if mark == _CHARACTER:
            return self.text(1)
        if mark == _LIST:
            return self.list(depth + 1)
        if mark == _OBJECT:
            return self.object(depth + 1)
        if mark in _CONSTANTS:
            return _CONSTANTS[mark]
        raise ValueError(f"it has no value at byte {self.place - 1}")

    def length(self) -> int:
        """Read a whole number that is not more than the bytes that are left."""
        form, dtype = _NUMBERS[self.mark()]
        self.place += form.size
        count = form.unpack_from(self.content, self.place - form.size)[0]
        left = len(self.content) - self.place
        if dtype.kind == "f" or not 0 <= count <= left:
            raise ValueError(f"{count} values are promised, {left} bytes are left")
        return int(count)

    def text(self, size: int) -> str:
        self.place += size
        return self.content[self.place - size : self.place].decode()

    def list(self, depth: int) -> Any:
        mark = self.mark()
        if mark == _TYPE:
            return self.numbers()
        if mark == _COUNT:
            return [self.value(self.mark(), depth) for _ in range(self.length())]
        found = []
        while mark != ord("]"):
            found.append(self.value(mark, depth))
            mark = self.mark()
        return found

    def numbers(self) -> np.ndarray:
        form = _NUMBERS.get(self.mark())
        if form is None or self.mark() != _COUNT:
            raise ValueError(f"it has no array of numbers at byte {self.place}")
        dtype, count = form[1], self.length()
        if count * dtype.itemsize > len(self.content) - self.place:
            raise ValueError(f"{count} values are promised, {len(self.content) - self.place} bytes are left")
        array = np.frombuffer(self.content, dtype, count, self.place)
        self.place += array.nbytes
        return array

    def object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while self.content[self.place] != ord("}"):
            name = self.text(self.length())
            if name in found:
                raise ValueError(f"{name!r} is there twice")
            found[name] = self.value(self.mark(), depth)
        self.place += 1
        return found
