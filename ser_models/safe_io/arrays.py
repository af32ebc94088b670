"""Named numeric arrays in an .npz file, validated before use: model weights, statistics of a scaler.

{name: array} → `save` → .npz → `load` → {name: array}, or an `ArtifactError`
{name: array}, expected forms → `check` → nothing, or a `ValueError`

No pickle is read, and no memory is allocated because a header asks for it.

>>> import tempfile
>>> path = Path(tempfile.mkdtemp(), "weights.npz")
>>> save(path, {"weights": np.ones((2, 3)), "offset": np.zeros(3)})
>>> arrays = load(path)
>>> check(arrays, {"weights": ("float64", (None, 3)), "offset": ("float64", (3,))})
>>> check(arrays, {"weights": ("float64", (None, 4)), "offset": ("float64", (3,))})
Traceback (most recent call last):
...
ValueError: weights is float64 of shape (2, 3), expected float64 of shape (any, 4)
"""

import io
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ser_features.errors import ArtifactError
from ser_models.safe_io.strict import open_archive, quoted

Form = tuple[str, tuple[int | None, ...]]
"""Data type and shape of an array; None for a dimension of any size."""

NAME = r"(\d+/)*[A-Za-z0-9_.]+\.npy"
"""Members of a file. The arrays of an ensemble's members have the member's number in front: "0/weights"."""

KINDS = "fiub"
"""Kinds of data types that are read: floating point, integer, boolean."""


def save(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write numeric arrays, uncompressed."""
    with path.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # NumPy's hint takes the names for its own options


def load(path: Path, forms: Mapping[str, Form] | None = None) -> dict[str, np.ndarray]:
    """Read what `save` wrote.

    Args:
        path: the file.
        forms: expected arrays, see `check`; None to leave that to the caller.

    Raises:
        ArtifactError: if the file is damaged, too large, holds anything but finite numbers, or not `forms`.
    """
    try:
        with open_archive(path, NAME) as archive:
            names = [name.removesuffix(".npy") for name in archive.namelist()]
            arrays = {name: _array(name, archive.read(f"{name}.npy")) for name in names}
        if forms is not None:
            check(arrays, forms)
        return arrays
    except ArtifactError:
        raise
    except Exception as error:  # a damaged file can fail anywhere in the parser
        raise ArtifactError(f"{path.name} cannot be read ({quoted(error)}): train again") from error


def check(arrays: Mapping[str, np.ndarray], forms: Mapping[str, Form]) -> None:
    """Compare arrays with what is expected.

    Args:
        arrays: by name.
        forms: every expected array; there may be no other.

    Raises:
        ValueError: naming the first array that is missing, unexpected, or of another data type or shape.
    """
    if differing := sorted(set(arrays) ^ set(forms)):
        name = differing[0]
        raise ValueError(f"array {name} is missing" if name in forms else f"unexpected array {quoted(name)}")
    for name, (dtype, shape) in forms.items():
        array = arrays[name]
        fits = array.ndim == len(shape) and all(
            size in (None, actual) for size, actual in zip(shape, array.shape, strict=True)
        )
        if array.dtype != dtype or not fits:
            expected = ", ".join("any" if size is None else str(size) for size in shape)
            raise ValueError(
                f"{name} is {array.dtype} of shape {array.shape}, expected {dtype} of shape "
                f"({expected}{',' * (len(shape) == 1)})"
            )


def _array(name: str, content: bytes) -> np.ndarray:
    """Decode an .npy file whose header describes exactly the bytes that follow it."""
    file = io.BytesIO(content)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError(f"{name} has another version of the .npy format")
    shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.kind not in KINDS or math.prod(shape) * dtype.itemsize != len(content) - file.tell():
        raise ValueError(f"{name} is not the array of numbers that its header describes")
    flat = np.frombuffer(content, dtype, offset=file.tell())
    array = flat.reshape(shape[::-1]).T if fortran_order else flat.reshape(shape)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds values that are not finite")
    return array
