"""Signal → with one echo."""

import numpy as np

from ser_features.augment.base import Parameter, Parameters, SignalTransform
from ser_features.errors import TooShortError


class Echo(SignalTransform):
    """y[n] = x[n] + decay · x[n − delay]; the length stays, so what rings on after the end is cut."""

    name = "echo"
    parameters = (
        Parameter("delay", "s", (0.5, 0.5), (0.001, 10.0), "How much later the echo comes."),
        Parameter("decay", "1", (0.5, 0.5), (0.0, 1.0), "Amplitude of the echo, as a share."),
    )

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return n samples.

        Raises:
            TooShortError: if the signal ends before its echo begins.
        """
        delay = round(parameters["delay"] * sample_rate)
        if delay >= signal.size:
            raise TooShortError(
                f"{signal.size / sample_rate:.2f} s of speech, expected more than the echo's delay of "
                f"{parameters['delay']:g} s: pass a shorter delay"
            )
        echoed = signal.copy()
        echoed[delay:] += np.float32(parameters["decay"]) * signal[:-delay]
        return echoed
