"""The FFT of SciPy without the rest of `scipy.fft`, whose import takes three times as long as that of NumPy.

`scipy.fft` imports `scipy.special` and NumPy's tools for tests and Fortran. Its transforms are in one
extension module, PocketFFT, which is loaded here alone. Where it is not where SciPy 1.13 to 1.17 have it,
`scipy.fft` is imported. The values are those of `scipy.fft`, bit by bit.

>>> import numpy
>>> signal = numpy.array([1, 2, 3, 4], numpy.float32)
>>> rfft(signal, (0,)).dtype, irfft(rfft(signal, (0,)), (0,), 4).tolist(), good_size(1001, True)
(dtype('complex64'), [1.0, 2.0, 3.0, 4.0], 1024)
"""

import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, FileFinder
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from typing import Any

import numpy as np

NAME = "scipy.fft._pocketfft.pypocketfft"
"""Of the extension module."""

BY_SIZE = 2
"""PocketFFT's code for a result divided by the size of the transform, as of an inverse."""


def _load() -> Any:
    """PocketFFT, as SciPy has loaded it, or from its file."""
    package = find_spec("scipy")
    if NAME not in sys.modules and package and package.submodule_search_locations:
        folder = Path(package.submodule_search_locations[0]).joinpath(*NAME.split(".")[1:-1])
        finder = FileFinder(str(folder), (ExtensionFileLoader, EXTENSION_SUFFIXES))
        spec = finder.find_spec(NAME.rpartition(".")[2])
        if spec and spec.loader:
            module = module_from_spec(spec)
            spec.loader.exec_module(module)
            return module
    import_module("scipy.fft")
    return sys.modules[NAME]


_POCKETFFT = _load()

rfft: Callable[..., np.ndarray] = _POCKETFFT.r2c
"""(values, axes) → spectrum, as `scipy.fft.rfft`: complex64 of float32, complex128 of float64."""

irfft: Callable[..., np.ndarray] = partial(_POCKETFFT.c2r, forward=False, inorm=BY_SIZE)
"""(complex spectrum, axes, size) → values, as `scipy.fft.irfft`; the spectrum has size // 2 + 1 bins."""

dct: Callable[..., np.ndarray] = _POCKETFFT.dct
"""(values, type, axes) → cosine transform, as `scipy.fft.dct`."""

good_size: Callable[[int, bool], int] = _POCKETFFT.good_size
"""(size, whether values are real) → the smallest size of a quick transform that is no smaller."""
