"""Signal → played faster or slower, as a tape would: pace, pitch and formants change together."""

import numpy as np

from ser_features.augment.base import Parameter, Parameters, SignalTransform
from ser_features.preprocess import resample


class Speed(SignalTransform):
    """Speed perturbation by resampling (Ko et al. 2015); ⌈n / rate⌉ samples."""

    name = "speed"
    parameters = (Parameter("rate", "1", (1.1, 1.1), (0.5, 2.0), "Above 1 is faster, higher and shorter."),)

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return ⌈n / rate⌉ samples."""
        return resample(signal, sample_rate * parameters["rate"], sample_rate)
