"""Signal → with the loud parts less loud."""

import numpy as np

from ser_features.augment.base import Parameter, Parameters, SignalTransform
from ser_features.preprocess import centred_power

WINDOW_SECONDS = 0.02
"""The level is measured over so much: two periods of a low voice, so that it does not follow the waveform."""

FAINTEST_LEVEL = 1e-10
"""Root mean squares below count as this."""


class Compression(SignalTransform):
    """Dynamic range compression: above the threshold, the level rises by 1 dB where it rose by `ratio` dB.

    The level is the RMS over 20 ms around each sample; the threshold is relative to the loudest 20 ms of the
    recording, so that it does the same at every recording level. Nothing is made up for: it gets softer.
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
        excess = np.maximum(level, FAINTEST_LEVEL) / max(threshold, FAINTEST_LEVEL)
        gain = np.maximum(excess, 1.0) ** (1 / parameters["ratio"] - 1)
        return signal * gain.astype(np.float32)
