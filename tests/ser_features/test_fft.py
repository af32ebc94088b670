"""The transforms are those of `scipy.fft`, without its import."""

import subprocess
import sys

import numpy as np
import pytest
import scipy.fft

from ser_features import fft


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize(("shape", "axis"), [((7,), 0), ((5, 16), 1), ((3, 50, 4), 1)])
def test_transforms_equal_those_of_scipy(shape, axis, kind):
    values = np.random.default_rng(0).standard_normal(shape).astype(kind)
    spectrum = scipy.fft.rfft(values, axis=axis)
    np.testing.assert_array_equal(fft.rfft(values, (axis,)), spectrum, strict=True)
    inverse = scipy.fft.irfft(spectrum, shape[axis], axis)
    np.testing.assert_array_equal(fft.irfft(spectrum, (axis,), shape[axis]), inverse, strict=True)
    cosines = scipy.fft.dct(values, 1, axis=axis)
    np.testing.assert_array_equal(fft.dct(values, 1, (axis,), out=values), cosines, strict=True)


def test_sizes_equal_those_of_scipy():
    sizes = range(1, 2000)
    expected = [scipy.fft.next_fast_len(size, real=True) for size in sizes]
    assert [fft.good_size(size, True) for size in sizes] == expected


def test_a_worker_imports_neither_scipy_s_packages_nor_praat_nor_the_planning():
    code = (
        "import sys, ser_features.engine.shard; "
        "print(sorted({'scipy.fft', 'parselmouth', 'ser_features.engine.plan'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
