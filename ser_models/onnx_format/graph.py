"""A graph under construction: nodes are appended, values are referred to by name.

>>> builder = GraphBuilder()
>>> builder.node("Relu", builder.constant(np.zeros(3, np.float32)))
'v1'
>>> [node.op_type for node in builder.nodes], len(builder.weights)
(['Relu'], 1)
"""

from typing import Any, NamedTuple

import numpy as np
import onnx


class Value(NamedTuple):
    """An input of a layer.

    Attributes:
        name: in the graph.
        shape: (batch, …), None for variable sizes.
    """

    name: str
    shape: tuple[int | None, ...]


class GraphBuilder:
    """Builder of the nodes and constants of a graph.

    Attributes:
        nodes: in the order of execution.
        weights: constants.
    """

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self._names: dict[tuple[str, tuple[int, ...], bytes], str] = {}

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Append a node with one output and return the name of the output."""
        return self.nodes_of(operator, *inputs, outputs=1, **attributes)[0]

    def nodes_of(self, operator: str, *inputs: str, outputs: int, **attributes: Any) -> list[str]:
        """Append a node with several outputs and return their names."""
        number = len(self.nodes) + 1
        names = [f"v{number}" if outputs == 1 else f"v{number}_{index}" for index in range(outputs)]
        self.nodes.append(onnx.helper.make_node(operator, inputs, names, **attributes))
        return names

    def constant(self, values: np.ndarray) -> str:
        """Add a constant, equal ones once, and return its name."""
        array = np.ascontiguousarray(values)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._names:
            self._names[key] = f"w{len(self._names)}"
            self.weights.append(onnx.numpy_helper.from_array(array, self._names[key]))
        return self._names[key]

    def number(self, value: float) -> str:
        """Add a float32 scalar and return its name."""
        return self.constant(np.array(value, np.float32))

    def reshape(self, value: str, *shape: int) -> str:
        """Reshape: 0 keeps the size of an axis, -1 is inferred."""
        return self.node("Reshape", value, self.constant(np.array(shape, np.int64)))

    def transpose(self, value: str, *order: int) -> str:
        """Permute the axes."""
        return self.node("Transpose", value, perm=order)

    def affine(self, value: str, weight: np.ndarray, bias: np.ndarray | None) -> str:
        """Multiply the last axis by a matrix, (in, out), and add a bias, (out,)."""
        product = self.node("MatMul", value, self.constant(weight))
        return product if bias is None else self.node("Add", product, self.constant(bias))
