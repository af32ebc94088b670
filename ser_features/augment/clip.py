"""Signal → as if recorded at too high a level."""

import numpy as np

from ser_features.augment import library
from ser_features.augment.base import Parameter, Parameters, SignalTransform


class Clip(SignalTransform):
    """Hard clipping at a share of the recording's own peak, by audiomentations' Clip.

    Of the peak, not of full scale: RAVDESS peaks near a tenth of that, where ±0.5 would do nothing.
    """

    name = "clip"
    by_library = True
    parameters = (
        Parameter(
            "threshold", "1", (0.5, 0.5), (0.01, 1.0), "Largest amplitude left, as a share of the peak."
        ),
    )

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return n samples within ±threshold × peak."""
        limit = float(parameters["threshold"] * np.abs(signal).max())
        return library.run("Clip", signal, sample_rate, parameters={}, a_min=-limit, a_max=limit)
