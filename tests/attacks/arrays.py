"""Attacks on model.npz, scaler.npz and ood.npz; every file has the SHA-256 of artifact.json."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ser_models.artifact.metadata import METADATA_FILE
from tests.attacks.base import (
    PICKLE,
    Hostile,
    Payload,
    Spoil,
    changed,
    edit,
    members,
    rehash,
    replaced,
    rezip,
)

MODEL, SCALER, OOD = "model.npz", "scaler.npz", "ood.npz"


def _arrays(name: str, **changes: Any) -> Spoil:
    """Add, replace or (None) remove arrays of a file."""

    def spoil(folder: Path) -> None:
        with np.load(folder / name) as file:
            content = {**file, **changes}
        np.savez(folder / name, **{key: value for key, value in content.items() if value is not None})
        rehash(folder, name)

    return spoil


def _member(name: str, content: bytes, file: str = MODEL) -> Spoil:
    """Add or replace a member of a zip file."""
    return lambda folder: rezip(folder, file, {**members(folder / file), name: content})


def _npy(header: bytes, content: bytes = b"", version: bytes = b"\1\0") -> bytes:
    padded = header + b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY" + version + len(padded).to_bytes(2, "little") + padded + content


def _objects() -> bytes:
    file = io.BytesIO()
    np.save(file, np.array([Payload()], dtype=object), allow_pickle=True)
    return file.getvalue()


def _twice(folder: Path) -> None:
    with zipfile.ZipFile(folder / MODEL, "a") as archive:
        archive.writestr("intercept.npy", b"")
    rehash(folder, MODEL)


def _bomb(folder: Path) -> None:
    """A member of 320 MB that takes a thousandth of that on disk."""
    with zipfile.ZipFile(folder / MODEL, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("intercept.npy", bytes(320 * 2**20))
    rehash(folder, MODEL)


def _directory_of_4_gb(content: bytes) -> bytes:
    return content[:-10] + (2**32 - 2).to_bytes(4, "little") + content[-6:]


TERABYTE = _npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': (137438953472,), }", bytes(80))

NPZ: dict[str, tuple[str, Spoil, str]] = {
    "a pickle named .npz": (MODEL, replaced(MODEL, PICKLE), "cannot be read"),
    "a pickled scaler": (SCALER, replaced(SCALER, PICKLE), "cannot be read"),
    "an empty file": (MODEL, replaced(MODEL, b""), "File is not a zip file"),
    "half a file": (MODEL, changed(MODEL, lambda content: content[: len(content) // 2]), "cannot be read"),
    "bytes after the end": (MODEL, changed(MODEL, lambda content: content + bytes(30)), "cannot be read"),
    "a directory of 4 GB": (MODEL, changed(MODEL, _directory_of_4_gb), "a member list of 4294967294 bytes"),
    "a zip bomb": (MODEL, _bomb, "unpacks to 335544320 bytes, expected at most 268435456"),
    "a member above the folder": (MODEL, _member("../../evil.npy", PICKLE), "expected only what ser writes"),
    "an absolute member": (MODEL, _member("/tmp/evil.npy", PICKLE), "expected only what ser writes"),
    "a member that is no array": (MODEL, _member("site.py", b"print()"), "expected only what ser writes"),
    "a member twice": (MODEL, _twice, "expected only what ser writes"),
    "a member that is a pickle": (MODEL, _member("intercept.npy", PICKLE), "cannot be read"),
    "an array of pickled objects": (MODEL, _member("intercept.npy", _objects()), "not the array of numbers"),
    "an array of a terabyte": (MODEL, _member("intercept.npy", TERABYTE), "not the array of numbers"),
    "a header that is code": (MODEL, _member("intercept.npy", _npy(b"__import__('os')")), "cannot be read"),
    "another version of .npy": (
        MODEL,
        _member("intercept.npy", _npy(b"{}", version=b"\3\0")),
        "another version of the .npy format",
    ),
    "an array of text": (MODEL, _arrays(MODEL, intercept=np.array(["a"])), "not the array of numbers"),
    "a missing array": (MODEL, _arrays(MODEL, intercept=None), "array intercept is missing"),
    "an unexpected array": (MODEL, _arrays(MODEL, more=np.ones(1)), "unexpected array more"),
    "an array of another type": (
        MODEL,
        _arrays(MODEL, trained=np.ones(3)),
        "trained is float64 of shape (3,), expected bool of shape (3,)",
    ),
    "coefficients of other columns": (
        MODEL,
        _arrays(MODEL, coefficients=np.ones((7, 3))),
        "expected float64 of shape (40, 3)",
    ),
    "coefficients of more classes": (
        MODEL,
        _arrays(MODEL, coefficients=np.ones((40, 9))),
        "expected float64 of shape (40, 3)",
    ),
    "coefficients of NaN": (
        MODEL,
        _arrays(MODEL, intercept=np.full(3, np.nan)),
        "values that are not finite",
    ),
    "a scaler of other columns": (SCALER, _arrays(SCALER, mean=np.ones(4)), "mean is float64 of shape (4,)"),
    "a scaler of NaN": (SCALER, _arrays(SCALER, scale=np.full(40, np.nan)), "values that are not finite"),
    "a scaler without medians": (SCALER, _arrays(SCALER, median=None), "array median is missing"),
    "a scale of 0": ("", _arrays(SCALER, scale=np.zeros(40)), "gives no numbers for a tone"),
    "distances of other bands": (OOD, _arrays(OOD, mean=np.zeros(7)), "expected float64 of shape (128,)"),
    "a limit of 0": (OOD, _arrays(OOD, limit=np.array(0.0)), "not above 0"),
    "a scale of distances below 0": (OOD, _arrays(OOD, scale=-np.ones(128)), "not above 0"),
    "no recordings": (OOD, _arrays(OOD, recordings=np.zeros((0, 128), np.float16)), "has no recordings"),
    "recordings in another type": (OOD, _arrays(OOD, recordings=np.zeros((2, 128))), "expected float16"),
    "101 percentiles that are two": (
        OOD,
        _arrays(OOD, **{"quantiles.pitch_mean": np.zeros(2)}),
        "quantiles.pitch_mean is float64 of shape (2,)",
    ),
}


def _first_kernel(content: np.ndarray | None) -> Spoil:
    return _arrays(MODEL, **{"000.kernel": content})


NETWORK: dict[str, tuple[str, Spoil, str]] = {
    "a kernel of another shape": (
        MODEL,
        _first_kernel(np.ones((9, 9), np.float32)),
        "000.kernel is float32 of shape (9, 9), expected float32 of shape (30, 256)",
    ),
    "a kernel in double precision": (
        MODEL,
        _first_kernel(np.ones((30, 256))),
        "000.kernel is float64 of shape (30, 256), expected float32",
    ),
    "no kernel": (MODEL, _first_kernel(None), "array 000.kernel is missing"),
    "a kernel of NaN": (MODEL, _first_kernel(np.full((30, 256), np.nan, np.float32)), "not finite"),
    "an input of other columns": (
        MODEL,
        _arrays(MODEL, **{"shape.columns": np.array([7])}),
        "input columns has the shape (7,), expected (30,)",
    ),
    "an input of another rank": (
        MODEL,
        _arrays(MODEL, **{"shape.columns": np.array([30, 1])}),
        "shape.columns is int64 of shape (2,), expected int64 of shape (1,)",
    ),
    "an input that is not there": (
        MODEL,
        _arrays(MODEL, **{"shape.frames": np.array([30])}),
        "unexpected array shape.frames",
    ),
}


def _parameters(**changes: Any) -> Spoil:
    """Change hyperparameters."""

    def spoil(folder: Path) -> None:
        parameters = json.loads((folder / METADATA_FILE).read_text())["parameters"]
        edit(folder, parameters={**parameters, **changes})

    return spoil


HYPERPARAMETERS: dict[str, tuple[Spoil, str]] = {
    "layers of a billion units": (_parameters(units=10**9), "expected float32 of shape (4, 1000000000)"),
    "a billion filters": (_parameters(stem=10**9), "of shape (5, 64, 1000000000)"),
    "a billion members": (_parameters(n_members=10**9), "expected an integer from 1 to 64"),
    "65 convolutions": (_parameters(depth=65), "expected an integer from 1 to 64"),
}


def _booster(change: Callable[[dict[str, Any]], Any], name: str = "json") -> Spoil:
    """Change XGBoost's model."""

    def apply(content: bytes) -> bytes:
        model = json.loads(content)
        change(model["learner"])
        return json.dumps(model).replace(": ", ":").encode()

    return _json(apply, name)


def _json(change: Callable[[bytes], bytes], name: str = "json") -> Spoil:
    def spoil(folder: Path) -> None:
        with np.load(folder / MODEL) as file:
            content = change(file[name].tobytes())
        _arrays(MODEL, **{name: np.frombuffer(content, np.uint8)})(folder)

    return spoil


def _tree(change: Callable[[dict[str, Any]], Any]) -> Spoil:
    """Change the first tree."""
    return _booster(lambda learner: change(learner["gradient_booster"]["model"]["trees"][0]))


def _set(array: str, index: int, value: Any) -> Spoil:
    return _tree(lambda tree: tree[array].__setitem__(index, value))


def _param(*path: str, value: Any) -> Spoil:
    def change(learner: dict[str, Any]) -> None:
        for name in path[:-1]:
            learner = learner[name]
        learner[path[-1]] = value

    return _booster(change)


def _circle(tree: dict[str, Any]) -> None:
    """Make a child of the root its own parent's parent."""
    child = tree["left_children"][0]
    tree["left_children"][child] = tree["right_children"][child] = 0


def _append_tree(learner: dict[str, Any]) -> None:
    trees = learner["gradient_booster"]["model"]["trees"]
    trees.append(trees[0])


FOREST = ("gradient_booster", "model")
HUGE = str(2**31 - 1)
OUTSIDE = "has a child outside of its"

TREES: dict[str, tuple[Spoil, str]] = {
    "a pickle": (_json(lambda content: PICKLE), "it is no JSON object"),
    "XGBoost's binary format": (_json(lambda content: b"{L\0\0\0\0\0\0\0\7learner"), "it is no JSON object"),
    "an empty object": (_json(lambda content: b'{"learner": {}}'), "it is no XGBoost model"),
    "a list": (_json(lambda content: b'{"learner": []}'), "it is no XGBoost model"),
    "half a model": (
        _json(lambda content: content[: len(content) // 2]),
        "model.npz does not hold a xgboost",
    ),
    "a model with a tail": (_json(lambda content: content + b"{}"), "Extra data"),
    "lists in lists": (_json(lambda content: b'{"":' + b"[" * 10**5), "nested too deeply"),
    "a key twice": (_json(lambda content: b'{"learner":1,' + content[1:]), "key 'learner' occurs twice"),
    "NaN": (_set("split_conditions", 0, float("nan")), "it holds NaN, expected finite numbers"),
    "1e999": (
        _json(lambda content: content.replace(b'"base_weights":[', b'"base_weights":[1e999,', 1)),
        "a number that is not finite",
    ),
    "a billion trees": (
        _param(*FOREST, "gbtree_model_param", "num_trees", value="1000000000"),
        "number of trees is 1000000000, expected 12",
    ),
    "one tree too many": (_booster(_append_tree), "number of trees is 12, expected 13"),
    "no parallel trees": (
        _param(*FOREST, "gbtree_model_param", "num_parallel_tree", value="0"),
        "number of parallel trees is 0, expected 1",
    ),
    "2^31 classes": (
        _param("learner_model_param", "num_class", value=HUGE),
        "number of classes of the model is 2147483647",
    ),
    "2^31 classes of the objective": (
        _param("objective", "softmax_multiclass_param", "num_class", value=HUGE),
        "number of classes of the objective",
    ),
    "2^31 features": (
        _param("learner_model_param", "num_feature", value=HUGE),
        "number of features is 2147483647, expected 40",
    ),
    "2^31 targets": (_param("learner_model_param", "num_target", value=HUGE), "number of targets"),
    "a score that is NaN": (_param("learner_model_param", "base_score", value="[nan]"), "base_score"),
    "another objective": (
        _param("objective", "name", value="rank:pairwise"),
        "objective is rank:pairwise, expected multi:softprob",
    ),
    "another booster": (_param("gradient_booster", "name", value="dart"), "booster is dart, expected gbtree"),
    "a child that is not there": (_set("left_children", 0, 2**30), OUTSIDE),
    "a negative child": (_set("right_children", 0, -2), OUTSIDE),
    "a node with one child": (_set("right_children", 0, -1), OUTSIDE),
    "a root that is a child": (_tree(_circle), OUTSIDE),
    "a node with two parents": (
        _tree(lambda tree: tree["left_children"].__setitem__(0, tree["right_children"][0])),
        "with another parent, or with two",
    ),
    "a parent that is none": (_set("parents", 1, 2), "with another parent, or with two"),
    "a root with a parent": (_set("parents", 0, 1), "a root with a parent"),
    "a feature that is not there": (_set("split_indices", 0, 40), "splits on a feature outside of 40"),
    "a negative feature": (_set("split_indices", 0, -1), "splits on a feature outside of 40"),
    "a categorical split": (_set("split_type", 0, 1), "has categories, expected numeric features only"),
    "fewer nodes than it says": (_tree(lambda tree: tree["split_conditions"].pop()), "nodes in each array"),
    "a child that is a fraction": (_set("left_children", 0, 1.5), "not 32-bit integers"),
    "a child that is true": (_set("left_children", 0, True), "not 32-bit integers"),
    "a child of 64 bits": (_set("left_children", 0, 2**32 + 1), "not 32-bit integers"),
    "a tree of another class": (
        _param(*FOREST, "tree_info", value=[10**6] * 12),
        "tree_info does not cycle through all classes",
    ),
    "rounds that are not there": (_param(*FOREST, "iteration_indptr", value=[0, 10**9]), "iteration_indptr"),
    "no booster": (_arrays(MODEL, json=None), "array json is missing"),
    "a booster of floats": (_arrays(MODEL, json=np.ones(3)), "json is float64 of shape (3,), expected uint8"),
}

ENSEMBLE: dict[str, tuple[Spoil, str]] = {
    "a member of a member": (_arrays(MODEL, **{"0/0/mean": np.ones(1)}), "unexpected array 0/mean"),
    "a member that is not there": (_arrays(MODEL, **{"2/mean": np.ones(1)}), "unexpected array 2/mean"),
    "a weight below 0": (_arrays(MODEL, weights=np.array([1.0, -1.0])), "a weight of a member is negative"),
    "no weight above 0": (_arrays(MODEL, weights=np.zeros(2)), "or all of them are 0"),
    "three weights": (_arrays(MODEL, weights=np.ones(3)), "weights is float64 of shape (3,)"),
    "a member's trees": (
        _booster(lambda learner: learner["objective"].update(name="evil"), "1/json"),
        "objective is evil, expected multi:softprob",
    ),
    "a member's coefficients": (
        _arrays(MODEL, **{"0/coefficients": np.ones((40, 9))}),
        "expected float64 of shape (40, 3)",
    ),
}

ARRAYS = [
    *(Hostile(name, "logistic", spoil, says, file) for name, (file, spoil, says) in NPZ.items()),
    *(Hostile(name, "mlp", spoil, says, file) for name, (file, spoil, says) in NETWORK.items()),
    *(Hostile(name, "conv_attention", spoil, says) for name, (spoil, says) in HYPERPARAMETERS.items()),
    *(Hostile(name, "xgboost", spoil, says, MODEL) for name, (spoil, says) in TREES.items()),
    *(Hostile(name, "ensemble", spoil, says, MODEL) for name, (spoil, says) in ENSEMBLE.items()),
]
