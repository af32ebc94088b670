"""Signal → with white noise of a given signal-to-noise ratio."""

from collections.abc import Mapping

import numpy as np

from ser_features.augment.base import Parameter, Parameters, Range, SignalTransform
from ser_features.augment.noise import gaussian, with_seed


class WhiteNoise(SignalTransform):
    """Gaussian white noise, scaled so that the ratio of the powers over the whole recording is exact.

    Ours: audiomentations' AddGaussianSNR draws from NumPy's global state, and meets the ratio on average.
    """

    name = "white_noise"
    parameters = (
        Parameter("snr_db", "dB", (10.0, 30.0), (-20.0, 100.0), "Signal-to-noise ratio; low is noisy."),
    )

    def draw(self, rng: np.random.Generator, ranges: Mapping[str, Range]) -> dict[str, float]:
        """Draw the ratio, and the seed of the noise."""
        return with_seed(super().draw(rng, ranges), rng)

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return n samples."""
        noise = gaussian(signal.size, parameters["seed"])
        loudness = np.linalg.norm(signal) / np.linalg.norm(noise)
        return signal + np.float32(loudness * 10 ** (-parameters["snr_db"] / 20)) * noise
