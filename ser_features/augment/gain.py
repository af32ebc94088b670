"""Signal → louder or softer."""

import numpy as np

from ser_features.augment import library
from ser_features.augment.base import Parameter, Parameters, SignalTransform


class Gain(SignalTransform):
    """Volume scaling, by audiomentations' Gain; samples may leave ±1, as nothing is stored as integers."""

    name = "gain"
    by_library = True
    parameters = (Parameter("factor", "1", (0.5, 1.5), (0.01, 100.0), "Times the amplitude."),)

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return n samples."""
        return library.run("Gain", signal, sample_rate, parameters={"amplitude_ratio": parameters["factor"]})
