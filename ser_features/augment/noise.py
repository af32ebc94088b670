"""Signal → with white noise, of a fixed level or of a signal-to-noise ratio."""

from collections.abc import Mapping

import numpy as np

from ser_features.augment.base import Parameter, Parameters, Range, SignalTransform

MAX_SEED = 2**32
"""Seeds are below this, so that JSON numbers represent them exactly."""


class Noise(SignalTransform):
    """Gaussian white noise of a fixed level, whatever the level of the recording, as in the paper.

    Own code, as audiomentations' AddGaussianNoise draws from NumPy's global state. The signal-to-noise ratio
    depends on the recording level; `white_noise` sets the ratio instead.
    """

    name = "noise"
    parameters = (
        Parameter("amplitude", "1", (0.005, 0.005), (0.0, 1.0), "Standard deviation; full scale is 1."),
    )

    def draw(self, rng: np.random.Generator, ranges: Mapping[str, Range]) -> dict[str, float]:
        """Draw the amplitude, and the seed of the noise."""
        return with_seed(super().draw(rng, ranges), rng)

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return n samples."""
        return signal + np.float32(parameters["amplitude"]) * gaussian(signal.size, parameters["seed"])


def with_seed(parameters: Mapping[str, float], rng: np.random.Generator) -> dict[str, float]:
    """The parameters and a drawn seed of the noise."""
    return {**parameters, "seed": int(rng.integers(MAX_SEED))}


def gaussian(size: int, seed: float) -> np.ndarray:
    """White noise of variance 1, float32, shape (size,); equal seeds give equal noise."""
    return np.random.default_rng(int(seed)).standard_normal(size, np.float32)


class WhiteNoise(SignalTransform):
    """Gaussian white noise of a signal-to-noise ratio, exact over the whole recording.

    Own code, as audiomentations' AddGaussianSNR draws from NumPy's global state and is exact on average only.
    """

    name = "white_noise"
    parameters = (Parameter("snr_db", "dB", (10.0, 30.0), (-20.0, 100.0), "Signal-to-noise ratio."),)

    def draw(self, rng: np.random.Generator, ranges: Mapping[str, Range]) -> dict[str, float]:
        """Draw the ratio, and the seed of the noise."""
        return with_seed(super().draw(rng, ranges), rng)

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return n samples."""
        noise = gaussian(signal.size, parameters["seed"])
        loudness = np.linalg.norm(signal) / np.linalg.norm(noise)
        return signal + np.float32(loudness * 10 ** (-parameters["snr_db"] / 20)) * noise
