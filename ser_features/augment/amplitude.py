"""Signal → other gain, polarity or dynamic range."""

import numpy as np

from ser_features.augment import library
from ser_features.augment.base import Parameter, Parameters, SignalTransform
from ser_features.framing import centred_power

WINDOW_SECONDS = 0.02
"""Window of the level: two periods of a low voice, so that it does not follow the waveform."""

MIN_LEVEL = 1e-10
"""Lower limit of the level, as root mean square."""


class Gain(SignalTransform):
    """Gain, by audiomentations' Gain; samples may exceed ±1, as they are never converted to integers."""

    name = "gain"
    by_library = True
    parameters = (Parameter("factor", "1", (0.5, 1.5), (0.01, 100.0), "Factor on the amplitude."),)

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return n samples."""
        return library.run("Gain", signal, sample_rate, parameters={"amplitude_ratio": parameters["factor"]})


class Polarity(SignalTransform):
    """Inverted polarity, by audiomentations' PolarityInversion.

    Spectra, level and pitch do not change: for a model that reads them, the copy equals the recording.
    """

    name = "polarity"
    by_library = True

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return −x, n samples."""
        return library.run("PolarityInversion", signal, sample_rate, parameters={})


class Clip(SignalTransform):
    """Hard clipping relative to the recording's peak, by audiomentations' Clip.

    Relative to the peak, not to full scale: RAVDESS peaks near 0.1, where clipping at ±0.5 has no effect.
    """

    name = "clip"
    by_library = True
    parameters = (
        Parameter("threshold", "1", (0.5, 0.5), (0.01, 1.0), "Largest amplitude, relative to the peak."),
    )

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return n samples within ±threshold × peak."""
        limit = float(parameters["threshold"] * np.abs(signal).max())
        return library.run("Clip", signal, sample_rate, parameters={}, a_min=-limit, a_max=limit)


class Compression(SignalTransform):
    """Dynamic range compression: above the threshold, `ratio` dB of input level give 1 dB of output level.

    The level is the RMS over 20 ms around each sample; the threshold is relative to the loudest 20 ms of the
    recording, so the effect does not depend on the recording level. There is no make-up gain.
    """

    name = "compression"
    parameters = (
        Parameter("threshold_db", "dB", (-20.0, -20.0), (-80.0, 0.0), "Re the recording's loudest 20 ms."),
        Parameter("ratio", "1", (4.0, 4.0), (1.0, 100.0), "Input dB per output dB above the threshold."),
    )

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return n samples."""
        window = 2 * round(WINDOW_SECONDS * sample_rate / 2)
        level = np.sqrt(centred_power(signal, window, 1)[: signal.size])
        threshold = level.max() * 10 ** (parameters["threshold_db"] / 20)
        excess = np.maximum(level, MIN_LEVEL) / max(threshold, MIN_LEVEL)
        gain = np.maximum(excess, 1.0) ** (1 / parameters["ratio"] - 1)
        return signal * gain.astype(np.float32)
