"""Attacks on scaler.skops and model.skops; every file has the hash that artifact.json says."""

import io
import json
import pickle
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import skops.io
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from tests.attacks.base import PICKLE, Hostile, Payload, Spoil, members, rehash, replaced, rezip, zip_bomb

SCALER, MODEL = "scaler.skops", "model.skops"


def _dumped(content: Any) -> Spoil:
    return lambda folder: replaced(SCALER, skops.io.dumps(content))(folder)


def _joblib(folder: Path) -> None:
    joblib.dump(Payload(), folder / MODEL)
    rehash(folder, MODEL)


def _pipeline(*steps: Any) -> Pipeline:
    return Pipeline([(f"step{index}", step) for index, step in enumerate(steps)])


def _node(**node: Any) -> Spoil:
    """Put one node in the place of the scaler's steps."""

    def spoil(folder: Path) -> None:
        held = members(folder / SCALER)
        schema = json.loads(held["schema.json"])
        schema["content"]["content"]["steps"] = {"__id__": 7, **node}
        rezip(folder, SCALER, {**held, "schema.json": json.dumps(schema).encode()})

    return spoil


def _function(loader: str, kind: str = "str", module: str = "builtins") -> dict[str, Any]:
    """Return a node whose type is harmless and whose content is os.system."""
    arguments = {"__class__": "tuple", "__module__": "builtins", "__loader__": "TupleNode", "content": []}
    return {
        "__class__": kind, "__module__": module, "__loader__": loader,
        "content": {"module_path": "os", "function": "system", "func": "system", "args": arguments},
    }  # fmt: skip


def _schema(content: bytes) -> Spoil:
    return lambda folder: rezip(folder, MODEL, {**members(folder / MODEL), "schema.json": content})


def _member(name: str, content: bytes = PICKLE) -> Spoil:
    return lambda folder: rezip(folder, MODEL, {**members(folder / MODEL), name: content})


def _first_array(content: bytes) -> Spoil:
    def spoil(folder: Path) -> None:
        held = members(folder / MODEL)
        array = next(name for name in held if name.endswith(".npy"))
        rezip(folder, MODEL, {**held, array: content})

    return spoil


def _array_of_objects() -> bytes:
    file = io.BytesIO()
    np.save(file, np.array([Payload()], dtype=object), allow_pickle=True)
    return file.getvalue()


def _array_of_a_terabyte() -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": (2**37,)})
    return file.getvalue() + bytes(80)


def _twice(folder: Path) -> None:
    with zipfile.ZipFile(folder / MODEL, "a") as archive:
        archive.writestr("schema.json", b"{}")
    rehash(folder, MODEL)


def _endless_list(folder: Path) -> None:
    """Say that the list of members has 4 GB."""
    content = bytearray((folder / MODEL).read_bytes())
    content[-10:-6] = (2**32 - 2).to_bytes(4, "little")
    replaced(MODEL, bytes(content))(folder)


def _estimator(**attributes: Any) -> Spoil:
    """Change attributes of the model."""

    def spoil(folder: Path) -> None:
        estimator = skops.io.load(folder / MODEL)
        for name, value in attributes.items():
            setattr(estimator, name, value)
        replaced(MODEL, skops.io.dumps(estimator))(folder)

    return spoil


def _nan_scale(folder: Path) -> None:
    pipeline = skops.io.load(folder / SCALER, trusted=["numpy.dtype"])
    pipeline["scale"].scale_[:] = np.nan
    replaced(SCALER, skops.io.dumps(pipeline))(folder)


fitted = LogisticRegression().fit(np.eye(4), [0, 1, 0, 1])
only = "expected only types that ser writes"

KINDS: dict[str, tuple[str, Spoil, str]] = {
    "a pickle named .skops": (MODEL, replaced(MODEL, PICKLE), "cannot be read"),
    "a pickled scaler": (SCALER, replaced(SCALER, pickle.dumps(StandardScaler())), "cannot be read"),
    "a joblib file named .skops": (MODEL, _joblib, "cannot be read"),
    "a forest": (SCALER, _dumped(RandomForestClassifier()), "RandomForestClassifier"),
    "a function": (SCALER, _dumped(print), only),
    "a function in a list in a dict": (SCALER, _dumped({"a": [print]}), only),
    "a partial function": (SCALER, _dumped(partial(print, "run")), only),
    "a function transformer": (
        SCALER,
        _dumped(_pipeline(FunctionTransformer(np.save))),
        "FunctionTransformer",
    ),
    "a method": (SCALER, _dumped(_pipeline(StandardScaler()).fit), only),
    "a class": (SCALER, _dumped(_pipeline(Path)), only),
    "a harmless type loaded as a function": (
        SCALER,
        _node(**_function("FunctionNode")),
        "builtins.str (FunctionNode)",
    ),
    "a harmless type loaded as an operator": (
        SCALER,
        _node(**_function("OperatorFuncNode")),
        "OperatorFuncNode",
    ),
    "a harmless type loaded as a method": (SCALER, _node(**_function("MethodNode", "dict")), "MethodNode"),
    "a harmless type loaded by its constructor": (
        SCALER,
        _node(**_function("ConstructorFromReduceNode", "list")),
        "ConstructorFromReduceNode",
    ),
    "an object of os": (SCALER, _node(**_function("ObjectNode", "system", "os")), "os.system (ObjectNode)"),
    "a type of os": (
        SCALER,
        _node(__class__="system", __module__="posix", __loader__="TypeNode"),
        "posix.system",
    ),
    "an unknown loader": (SCALER, _node(__class__="str", __module__="builtins", __loader__="\x1b[2J"), only),
    "a node without a type": (SCALER, _node(__loader__="FunctionNode"), "None.None (FunctionNode)"),
    "a schema of 64 MB": (
        MODEL,
        lambda folder: zip_bomb(folder, MODEL, "schema.json", 2**26),
        "unpacks to 67108864 bytes",
    ),
    "an array of 64 MB": (
        MODEL,
        lambda folder: zip_bomb(folder, MODEL, "1.npy", 2**26),
        "unpacks to 67108864 bytes",
    ),
    "a schema of lists in lists": (MODEL, _schema(b"[" * 10**5), "nested too deeply"),
    "a schema with a key twice": (
        MODEL,
        _schema(b'{"__class__": "str", "__class__": "system"}'),
        "is there twice",
    ),
    "a schema that is no JSON": (MODEL, _schema(PICKLE), "cannot be read"),
    "a member above the folder": (MODEL, _member("../../evil.npy"), "expected only what ser writes"),
    "an absolute member": (MODEL, _member("/tmp/evil.npy"), "expected only what ser writes"),
    "a member of Python": (MODEL, _member("sitecustomize.py", b"print()"), "expected only what ser writes"),
    "a member twice": (MODEL, _twice, "expected only what ser writes"),
    "a list of members of 4 GB": (MODEL, _endless_list, "lists its members in 4294967294 bytes"),
    "bytes behind the end": (
        MODEL,
        lambda folder: replaced(MODEL, (folder / MODEL).read_bytes() + bytes(30))(folder),
        "plain zip",
    ),
    "an array of pickled objects": (
        MODEL,
        _first_array(_array_of_objects()),
        "is not the array of numbers that it says",
    ),
    "an array that promises a terabyte": (
        MODEL,
        _first_array(_array_of_a_terabyte()),
        "is not the array of numbers that it says",
    ),
    "an array that is a pickle": (MODEL, _first_array(PICKLE), "cannot be read"),
    "a scaler that is no pipeline": (
        SCALER,
        _dumped(StandardScaler()),
        "is a StandardScaler, expected a Pipeline",
    ),
    "a scaler that does not scale": (SCALER, _dumped(_pipeline(fitted)), "cannot recognise a tone"),
    "a scaler of other columns": (
        SCALER,
        _dumped(_pipeline(StandardScaler()).fit(np.eye(4))),
        "cannot recognise a tone",
    ),
    "a scaler of NaN": (SCALER, _nan_scale, "cannot recognise a tone"),
    "coefficients of other columns": (MODEL, _estimator(coef_=np.ones((3, 7))), "cannot recognise a tone"),
    "coefficients that are text": (MODEL, _estimator(coef_=["a"]), "cannot recognise a tone"),
    "coefficients of NaN": (MODEL, _estimator(intercept_=np.full(3, np.nan)), "gives no numbers for a tone"),
    "classes that are not there": (
        MODEL,
        _estimator(classes_=np.array([0, 1, 10**9])),
        "cannot recognise a tone",
    ),
}

SKOPS = [
    Hostile(name, "logistic", spoil, says, "" if "tone" in says else file)
    for name, (file, spoil, says) in KINDS.items()
]
