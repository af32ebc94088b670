"""Signal → the same words at another pace and the same pitch."""

import numpy as np

from ser_features.augment import library
from ser_features.augment.base import Parameter, Parameters, SignalTransform


class TimeStretch(SignalTransform):
    """Faster or slower speech without a change of pitch; n / rate samples.

    audiomentations' TimeStretch with Signalsmith Stretch, which keeps the level and the pitch where librosa's
    phase vocoder smears both. Below a rate of 0.5 it randomises phases with a seed of its own, so slower
    than that is not allowed.
    """

    name = "time_stretch"
    by_library = True
    parameters = (Parameter("rate", "1", (1.2, 1.2), (0.5, 2.0), "Above 1 is faster, and shorter."),)

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return about n / rate samples."""
        drawn = {"rate": parameters["rate"]}
        return library.run("TimeStretch", signal, sample_rate, parameters=drawn, leave_length_unchanged=False)
