"""Signal → the same with a gap."""

import numpy as np

from ser_features.augment import library
from ser_features.augment.base import Parameter, Parameters, SignalTransform


class TimeMask(SignalTransform):
    """One stretch of silence, anywhere; audiomentations' TimeMask, with 5 ms ramps inside of the gap."""

    name = "time_mask"
    by_library = True
    parameters = (
        Parameter("fraction", "1", (0.0, 0.1), (0.0, 1.0), "Share of the duration that is masked."),
        Parameter("position", "1", (0.0, 1.0), (0.0, 1.0), "Where the gap is: 0 at the start, 1 at the end."),
    )

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return n samples, of which at most fraction × n differ."""
        length = int(parameters["fraction"] * signal.size)
        start = round(parameters["position"] * (signal.size - length))
        return library.run("TimeMask", signal, sample_rate, parameters={"t": length, "t0": start})
