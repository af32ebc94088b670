"""Attacks on model.ubj; every file has the hash that artifact.json says."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ser_models.safe_io import ubjson
from tests.attacks.base import PICKLE, Hostile, Spoil, replaced

MODEL = "model.ubj"

_MARKS = {"i1": b"i", "u1": b"U", "i2": b"I", "i4": b"l", "i8": b"L", "f4": b"d", "f8": b"D"}


def dumps(value: Any) -> bytes:
    """Return Universal Binary JSON as XGBoost writes it."""
    if isinstance(value, dict):
        pairs = (_length(name.encode()) + dumps(child) for name, child in value.items())
        return b"{" + b"".join(pairs) + b"}"
    if isinstance(value, list):
        return b"[#L" + struct.pack(">q", len(value)) + b"".join(map(dumps, value))
    if isinstance(value, np.ndarray):
        big = value.astype(value.dtype.newbyteorder(">"))
        return b"[$" + _MARKS[value.dtype.str[1:]] + b"#L" + struct.pack(">q", len(value)) + big.tobytes()
    if isinstance(value, str):
        return b"S" + _length(value.encode())
    return b"L" + struct.pack(">q", value)


def _length(text: bytes) -> bytes:
    return b"L" + struct.pack(">q", len(text)) + text


def _changed(change: Callable[[dict[str, Any]], Any]) -> Spoil:
    """Change the model; arrays may be written to."""

    def spoil(folder: Path) -> None:
        model = _writable(ubjson.parse((folder / MODEL).read_bytes()))
        change(model["learner"])
        replaced(MODEL, dumps(model))(folder)

    return spoil


def _writable(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _writable(child) for name, child in value.items()}
    if isinstance(value, list):
        return [_writable(child) for child in value]
    return value.copy() if isinstance(value, np.ndarray) else value


def _tree(change: Callable[[dict[str, Any]], Any]) -> Spoil:
    """Change the first tree."""
    return _changed(lambda learner: change(learner["gradient_booster"]["model"]["trees"][0]))


def _set(array: str, place: int, value: int) -> Spoil:
    return _tree(lambda tree: tree[array].__setitem__(place, value))


def _circle(tree: dict[str, Any]) -> None:
    """Make a child of the root its own parent's parent."""
    child = int(tree["left_children"][0])
    tree["left_children"][child] = tree["right_children"][child] = 0


def _param(*path: str, value: str) -> Spoil:
    def change(learner: dict[str, Any]) -> None:
        node = learner
        for name in path[:-1]:
            node = node[name]
        node[path[-1]] = value

    return _changed(change)


def _bytes(change: Callable[[bytes], bytes]) -> Spoil:
    return lambda folder: replaced(MODEL, change((folder / MODEL).read_bytes()))(folder)


def _append_tree(learner: dict[str, Any]) -> None:
    trees = learner["gradient_booster"]["model"]["trees"]
    trees.append(trees[0])


FOREST = ("gradient_booster", "model", "gbtree_model_param")
HUGE = struct.pack(">q", 2**60)

KINDS: dict[str, tuple[Spoil, str]] = {
    "a pickle named .ubj": (replaced(MODEL, PICKLE), "cannot be read"),
    "JSON named .ubj": (replaced(MODEL, b'{"learner": {}}'), "cannot be read"),
    "nothing": (replaced(MODEL, b""), "it ends early"),
    "half a file": (_bytes(lambda content: content[: len(content) // 2]), "cannot be read"),
    "a file with a tail": (_bytes(lambda content: content + PICKLE), "bytes follow its end"),
    "lists in lists": (replaced(MODEL, b"[" * 10**6), "nested too deeply"),
    "a billion nothings": (
        replaced(MODEL, b"[#L" + struct.pack(">q", 2**24) + b"Z" * 2**24),
        "more than 1048576 values",
    ),
    "an array of 2^60 values": (
        _bytes(
            lambda content: content.replace(b"[$d#L" + content.split(b"[$d#L")[1][:8], b"[$d#L" + HUGE, 1)
        ),
        "1152921504606846976 values are promised",
    ),
    "an array of nothings": (replaced(MODEL, b"[$Z#L" + HUGE), "no array of numbers"),
    "a negative length": (replaced(MODEL, b"{i\xff"), "-1 values are promised"),
    "a field twice": (replaced(MODEL, b"{i\x01aZi\x01aZ}"), "is there twice"),
    "no trees": (replaced(MODEL, dumps({"learner": {}})), "cannot be read"),
    "a thousand million trees": (
        _param(*FOREST, "num_trees", value="1000000000"),
        "number of trees is 1000000000, expected 12",
    ),
    "one tree too many": (_changed(_append_tree), "number of trees is 12, expected 13"),
    "no parallel trees": (
        _param(*FOREST, "num_parallel_tree", value="0"),
        "number of parallel trees is 0, expected 1",
    ),
    "2^31 classes": (
        _param("learner_model_param", "num_class", value=str(2**31 - 1)),
        "number of classes of the model is 2147483647",
    ),
    "2^31 classes of the objective": (
        _param("objective", "softmax_multiclass_param", "num_class", value=str(2**31 - 1)),
        "number of classes of the objective",
    ),
    "2^31 features": (
        _param("learner_model_param", "num_feature", value=str(2**31 - 1)),
        "number of features is 2147483647, expected 45",
    ),
    "2^31 targets": (_param("learner_model_param", "num_target", value=str(2**31 - 1)), "number of targets"),
    "a score that is NaN": (_param("learner_model_param", "base_score", value="[nan]"), "base_score"),
    "another objective": (
        _param("objective", "name", value="rank:pairwise"),
        "objective is rank:pairwise, expected multi:softprob",
    ),
    "another booster": (_param("gradient_booster", "name", value="dart"), "booster is dart, expected gbtree"),
    "a child that is not there": (_set("left_children", 0, 2**30), "has a child that is none of its"),
    "a negative child": (_set("right_children", 0, -2), "has a child that is none of its"),
    "a node with one child": (_set("right_children", 0, -1), "has a child that is none of its"),
    "a root that is a child": (_tree(_circle), "has a child that is none of its"),
    "a node with two parents": (
        _tree(lambda tree: tree["left_children"].__setitem__(0, tree["right_children"][0])),
        "with another parent, or with two",
    ),
    "a parent that is none": (_set("parents", 1, 2), "with another parent, or with two"),
    "a root with a parent": (_set("parents", 0, 1), "a root with a parent"),
    "a feature that is not there": (_set("split_indices", 0, 45), "looks at a feature that is none of 45"),
    "a negative feature": (_set("split_indices", 0, -1), "looks at a feature that is none of 45"),
    "a categorical split": (_set("split_type", 0, 1), "has categories, expected numbers only"),
    "fewer nodes than it says": (
        _tree(lambda tree: tree.update(split_conditions=tree["split_conditions"][:1])),
        "nodes in each array",
    ),
    "nodes that are fractions": (
        _tree(lambda tree: tree.update(left_children=tree["left_children"].astype("f8"))),
        "whole ones of 32 bits",
    ),
    "a tree of another class": (
        _changed(lambda learner: learner["gradient_booster"]["model"].update(tree_info=[10**6] * 12)),
        "tree_info is no turn of all classes",
    ),
    "rounds that are not there": (
        _changed(lambda learner: learner["gradient_booster"]["model"].update(iteration_indptr=[0, 10**9])),
        "iteration_indptr",
    ),
}

BOOSTERS = [Hostile(name, "xgboost", spoil, says, MODEL) for name, (spoil, says) in KINDS.items()]
