"""Arrays of numbers on disk, by name, with nothing that could run: a model's weights as an .npz.

{name: array} → `save` → .npz → `load` → the same, or an `ArtifactError`

>>> import tempfile
>>> path = Path(tempfile.mkdtemp(), "weights.npz")
>>> save(path, {"weights": np.ones((2, 3)), "offset": np.zeros(3)})
>>> load(path, {"weights": 2, "offset": 1})["weights"].shape
(2, 3)
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ser_features.errors import ArtifactError
from ser_models.safe_io.strict import MAX_FILE, open_archive, quoted


def save(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays of numbers or truths, uncompressed."""
    with path.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # NumPy's hint takes names for its own options


def load(path: Path, dimensions: Mapping[str, int]) -> dict[str, np.ndarray]:
    """Read what `save` wrote.

    Args:
        path: the file.
        dimensions: how many each array must have, by its name.

    Raises:
        ArtifactError: if it is damaged, lacks an array, has another, or holds what is no finite number.
    """
    try:
        with open_archive(path, dict.fromkeys((rf"{name}\.npy" for name in dimensions), MAX_FILE)):
            pass
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
    except ArtifactError:
        raise
    except Exception as error:  # a damaged file can fail anywhere in the parser
        raise ArtifactError(f"{path.name} cannot be read ({quoted(error)}): train again") from error
    for name, count in dimensions.items():
        _check(path, name, arrays.get(name), count)
    return arrays


def expect(path: Path, name: str, found: object, expected: object) -> None:
    """Refuse a file of which a part has another form than what goes with it.

    Raises:
        ArtifactError: unless both are equal.
    """
    if found != expected:
        raise ArtifactError(
            f"{path.name}: {name} is {quoted(found)}, expected {quoted(expected)}: train again"
        )


def _check(path: Path, name: str, array: np.ndarray | None, dimensions: int) -> None:
    if array is None:
        raise ArtifactError(f"{path.name} has no {name}: train again")
    if array.dtype.kind not in "fb" or array.ndim != dimensions or not np.isfinite(array).all():
        raise ArtifactError(
            f"{path.name}: {name} is {array.dtype} in {array.ndim} dimensions, expected finite numbers "
            f"in {dimensions}: train again"
        )
