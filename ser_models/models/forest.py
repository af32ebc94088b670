"""Random forest on the core columns: a baseline of the literature.

`Labelled` → scikit-learn's RandomForestClassifier, class-balanced → nodes of all trees as arrays

Breiman, "Random forests", 2001.

>>> RandomForest(n_estimators=100).parameters["n_estimators"]
100
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ser_models.models.base import ArrayModel, Arrays, ColumnModel, FitContext, Labelled, Row
from ser_models.models.feature_sets import CORE_INPUTS
from ser_models.models.hyperparameters import Count, Portion
from ser_models.models.nodes import leaves
from ser_models.safe_io.arrays import Form


@dataclass
class RandomForest(ColumnModel, ArrayModel):
    """Random forest whose trees average their class shares.

    Attributes:
        n_estimators: number of trees.
        min_samples_leaf: fewest training recordings in a leaf.
        max_features: share of the columns that each split chooses from.

    Its arrays are the nodes of all trees, parents before their children: roots (trees,); column (nodes,), −1
    in a leaf; threshold (nodes,); left and right (nodes,): child if the value is at most the threshold, or
    above it; shares (nodes, classes).
    """

    name = "random_forest"
    usual_columns = CORE_INPUTS
    n_estimators: Count = 300
    min_samples_leaf: Count = 2
    max_features: Portion = 0.2

    def fit(self, train: Labelled, validation: Labelled, context: FitContext) -> list[Row]:
        """Grow the trees; the history is one row. See `Model.fit`."""
        from sklearn.ensemble import RandomForestClassifier

        forest = RandomForestClassifier(
            self.n_estimators,
            min_samples_leaf=self.min_samples_leaf,
            max_features=self.max_features,
            random_state=context.seed,
            n_jobs=context.jobs,
        )
        forest.fit(train.arrays["columns"].astype(np.float32), train.targets, sample_weight=train.weights)
        self.arrays = _nodes([tree.tree_ for tree in forest.estimators_], forest.classes_, train.classes)
        return self.report(train, validation, context)

    def predict_proba(self, arrays: Arrays) -> np.ndarray:
        """Return the mean of the trees' class shares, (recordings, classes) float64."""
        nodes = self.state()
        reached = leaves(nodes, arrays["columns"].astype(np.float32))
        shares: np.ndarray = nodes["shares"][reached].mean(axis=1, dtype=np.float64)
        return shares / shares.sum(axis=1, keepdims=True)

    def forms(self, state: Mapping[str, np.ndarray], classes: int) -> dict[str, Form]:
        """Data type and shape of the arrays."""
        count = len(state["column"]) if "column" in state else None
        return {
            "roots": ("int32", (self.n_estimators,)),
            "column": ("int32", (count,)),
            "threshold": ("float64", (count,)),
            "left": ("int32", (count,)),
            "right": ("int32", (count,)),
            "shares": ("float32", (count, classes)),
        }

    def check_values(self, state: Mapping[str, np.ndarray]) -> None:
        """Check that the nodes are trees, so that every path ends."""
        _check_order(state, len(self.inputs.columns))


def _nodes(trees: list, labels: np.ndarray, classes: int) -> dict[str, np.ndarray]:
    """Join scikit-learn's trees; a class without training data has the share 0."""
    counts = np.array([tree.node_count for tree in trees])
    roots = np.cumsum(counts) - counts
    offsets = np.repeat(roots, counts)
    leaf = np.concatenate([tree.children_left for tree in trees]) < 0
    shares = np.zeros((len(leaf), classes), np.float32)
    shares[:, labels] = np.concatenate([tree.value[:, 0] for tree in trees])

    def joined(name: str) -> np.ndarray:
        return np.concatenate([getattr(tree, name) for tree in trees])

    own = np.arange(len(leaf))
    return {
        "roots": roots.astype(np.int32),
        "column": np.where(leaf, -1, joined("feature")).astype(np.int32),
        "threshold": np.where(leaf, 0.0, joined("threshold")),
        "left": np.where(leaf, own, joined("children_left") + offsets).astype(np.int32),
        "right": np.where(leaf, own, joined("children_right") + offsets).astype(np.int32),
        "shares": shares,
    }


def _check_order(nodes: Mapping[str, np.ndarray], columns: int) -> None:
    """Check that every path ends: children come after their parents, and columns exist.

    Raises:
        ValueError: if the arrays, which may come from an untrusted file, are no trees.
    """
    count = len(nodes["column"])
    split = np.flatnonzero(nodes["column"] >= 0)
    children = np.stack([nodes["left"], nodes["right"]])[:, split]
    if not (
        count
        and (nodes["column"] < columns).all()
        and ((nodes["roots"] >= 0) & (nodes["roots"] < count)).all()
        and ((children > split) & (children < count)).all()
        and (nodes["shares"] >= 0).all()
        and (nodes["shares"].sum(axis=1) > 0).all()
    ):
        raise ValueError("the nodes are no trees: expected children after their parents, and shares above 0")
