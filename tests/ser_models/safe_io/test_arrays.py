"""Arrays are read as they were written; tests/attacks has the files that are refused."""

import numpy as np
import pytest

from ser_features.errors import ArtifactError
from ser_models.safe_io import arrays

ARRAYS = {
    "0/weights": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "1/half": np.arange(3, dtype=np.float16),
    "bytes": np.frombuffer(b"{}", np.uint8),
    "count": np.array(7),
    "empty": np.zeros((0, 4), np.float32),
    "trained": np.array([True, False]),
}


def test_arrays_come_back_with_type_and_shape(tmp_path):
    arrays.save(tmp_path / "a.npz", ARRAYS)
    loaded = arrays.load(tmp_path / "a.npz")
    assert loaded.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert loaded[name].dtype == array.dtype
        np.testing.assert_array_equal(loaded[name], array)


def test_a_file_of_other_arrays_is_refused(tmp_path):
    arrays.save(tmp_path / "a.npz", {"weights": np.ones(2)})
    with pytest.raises(ArtifactError) as error:
        arrays.load(tmp_path / "a.npz", {"weights": ("float64", (3,))})
    assert str(error.value) == (
        "a.npz cannot be read (weights is float64 of shape (2,), expected float64 of shape (3,)): train again"
    )
