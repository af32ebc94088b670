"""A graph under construction: nodes are appended, values go by their names.

>>> draft = Draft()
>>> draft.node("Relu", draft.constant(np.zeros(3, np.float32)))
'v1'
>>> [node.op_type for node in draft.nodes], len(draft.weights)
(['Relu'], 1)
"""

from typing import Any, NamedTuple

import numpy as np
import onnx


class Value(NamedTuple):
    """What a layer is given.

    Attributes:
        name: in the graph.
        shape: (batch, …), None for what is open.
    """

    name: str
    shape: tuple[int | None, ...]


class Draft:
    """The nodes and weights so far.

    Attributes:
        nodes: in the order of computation.
        weights: constants.
    """

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self._known: dict[tuple[str, tuple[int, ...], bytes], str] = {}

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Append a node of one output, and return that."""
        return self.nodes_of(operator, *inputs, outputs=1, **attributes)[0]

    def nodes_of(self, operator: str, *inputs: str, outputs: int, **attributes: Any) -> list[str]:
        """Append a node of several outputs, and return those."""
        number = len(self.nodes) + 1
        names = [f"v{number}" if outputs == 1 else f"v{number}_{index}" for index in range(outputs)]
        self.nodes.append(onnx.helper.make_node(operator, inputs, names, **attributes))
        return names

    def constant(self, values: np.ndarray) -> str:
        """Keep a constant, each once, and return its name."""
        array = np.ascontiguousarray(values)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._known:
            self._known[key] = f"w{len(self._known)}"
            self.weights.append(onnx.numpy_helper.from_array(array, self._known[key]))
        return self._known[key]

    def number(self, value: float) -> str:
        """Keep a float32 constant without dimensions."""
        return self.constant(np.array(value, np.float32))

    def reshape(self, value: str, *shape: int) -> str:
        """Reshape: 0 copies the size at its place, one -1 takes what is left."""
        return self.node("Reshape", value, self.constant(np.array(shape, np.int64)))

    def transpose(self, value: str, *order: int) -> str:
        """Bring the axes into another order."""
        return self.node("Transpose", value, perm=order)

    def affine(self, value: str, weight: np.ndarray, bias: np.ndarray | None) -> str:
        """Multiply the last axis by a matrix, (in, out), and add a bias, (out,)."""
        product = self.node("MatMul", value, self.constant(weight))
        return product if bias is None else self.node("Add", product, self.constant(bias))
