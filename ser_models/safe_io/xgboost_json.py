"""Validation of XGBoost's JSON models before their trees are used, or XGBoost, written in C++, reads them.

JSON → `read` → the learner as a dictionary, or a `ValueError`

XGBoost trusts its files: a child index out of range is read from arbitrary memory, a node that is its own
ancestor makes prediction loop forever, and the number of classes is allocated for. `read` accepts only
forests of well-formed numeric trees with the features and classes of the model.
"""

from typing import Any

import numpy as np

from ser_models.safe_io.strict import quoted, strict_json

ROOT, LEAF = 2**31 - 1, -1
"""Parent of a root; child of a leaf."""

PER_NODE = (
    "base_weights",
    "default_left",
    "left_children",
    "loss_changes",
    "parents",
    "right_children",
    "split_conditions",
    "split_indices",
    "split_type",
    "sum_hessian",
)
"""Arrays of a tree with one value per node."""

LINKS = ("left_children", "right_children", "parents", "split_indices")
"""Arrays of node or feature indices."""

CATEGORIES = ("categories", "categories_nodes", "categories_segments", "categories_sizes")
"""Arrays of a tree that are empty, because no feature is categorical."""


def read(content: bytes, *, features: int, classes: int) -> dict[str, Any]:
    """Parse a model, and refuse everything but a softmax over trees as XGBoost writes it.

    Args:
        content: the JSON file.
        features: number of columns that the trees may split on.
        classes: number of classes.

    Returns:
        The learner, in XGBoost's names.

    Raises:
        ValueError: saying what is wrong.
    """
    if content[:2] != b'{"':  # XGBoost takes anything else for its binary format
        raise ValueError("it is no JSON object")
    try:
        learner: dict[str, Any] = strict_json(content)["learner"]
        _check_learner(learner, features, classes)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"it is no XGBoost model ({quoted(repr(error))})") from error
    return learner


def _check_learner(learner: dict[str, Any], features: int, classes: int) -> None:
    sizes, booster = learner["learner_model_param"], learner["gradient_booster"]
    _expect("objective", learner["objective"]["name"], "multi:softprob")
    _expect("booster", booster["name"], "gbtree")
    _expect("number of features", int(sizes["num_feature"]), features)
    for name, parameters in (
        ("model", sizes),
        ("objective", learner["objective"]["softmax_multiclass_param"]),
    ):
        _expect(f"number of classes of the {name}", int(parameters["num_class"]), classes)
    _expect("number of targets", int(sizes.get("num_target", 1)), 1)
    score = base_score(learner)
    if len(score) not in (1, classes) or not np.isfinite(score).all():
        raise ValueError(f"base_score has {len(score)} values, expected 1 or {classes} finite ones")
    _check_forest(booster["model"], features, classes)


def base_score(learner: dict[str, Any]) -> np.ndarray:
    """What the trees' values are added to: of all classes, shape (1,), or of each, shape (classes,)."""
    return np.array(str(learner["learner_model_param"]["base_score"]).strip("[]").split(","), dtype=float)


def _check_forest(model: dict[str, Any], features: int, classes: int) -> None:
    trees, sizes = model["trees"], model["gbtree_model_param"]
    _expect("number of trees", int(sizes["num_trees"]), len(trees))
    _expect("number of parallel trees", int(sizes["num_parallel_tree"]), 1)
    if any(len(values) for values in model.get("cats", {}).values()):
        raise ValueError("it has categories, expected numeric features only")
    if len(trees) % classes or model["tree_info"] != [index % classes for index in range(len(trees))]:
        raise ValueError("tree_info does not cycle through all classes")
    if "iteration_indptr" in model:
        expected = list(range(0, len(trees) + 1, classes))
        _expect("iteration_indptr", model["iteration_indptr"], expected)
    for index, tree in enumerate(trees):
        if problem := _problem(tree, features):
            raise ValueError(f"tree {index} {problem}")


def _problem(tree: dict[str, Any], features: int) -> str | None:
    """What is wrong with a tree; None if every node but the root is the child of exactly one parent."""
    nodes = int(tree["tree_param"]["num_nodes"])
    if {len(tree[name]) for name in PER_NODE} != {nodes} or nodes < 1:
        return f"has not {nodes} nodes in each array"
    if any(type(value) is not int or not -(2**31) <= value < 2**31 for name in LINKS for value in tree[name]):
        return f"has values that are not 32-bit integers in one of {', '.join(LINKS)}"
    if any(tree["split_type"]) or any(len(tree.get(name, ())) for name in CATEGORIES):
        return "has categories, expected numeric features only"
    left, right, parents, split = (np.array(tree[name], dtype=np.int64) for name in LINKS)
    inner = np.flatnonzero(left != LEAF)
    children = np.concatenate([left[inner], right[inner]])
    if len(children) and (children.min() < 1 or children.max() >= nodes):
        return f"has a child outside of its {nodes} nodes"
    if (right == LEAF).sum() != nodes - len(inner) or parents[0] != ROOT:
        return "has a node with one child, or a root with a parent"
    if len(set(children.tolist())) < len(children) or (parents[children] != np.tile(inner, 2)).any():
        return "has a node with another parent, or with two"
    chosen = split[inner]
    if len(chosen) and not 0 <= chosen.min() <= chosen.max() < features:
        return f"splits on a feature outside of {features}"
    return None


def _expect(what: str, actual: object, expected: object) -> None:
    if actual != expected:
        raise ValueError(f"{what} is {quoted(actual)}, expected {quoted(expected)}")
