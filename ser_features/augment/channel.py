"""Signal → through another microphone or transmission: an equaliser, a telephone, a codec.

signal → spectrum × gain → signal (`Equaliser`, the telephone's band)
signal → resampled → encoded and decoded in memory by libsndfile → resampled back (`Channel`)
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

import numpy as np
import soundfile

from ser_features import fft
from ser_features.augment.base import Parameter, Parameters, Range, SignalTransform
from ser_features.framing import padded
from ser_features.preprocess import resample

CENTRES = (125, 250, 500, 1000, 2000, 4000, 8000)
"""Centre frequencies of the equaliser's octave bands, in Hz."""

PAD_SECONDS = 0.1
"""Silence behind the signal, into which a filter's response may reach."""

TELEPHONE_BAND = (300.0, 3400.0)
"""Pass band of a telephone, in Hz (ITU-T G.712)."""

TRANSITION = 1.15
"""Ratio of the frequencies at which the telephone's pass band ends and its stop band begins."""

PEAK = 0.5
"""Largest amplitude in a codec: the copy does not depend on the recording level, and lossy codecs that
overshoot do not clip."""


class Equaliser(SignalTransform):
    """Octave-band equaliser with zero phase: gains in dB are interpolated over log-frequency.

    Below the first and above the last centre the gain stays, as that of a shelf.
    """

    name = "equaliser"
    parameters = tuple(
        Parameter(f"at_{centre}_hz", "dB", (-6.0, 6.0), (-40.0, 40.0), f"Gain at {centre} Hz.")
        for centre in CENTRES
    )

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return n samples."""
        gains = [parameters[parameter.name] for parameter in self.parameters]

        def gain(frequencies: np.ndarray) -> np.ndarray:
            octaves = np.log2(np.maximum(frequencies, CENTRES[0]))
            return 10 ** (np.interp(octaves, np.log2(CENTRES), gains) / 20)

        return _filtered(signal, sample_rate, gain)


@dataclass(frozen=True, slots=True)
class Codec:
    """A transmission or storage of speech.

    Attributes:
        rate: sample rate at which it works, in Hz.
        options: format and settings of `soundfile.SoundFile`.
        telephone: whether only `TELEPHONE_BAND` passes.
    """

    rate: int
    options: Mapping[str, Any]
    telephone: bool = False


CODECS: tuple[Codec | None, ...] = (
    None,
    Codec(8000, {"format": "WAV", "subtype": "ULAW"}, telephone=True),
    Codec(8000, {"format": "WAV", "subtype": "GSM610"}, telephone=True),
    Codec(16_000, {"format": "OGG", "subtype": "OPUS", "compression_level": 0.97}),
    Codec(16_000, {"format": "MP3", "subtype": "MPEG_LAYER_III", "compression_level": 0.9}),
)
"""By number: none, fixed-line telephone (µ-law), mobile telephone (GSM 06.10), Opus, MP3."""


class Channel(SignalTransform):
    """A codec, with the band of the telephone where it belongs to one, by libsndfile."""

    name = "channel"
    parameters = (
        Parameter(
            "codec",
            "1",
            (0.0, len(CODECS) - 1.0),
            (0.0, len(CODECS) - 1.0),
            "Integer: 0 none, 1 µ-law telephone, 2 GSM telephone, 3 Opus, 4 MP3.",
        ),
    )

    def draw(self, rng: np.random.Generator, ranges: Mapping[str, Range]) -> dict[str, float]:
        """Draw an integer of the range."""
        low, high = ranges.get("codec", self.parameters[0].default)
        return {"codec": floor(min(rng.uniform(ceil(low), floor(high) + 1), high))}

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return n samples."""
        codec, peak = CODECS[int(parameters["codec"])], np.abs(signal).max(initial=0.0)
        if codec is None or not peak:
            return signal.copy()
        sent = resample(signal / peak * np.float32(PEAK), sample_rate, codec.rate)
        if codec.telephone:
            sent = _filtered(sent, codec.rate, _telephone)
        received = resample(_transmitted(sent, codec), codec.rate, sample_rate)
        return padded(received[: signal.size], signal.size) * (peak / PEAK)


def _transmitted(signal: np.ndarray, codec: Codec) -> np.ndarray:
    """The signal after encoding and decoding, float32, at the codec's rate."""
    encoded = io.BytesIO()
    with soundfile.SoundFile(encoded, "w", samplerate=codec.rate, channels=1, **codec.options) as file:
        file.write(signal)
    encoded.seek(0)
    decoded: np.ndarray = soundfile.read(encoded, dtype="float32")[0]
    return decoded


def _telephone(frequencies: np.ndarray) -> np.ndarray:
    """Gain of the telephone's band: 1 inside, 0 outside, between them a cosine over log-frequency."""
    low, high = TELEPHONE_BAND
    edges = np.log([low / TRANSITION, low, high, high * TRANSITION])
    share = np.interp(np.log(np.maximum(frequencies, 1.0)), edges, [0, 1, 1, 0])
    return 0.5 - 0.5 * np.cos(np.pi * share)


def _filtered(signal: np.ndarray, sample_rate: int, gain: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Multiply the spectrum of the whole signal by a real gain: zero phase, n samples.

    Args:
        signal: float32, shape (n,).
        sample_rate: in Hz.
        gain: factor by frequency in Hz.
    """
    size = fft.good_size(signal.size + round(PAD_SECONDS * sample_rate), True)
    spectrum = fft.rfft(padded(signal, size), (0,))
    gains = gain(np.fft.rfftfreq(size, 1 / sample_rate)).astype(np.float32)
    return fft.irfft(spectrum * gains, (0,), size)[: signal.size].astype(np.float32, copy=False)
