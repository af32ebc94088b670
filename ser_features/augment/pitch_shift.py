"""Signal → the same words at the same pace, higher or lower."""

import numpy as np

from ser_features.augment import library
from ser_features.augment.base import Parameter, Parameters, SignalTransform


class PitchShift(SignalTransform):
    """Higher or lower speech without a change of pace; formants move with the pitch.

    audiomentations' PitchShift with Signalsmith Stretch (see `time_stretch`).
    """

    name = "pitch_shift"
    by_library = True
    parameters = (
        Parameter("semitones", "semitones", (2.0, 2.0), (-12.0, 12.0), "Above 0 is higher; 12 is an octave."),
    )

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return n samples."""
        drawn = {"num_semitones": parameters["semitones"]}
        return library.run("PitchShift", signal, sample_rate, parameters=drawn)
