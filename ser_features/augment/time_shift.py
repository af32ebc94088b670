"""Signal → the same, beginning elsewhere."""

import numpy as np

from ser_features.augment import library
from ser_features.augment.base import Parameter, Parameters, SignalTransform


class TimeShift(SignalTransform):
    """Circular shift: what leaves at one end comes in at the other, so no speech is lost.

    audiomentations' Shift, which fades over 5 ms on both sides of the seam: an edge would be a click that no
    original has.
    """

    name = "time_shift"
    by_library = True
    parameters = (
        Parameter("fraction", "1", (0.2, 0.2), (-0.9, 0.9), "Share of the duration; above 0 is later."),
    )

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return n samples."""
        drawn = {"shift_amount": parameters["fraction"]}
        return library.run("Shift", signal, sample_rate, parameters=drawn, min_shift=-1, max_shift=1)
