"""scikit-learn objects on disk without pickle: skops, with a fixed list of types.

estimator → `save` → .skops → `load` → the same estimator, or an `ArtifactError`.
skops trusts all of scikit-learn by default; here only what this project writes is let through, and a file is
looked at before anything of it is built: its size, the names of its members, how each object says it shall be
loaded, and whether each array is as large as it says.
"""

import io
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import skops.io

from ser_features.errors import ArtifactError
from ser_models.safe_io.strict import open_archive, quoted, strict_json

TRUSTED: frozenset[tuple[str, str]] = frozenset(
    {
        ("DictNode", "builtins.dict"),
        ("DTypeNode", "numpy.dtype"),
        ("JsonNode", "builtins.str"),
        ("ListNode", "builtins.list"),
        ("NdArrayNode", "numpy.float64"),
        ("NdArrayNode", "numpy.ndarray"),
        ("ObjectNode", "sklearn.impute._base.SimpleImputer"),
        ("ObjectNode", "sklearn.linear_model._logistic.LogisticRegression"),
        ("ObjectNode", "sklearn.pipeline.Pipeline"),
        ("ObjectNode", "sklearn.preprocessing._data.StandardScaler"),
        ("TupleNode", "builtins.tuple"),
        ("TypeNode", "builtins.str"),
    }
)
"""Every type that a file may hold, each with the way of loading that skops writes for it: a trusted type that
asks to be loaded as a function would be one."""

SCHEMA = "schema.json"
LIMITS = {SCHEMA: 2**20, r"\d+\.npy": 2**24}
"""Most bytes of each kind of member; what is written has 20 kB and 400 bytes."""

T = TypeVar("T")


def save(estimator: Any, path: Path) -> None:
    """Write a fitted estimator."""
    skops.io.dump(estimator, path)


def load(path: Path, expected: type[T]) -> T:
    """Read an estimator.

    Args:
        path: what `save` wrote.
        expected: the type that it must be.

    Raises:
        ArtifactError: if the file is damaged, holds any other type, or is not an `expected`.
    """
    try:
        with open_archive(path, LIMITS) as archive:
            _check(path, archive)
        estimator = skops.io.load(path, trusted=["numpy.dtype"])  # the only one that skops wants named
    except ArtifactError:
        raise
    except Exception as error:  # a damaged file can fail anywhere in the parser
        raise ArtifactError(f"{path.name} cannot be read ({quoted(error)}): train again") from error
    if type(estimator) is not expected:
        raise ArtifactError(
            f"{path.name} is a {type(estimator).__name__}, expected a {expected.__name__}: train again"
        )
    return estimator


def _check(path: Path, archive: zipfile.ZipFile) -> None:
    schema = strict_json(archive.read(SCHEMA))
    if strangers := sorted(f"{kind} ({loader})" for loader, kind in set(_types(schema)) - TRUSTED):
        raise ArtifactError(
            f"{path.name} holds {quoted(', '.join(strangers))}, expected only types that ser writes: "
            "do not use it"
        )
    for name in archive.namelist():
        if name != SCHEMA and not _is_array(archive.read(name)):
            raise ArtifactError(f"{path.name}: {name} is not the array of numbers that it says: train again")


def _types(node: Any) -> Iterator[tuple[str, str]]:
    """Yield (loader, "module.class") of every object that a skops schema would build."""
    if isinstance(node, list):
        for child in node:
            yield from _types(child)
    elif isinstance(node, dict):
        if {"__class__", "__module__", "__loader__"} & set(node):
            yield str(node.get("__loader__")), f"{node.get('__module__')}.{node.get('__class__')}"
        for child in node.values():
            yield from _types(child)


def _is_array(content: bytes) -> bool:
    """Whether an .npy member holds plain values, as many as its header says."""
    file = io.BytesIO(content)
    version = np.lib.format.read_magic(file)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }[version]
    shape, _, dtype = read_header(file)
    return not dtype.hasobject and math.prod(shape) * dtype.itemsize == len(content) - file.tell()
