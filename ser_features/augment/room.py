"""Signal → as in a room: a synthetic impulse response with a given reverberation time.

parameters → `impulse_response` → convolution with the signal
"""

from collections.abc import Mapping

import numpy as np

from ser_features import fft
from ser_features.augment.base import Parameter, Parameters, Range, SignalTransform
from ser_features.augment.noise import with_seed
from ser_features.framing import padded

REFLECTIONS = 1e7
"""Reflections per second, divided by the square of the time since the direct sound in s: 4π c³ / V of an
image-source model (Allen & Berkley 1979) of a room of V = 50 m³."""

FIRST_SECONDS = 0.002
"""No reflection arrives earlier."""

STREAM = 1
"""Number of the random stream, so that noise of the same seed does not repeat the impulse response."""


class Reverberation(SignalTransform):
    """Convolution with a synthetic impulse response: direct sound, sparse early reflections, a dense tail.

    The energy of the reflections falls by 60 dB in RT60. The direct sound is not delayed, and its level is
    that of the recording.
    """

    name = "reverberation"
    parameters = (
        Parameter("rt60", "s", (0.1, 0.9), (0.05, 5.0), "Reverberation time: decay by 60 dB."),
        Parameter("drr_db", "dB", (-3.0, 12.0), (-30.0, 60.0), "Direct-to-reverberant energy ratio."),
    )

    def draw(self, rng: np.random.Generator, ranges: Mapping[str, Range]) -> dict[str, float]:
        """Draw the room, and the seed of its reflections."""
        return with_seed(super().draw(rng, ranges), rng)

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return n samples: what reverberates after the recording's end is cut."""
        response = impulse_response(
            sample_rate, parameters["rt60"], parameters["drr_db"], int(parameters["seed"])
        )
        size = fft.good_size(signal.size + response.size - 1, True)
        spectrum = fft.rfft(padded(signal, size), (0,)) * fft.rfft(padded(response, size), (0,))
        return fft.irfft(spectrum, (0,), size)[: signal.size].astype(np.float32, copy=False)


def impulse_response(sample_rate: int, rt60: float, drr_db: float, seed: int) -> np.ndarray:
    """A room's impulse response; equal arguments give equal rooms.

    Early reflections are as rare as in a room of 50 m³, and accordingly stronger: their mean energy follows
    the same exponential decay as the tail's, into which they merge.

    Args:
        sample_rate: in Hz.
        rt60: reverberation time in s.
        drr_db: energy of the direct sound over that of all reflections, in dB.
        seed: of the reflections.

    Returns:
        float32, shape (⌈rt60 × sample_rate⌉ + 1,); the first sample is the direct sound, 1.
    """
    rng = np.random.default_rng((seed, STREAM))
    time = np.arange(1, int(np.ceil(rt60 * sample_rate)) + 1) / sample_rate
    density = np.minimum(REFLECTIONS * time**2 / sample_rate, 1.0)
    arrives = (rng.random(time.size) < density) & (time >= FIRST_SECONDS)
    reflections = arrives * rng.standard_normal(time.size) / np.sqrt(density) * 10 ** (-3 * time / rt60)
    reflections *= 10 ** (-drr_db / 20) / np.linalg.norm(reflections)
    return np.concatenate([[1.0], reflections]).astype(np.float32)
