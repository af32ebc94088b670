"""Signal → upside down."""

import numpy as np

from ser_features.augment import library
from ser_features.augment.base import Parameters, SignalTransform


class Polarity(SignalTransform):
    """Inverted polarity, by audiomentations' PolarityInversion.

    Spectra, level and pitch stay as they are: to a model on them, the copy is the recording once more.
    """

    name = "polarity"
    by_library = True

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return −x, n samples."""
        return library.run("PolarityInversion", signal, sample_rate, parameters={})
