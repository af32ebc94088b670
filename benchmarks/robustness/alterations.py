"""What recording and export do to speech: the same recording, as people bring it.

signal → `ALTERATIONS` → bytes of an audio file

>>> tone = np.sin(np.arange(8000) / 10)
>>> [len(ALTERATIONS[name](tone, 16_000)) > 8000 for name in ("16 bits", "Opus, 24 kbit/s")]
[True, False]
"""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import soundfile
import soxr

HUM_HZ = 50
HUM_LEVEL = 0.3
"""RMS of the hum, relative to that of the recording, pauses included."""

CLICK_SECONDS, CLICK_AMPLITUDE = 0.001, 0.9
SILENCE_SECONDS = 8
TELEPHONE_RATE, TELEPHONE_HZ = 8_000, (300, 3_400)

MP3_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
"""Sample rates of MP3, in Hz."""

MP3_BITRATES = {32_000: (320, 32), 16_000: (160, 8), 8_000: (64, 8)}
"""Highest and lowest bit rate in kbit/s from a sample rate on: MPEG-1, MPEG-2 and MPEG-2.5."""

Alteration = Callable[[np.ndarray, int], bytes]
"""Signal, float64, shape (n,), and its rate in Hz → a file."""


def encoded(signal: np.ndarray, rate: int, **options: Any) -> bytes:
    """A file; a WAV of 32-bit floating point unless `options` of `soundfile.write` say otherwise."""
    file = io.BytesIO()
    soundfile.write(file, signal, rate, **({"format": "WAV", "subtype": "FLOAT"} | options))
    return file.getvalue()


def offset(value: float) -> Alteration:
    """A constant under the signal."""
    return lambda signal, rate: encoded(signal + value, rate)


def gain(decibels: float, **options: Any) -> Alteration:
    """Another level; unlimited in floating point."""
    return lambda signal, rate: encoded(signal * 10 ** (decibels / 20), rate, **options)


def resampled(target: int) -> Alteration:
    """Another sample rate."""
    return lambda signal, rate: encoded(soxr.resample(signal, rate, target, quality="VHQ"), target)


def written(**options: Any) -> Alteration:
    """Another format."""
    return lambda signal, rate: encoded(signal, rate, **options)


def mp3(kilobits: int) -> Alteration:
    """MP3 of a constant bit rate in kbit/s, as libsndfile understands a compression level.

    Signals of a rate that MP3 does not have are resampled to the next lower one.
    """

    def written_as_mp3(signal: np.ndarray, rate: int) -> bytes:
        own = max(one for one in MP3_RATES if one <= rate)
        highest, lowest = next(range_ for least, range_ in MP3_BITRATES.items() if own >= least)
        level = max(0.0, (highest - kilobits) / (highest - lowest))
        options = {"format": "MP3", "subtype": "MPEG_LAYER_III", "bitrate_mode": "CONSTANT"}
        return encoded(soxr.resample(signal, rate, own), own, compression_level=level, **options)

    return written_as_mp3


def click(signal: np.ndarray, rate: int) -> bytes:
    """A second of silence before the recording, and a click at its beginning."""
    before = np.zeros(rate)
    before[: round(CLICK_SECONDS * rate)] = CLICK_AMPLITUDE
    return encoded(np.concatenate([before, signal]), rate)


def hum(signal: np.ndarray, rate: int) -> bytes:
    """Mains hum, without harmonics."""
    amplitude = HUM_LEVEL * np.sqrt(2 * np.mean(np.square(signal)))
    return encoded(signal + amplitude * np.sin(2 * np.pi * HUM_HZ / rate * np.arange(signal.size) + 1), rate)


def right_silent(signal: np.ndarray, rate: int) -> bytes:
    """Stereo with one dead channel."""
    return encoded(np.stack([signal, np.zeros_like(signal)], axis=1), rate)


def silence_around(signal: np.ndarray, rate: int) -> bytes:
    """Digital silence before and after."""
    return encoded(np.pad(signal, SILENCE_SECONDS * rate), rate)


def peak_normalised(signal: np.ndarray, rate: int) -> bytes:
    """The largest sample at full scale."""
    return encoded(signal / np.abs(signal).max(), rate)


def telephone(signal: np.ndarray, rate: int) -> bytes:
    """µ-law at 8 kHz, limited to the band of a telephone."""
    narrow = soxr.resample(signal, rate, TELEPHONE_RATE)
    spectrum = np.fft.rfft(narrow)
    frequencies = np.fft.rfftfreq(narrow.size, 1 / TELEPHONE_RATE)
    spectrum[(frequencies < TELEPHONE_HZ[0]) | (frequencies > TELEPHONE_HZ[1])] = 0
    return encoded(np.fft.irfft(spectrum, narrow.size), TELEPHONE_RATE, subtype="ULAW")


ALTERATIONS: dict[str, Alteration] = {
    "offset of 0.002": offset(0.002),
    "offset of 0.01": offset(0.01),
    "click one second before": click,
    "hum of 50 Hz": hum,
    "right channel silent": right_silent,
    "8 s of silence around": silence_around,
    "44.1 kHz": resampled(44_100),
    "48 kHz": resampled(48_000),
    "192 kHz": resampled(192_000),
    "16 bits": written(subtype="PCM_16"),
    "24 bits": written(subtype="PCM_24"),
    "32-bit floating point": written(),
    "12 dB louder": gain(12),
    "12 dB softer": gain(-12),
    "12 dB softer, 16 bits": gain(-12, subtype="PCM_16"),
    "peak normalisation": peak_normalised,
    "MP3, 128 kbit/s": mp3(128),
    "Opus, 24 kbit/s": written(format="OGG", subtype="OPUS", compression_level=0.928),
    "telephone, µ-law at 8 kHz": telephone,
}
"""Every alteration by name. libsndfile's compression level corresponds to 24 kbit/s in mono."""

LOSSY = ("MP3, 128 kbit/s", "Opus, 24 kbit/s", "telephone, µ-law at 8 kHz")
"""Those that lose sound which the others keep."""
