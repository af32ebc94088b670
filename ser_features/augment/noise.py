"""Signal → with noise, white or coloured, of a fixed level or of a signal-to-noise ratio."""

from collections.abc import Mapping

import numpy as np

from ser_features import fft
from ser_features.augment.base import Parameter, Parameters, Range, SignalTransform
from ser_features.framing import active_level, levels_of

MAX_SEED = 2**32
"""Seeds are below this, so that JSON numbers represent them exactly."""

LOWEST_HZ = 20.0
"""Below, coloured noise is flat."""


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


class ColouredNoise(SignalTransform):
    """Gaussian noise whose power falls with frequency, of a signal-to-noise ratio to active speech.

    The level of speech is that of `framing.active_level`, so pauses and silence around it do not count: the
    ratio is the same however much of them a recording has.
    """

    name = "coloured_noise"
    parameters = (
        Parameter("snr_db", "dB", (10.0, 30.0), (-20.0, 100.0), "Active speech level over noise level."),
        Parameter(
            "exponent", "1", (0.0, 2.0), (0.0, 2.0), "Power is as 1 / f^exponent: 0 white, 1 pink, 2 brown."
        ),
    )

    def draw(self, rng: np.random.Generator, ranges: Mapping[str, Range]) -> dict[str, float]:
        """Draw ratio and colour, and the seed of the noise."""
        return with_seed(super().draw(rng, ranges), rng)

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return n samples."""
        noise = coloured(signal.size, sample_rate, parameters["exponent"], parameters["seed"])
        level = active_level(levels_of(signal, sample_rate).sustained) - parameters["snr_db"]
        rms = np.linalg.norm(noise) / np.sqrt(noise.size)
        return signal + np.float32(10 ** (level / 20) / rms) * noise


def coloured(size: int, sample_rate: int, exponent: float, seed: float) -> np.ndarray:
    """Noise with a power of 1 / f^exponent above `LOWEST_HZ`, float32, shape (size,)."""
    length = fft.good_size(size, True)
    frequencies = np.maximum(np.fft.rfftfreq(length, 1 / sample_rate), LOWEST_HZ)
    spectrum = fft.rfft(gaussian(length, seed), (0,)) * (frequencies ** (-exponent / 2)).astype(np.float32)
    return fft.irfft(spectrum, (0,), length)[:size]
