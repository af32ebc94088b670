"""scikit-learn objects on disk without pickle: skops, with a fixed list of types.

estimator → `save` → .skops → `load` → the same estimator, or an `ArtifactError`.
skops trusts all of scikit-learn by default; here only what this project writes is let through, and a file is
looked at before anything of it is built.
"""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import skops.io

from ser_features.errors import ArtifactError

TRUSTED: frozenset[str] = frozenset(
    {
        "builtins.dict",
        "builtins.list",
        "builtins.str",
        "builtins.tuple",
        "numpy.dtype",
        "numpy.float64",
        "numpy.ndarray",
        "sklearn.impute._base.SimpleImputer",
        "sklearn.linear_model._logistic.LogisticRegression",
        "sklearn.pipeline.Pipeline",
        "sklearn.preprocessing._data.StandardScaler",
    }
)
"""Every type that a file may hold. "numpy.dtype" is the only one that skops itself wants named."""

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
        schema = json.loads(zipfile.ZipFile(path).read("schema.json"))
        found = set(_types(schema))
        if strangers := sorted(found - TRUSTED):
            raise ArtifactError(
                f"{path.name} holds {', '.join(strangers)}, expected only types that ser writes: "
                "do not use it"
            )
        estimator = skops.io.load(path, trusted=["numpy.dtype"])
    except ArtifactError:
        raise
    except Exception as error:  # a damaged file can fail anywhere in the parser
        raise ArtifactError(f"{path.name} cannot be read ({error}): train again") from error
    if type(estimator) is not expected:
        raise ArtifactError(
            f"{path.name} is a {type(estimator).__name__}, expected a {expected.__name__}: train again"
        )
    return estimator


def _types(node: Any) -> Iterator[str]:
    """Yield "module.class" of every object that a skops schema would build."""
    if isinstance(node, list):
        for child in node:
            yield from _types(child)
    elif isinstance(node, dict):
        if "__class__" in node:
            yield f"{node.get('__module__')}.{node['__class__']}"
        for child in node.values():
            yield from _types(child)
