"""Copies of a recording as they get into a corpus twice: `Alteration`s by name.

>>> tone = np.sin(np.arange(16_000) / 10)
>>> [len(COPIES[name](tone, 16_000)) for name in ("0.1 s cut at the start", "silence around")]
[57360, 128080]
"""

import numpy as np
import soxr

from benchmarks.robustness.alterations import (
    ALTERATIONS,
    Alteration,
    encoded,
    gain,
    mp3,
    peak_normalised,
    resampled,
)
from ser_features.framing import speech_bounds

CUT = 0.105
"""Seconds: 0.1 s and half of the distance of two frames, so that the frames of the copy are between those of
the recording, which is the hardest case."""

SILENCE = 0.5
"""Seconds of digital silence before and after."""

TRIM_DB = 40.0
"""Beginning and end are cut where they are quieter than the loudest frame by this much."""


def cut_at_start(signal: np.ndarray, rate: int) -> bytes:
    """Without the first `CUT` seconds."""
    return encoded(signal[round(CUT * rate) :], rate)


def cut_at_end(signal: np.ndarray, rate: int) -> bytes:
    """Without the last `CUT` seconds."""
    return encoded(signal[: -round(CUT * rate)], rate)


def silence_trimmed(signal: np.ndarray, rate: int) -> bytes:
    """Without silence before and after."""
    start, end = speech_bounds(signal.astype(np.float32), TRIM_DB)
    return encoded(signal[start:end], rate)


def silence_around(signal: np.ndarray, rate: int) -> bytes:
    """With `SILENCE` before and after."""
    return encoded(np.pad(signal, round(SILENCE * rate)), rate)


def everything(signal: np.ndarray, rate: int) -> bytes:
    """Cut, 12 dB softer, at 22.05 kHz, as MP3 of 64 kbit/s."""
    kept = signal[round(CUT * rate) :] * 10 ** (-12 / 20)
    return mp3(64)(soxr.resample(kept, rate, 22_050), 22_050)


def opus(signal: np.ndarray, rate: int) -> bytes:
    """Opus of 24 kbit/s, at 48 kHz."""
    return ALTERATIONS["Opus, 24 kbit/s"](soxr.resample(signal, rate, 48_000), 48_000)


REQUIRED: dict[str, Alteration] = {
    "12 dB softer, 16 bits": gain(-12, subtype="PCM_16"),
    "peak normalisation": peak_normalised,
    "8 kHz": resampled(8_000),
    "22.05 kHz": resampled(22_050),
    "44.1 kHz": resampled(44_100),
    "MP3, 64 kbit/s": mp3(64),
    "0.1 s cut at the start": cut_at_start,
    "0.1 s cut at the end": cut_at_end,
    "silence trimmed": silence_trimmed,
    "silence around": silence_around,
    "cut, softer, 22.05 kHz and MP3 at once": everything,
}
"""Those of which 99 % are to be found."""

FURTHER: dict[str, Alteration] = {"Opus, 24 kbit/s": opus} | {
    name: ALTERATIONS[name]
    for name in ("telephone, µ-law at 8 kHz", "hum of 50 Hz", "click one second before")
}
"""Those that are measured too."""

COPIES = REQUIRED | FURTHER
