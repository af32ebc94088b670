"""XGBoost's trees as arrays, so that a prediction needs neither XGBoost nor what it imports.

checked JSON → `Forest.of` → columns → sum of the leaves' values per class → softmax
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from ser_models.models.base import softmax
from ser_models.models.nodes import leaves
from ser_models.safe_io.xgboost_json import LEAF, base_score


@dataclass(frozen=True)
class Forest:
    """Boosted trees. Those of class c are the trees c, c + classes, c + 2 · classes and so on.

    Attributes:
        nodes: see `ser_models.models.nodes`.
        values: of the leaves, float32, shape (nodes,).
        base: what the values are added to, shape (classes,).
    """

    nodes: dict[str, np.ndarray]
    values: np.ndarray
    base: np.ndarray

    @classmethod
    def of(cls, learner: dict[str, Any], classes: int) -> Self:
        """Join the trees of a learner.

        Args:
            learner: from `ser_models.safe_io.xgboost_json.read`.
            classes: number of classes.
        """
        trees = learner["gradient_booster"]["model"]["trees"]
        counts = np.array([len(tree["parents"]) for tree in trees], np.int64)
        roots = np.cumsum(counts) - counts

        def joined(name: str, dtype: type) -> np.ndarray:
            return np.concatenate([np.empty(0, dtype), *(np.array(tree[name], dtype) for tree in trees)])

        left = joined("left_children", np.int64)
        offsets, leaf = np.repeat(roots, counts), left == LEAF
        conditions = joined("split_conditions", np.float32)
        nodes = {
            "roots": roots,
            "column": np.where(leaf, -1, joined("split_indices", np.int64)),
            # XGBoost goes left below the threshold, `leaves` also at it.
            "threshold": np.nextafter(conditions, np.float32(-np.inf)),
            "left": left + offsets,
            "right": joined("right_children", np.int64) + offsets,
        }
        return cls(nodes, conditions, np.broadcast_to(base_score(learner), classes))

    def probabilities(self, columns: np.ndarray) -> np.ndarray:
        """Return class probabilities.

        Args:
            columns: shape (recordings, columns), without NaN.

        Returns:
            (recordings, classes) float64.
        """
        values = self.values[leaves(self.nodes, columns.astype(np.float32))].reshape(
            len(columns), -1, len(self.base)
        )
        probabilities: np.ndarray = softmax(self.base + values.sum(axis=1, dtype=np.float64))
        return probabilities
