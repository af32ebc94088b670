"""Only finite numbers of the expected form are read."""

import numpy as np
import pytest

from ser_features.errors import ArtifactError
from ser_models.safe_io import arrays

DIMENSIONS = {"weights": 2, "offset": 1}


def good():
    return {"weights": np.ones((2, 3)), "offset": np.zeros(3)}


def test_arrays_come_back(tmp_path):
    arrays.save(tmp_path / "a.npz", good())
    found = arrays.load(tmp_path / "a.npz", DIMENSIONS)
    np.testing.assert_array_equal(found["weights"], good()["weights"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weights": np.ones(3)}, "weights is float64 in 1 dimensions, expected finite numbers in 2"),
        ({"weights": np.full((2, 3), np.nan)}, "expected finite numbers in 2: train again"),
        ({"offset": np.array(["a"])}, "offset is <U1 in 1 dimensions"),
        ({"offset": np.array([{}], dtype=object)}, "cannot be read"),
        ({"more": np.ones(1)}, "expected only what ser writes"),
    ],
)
def test_anything_else_is_refused(tmp_path, changes, message):
    np.savez(tmp_path / "a.npz", **{**good(), **changes})
    with pytest.raises(ArtifactError, match=message):
        arrays.load(tmp_path / "a.npz", DIMENSIONS)


def test_a_missing_array_is_named(tmp_path):
    arrays.save(tmp_path / "a.npz", {"weights": np.ones((2, 3))})
    with pytest.raises(ArtifactError, match=r"a.npz has no offset: train again"):
        arrays.load(tmp_path / "a.npz", DIMENSIONS)
