"""Trees as arrays of nodes, and columns → the leaf that a recording reaches in each tree.

>>> stump = {"roots": [0], "column": [0, -1, -1], "threshold": [0.5, 0, 0], "left": [1] * 3, "right": [2] * 3}
>>> leaves({name: np.array(values) for name, values in stump.items()}, np.array([[0.5], [0.6]])).tolist()
[[1], [2]]
"""

from collections.abc import Mapping

import numpy as np


def leaves(nodes: Mapping[str, np.ndarray], columns: np.ndarray) -> np.ndarray:
    """The leaf that each recording reaches in each tree.

    Args:
        nodes: of all trees: "roots" (trees,); "column" (nodes,), −1 in a leaf; "threshold" (nodes,); "left"
            and "right" (nodes,): child if the value is at most the threshold, or above it. Every path ends.
        columns: shape (recordings, columns), without NaN.

    Returns:
        Index of the node, shape (recordings, trees).
    """
    rows = np.arange(len(columns))[:, np.newaxis]
    at = np.broadcast_to(nodes["roots"], (len(columns), len(nodes["roots"])))
    while ((split := nodes["column"][at]) >= 0).any():
        below = columns[rows, np.maximum(split, 0)] <= nodes["threshold"][at]
        child = np.where(below, nodes["left"][at], nodes["right"][at])
        at = np.where(split >= 0, child, at)
    return at
