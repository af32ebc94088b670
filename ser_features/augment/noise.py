"""Signal → with white noise of a given level."""

from collections.abc import Mapping

import numpy as np

from ser_features.augment.base import Parameter, Parameters, Range, SignalTransform

SEEDS = 2**32
"""Seeds are below; each fits a JSON number exactly."""


class Noise(SignalTransform):
    """Gaussian white noise of a fixed level, whatever the recording's own is: the paper gives no other.

    Ours: audiomentations' AddGaussianNoise draws from NumPy's global state. Speech that is recorded softly
    is drowned more than loud speech; `white_noise` keeps a ratio instead.
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
    """Parameters with the seed that makes their noise."""
    return {**parameters, "seed": int(rng.integers(SEEDS))}


def gaussian(size: int, seed: float) -> np.ndarray:
    """White noise of variance 1, float32, shape (size,); the same for the same seed."""
    return np.random.default_rng(int(seed)).standard_normal(size, np.float32)
