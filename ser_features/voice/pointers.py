"""Types of the kernels' arguments: what Python passes as an array, a kernel gets as a pointer.

A kernel's annotations are its signature: `codes_of` says them in words, from which follow the types of Numba
(`build`) and of ctypes (`library`).
"""

import inspect
from collections.abc import Callable
from typing import Any, NewType

import numpy as np

Float32s = NewType("Float32s", np.ndarray)
Float64s = NewType("Float64s", np.ndarray)
Int64s = NewType("Int64s", np.ndarray)

CODES: dict[Any, str] = {
    Float32s: "float32*",
    Float64s: "float64*",
    Int64s: "int64*",
    int: "int64",
    float: "float64",
    None: "void",
}


def codes_of(kernel: Callable[..., Any]) -> list[str]:
    """Types of a kernel's arguments, then of its result, such as "float64*" and "int64".

    >>> def total(values: Float64s, count: int) -> float: ...
    >>> codes_of(total)
    ['float64*', 'int64', 'float64']
    """
    return [CODES[kind] for kind in inspect.get_annotations(kernel).values()]
