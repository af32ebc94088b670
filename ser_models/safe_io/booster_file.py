"""Boosted trees on disk: looked through before XGBoost, written in C++, walks them.

.ubj → `check` → nothing, or an `ArtifactError`

XGBoost believes its files: a child that does not exist is read from somewhere in memory, one that is its own
ancestor is walked to for ever, and a number of classes is allocated for. Here every tree must be one, of the
features and classes that the model has.
"""

from pathlib import Path
from typing import Any

import numpy as np

from ser_features.errors import ArtifactError
from ser_models.safe_io import ubjson
from ser_models.safe_io.strict import MAX_FILE, quoted

ROOT, LEAF = 2**31 - 1, -1
"""The parent of a root, and the child of a leaf."""

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
"""Those of them that lead elsewhere."""

CATEGORIES = ("categories", "categories_nodes", "categories_segments", "categories_sizes")
"""Arrays of a tree that are empty, as no feature here is categorical."""


class _MismatchError(ValueError):
    """Something of the model is not as XGBoost writes it for this project."""


def check(path: Path, *, features: int, classes: int) -> None:
    """Refuse a file that is not what XGBoost writes of a softmax over trees.

    Args:
        path: the .ubj file.
        features: how many the trees may look at.
        classes: how many there are.

    Raises:
        ArtifactError: naming the file and what is wrong with it.
    """
    size = path.stat().st_size
    if size > MAX_FILE:
        raise ArtifactError(f"{path.name} has {size} bytes, expected at most {MAX_FILE}: do not use it")
    try:
        _check_learner(ubjson.parse(path.read_bytes())["learner"], features, classes)
    except _MismatchError as error:
        raise ArtifactError(f"{path.name}: {quoted(error)}: do not use it") from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ArtifactError(f"{path.name} cannot be read ({quoted(error)}): train again") from error


def _check_learner(learner: dict[str, Any], features: int, classes: int) -> None:
    sizes, booster = learner["learner_model_param"], learner["gradient_booster"]
    _expect("objective", learner["objective"]["name"], "multi:softprob")
    _expect("booster", booster["name"], "gbtree")
    _expect("number of features", int(sizes["num_feature"]), features)
    for name, held in (("model", sizes), ("objective", learner["objective"]["softmax_multiclass_param"])):
        _expect(f"number of classes of the {name}", int(held["num_class"]), classes)
    _expect("number of targets", int(sizes.get("num_target", 1)), 1)
    score = np.array(str(sizes["base_score"]).strip("[]").split(","), dtype=float)
    if len(score) not in (1, classes) or not np.isfinite(score).all():
        raise _MismatchError(f"base_score has {len(score)} values, expected 1 or {classes} finite ones")
    _check_forest(booster["model"], features, classes)


def _check_forest(model: dict[str, Any], features: int, classes: int) -> None:
    trees, sizes = model["trees"], model["gbtree_model_param"]
    _expect("number of trees", int(sizes["num_trees"]), len(trees))
    _expect("number of parallel trees", int(sizes["num_parallel_tree"]), 1)
    if any(len(held) for held in model.get("cats", {}).values()):
        raise _MismatchError("it has categories, expected numbers only")
    if list(model["tree_info"]) != [index % classes for index in range(len(trees))]:
        raise _MismatchError("tree_info is no turn of all classes")
    if "iteration_indptr" in model:
        expected = list(range(0, len(trees) + 1, classes))
        _expect("iteration_indptr", list(model["iteration_indptr"]), expected)
    for index, tree in enumerate(trees):
        problem = _problem(tree, features)
        if problem:
            raise _MismatchError(f"tree {index} {problem}")


def _problem(tree: dict[str, Any], features: int) -> str | None:
    """What is wrong with a tree; None if every node but the root is the child of its one parent."""
    nodes = int(tree["tree_param"]["num_nodes"])
    if {len(tree[name]) for name in PER_NODE} != {nodes} or nodes < 1:
        return f"has not {nodes} nodes in each array"
    if any(tree[name].dtype != np.dtype(">i4") for name in LINKS):
        return f"has other numbers than whole ones of 32 bits in one of {', '.join(LINKS)}"
    if tree["split_type"].any() or any(len(tree.get(name, ())) for name in CATEGORIES):
        return "has categories, expected numbers only"
    left, right, parents = tree["left_children"], tree["right_children"], tree["parents"]
    inner = np.flatnonzero(left != LEAF)
    children = np.concatenate([left[inner], right[inner]])
    if len(children) and (children.min() < 1 or children.max() >= nodes):
        return f"has a child that is none of its {nodes} nodes"
    if (right == LEAF).sum() != nodes - len(inner) or parents[0] != ROOT:
        return "has a node with one child, or a root with a parent"
    if len(set(children.tolist())) < len(children) or (parents[children] != np.tile(inner, 2)).any():
        return "has a node with another parent, or with two"
    chosen = tree["split_indices"][inner].astype(np.uint32)  # as XGBoost reads them
    if len(chosen) and chosen.max() >= features:
        return f"looks at a feature that is none of {features}"
    return None


def _expect(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise _MismatchError(f"{what} is {quoted(found)}, expected {quoted(expected)}")
