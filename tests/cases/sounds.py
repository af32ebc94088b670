"""Small synthetic recordings and tables, as people have them.

speaker, emotion, take → `voice` → `save` → WAV, or bytes of a container made by `soundfile`
"""

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from scipy.signal import lfilter

RATE = 16_000
"""Default sample rate, in Hz."""

EMOTIONS = {"angry": (1.4, 0.5), "happy": (1.6, 0.4), "neutral": (1.0, 0.25), "sad": (0.8, 0.12)}
"""F0 relative to the speaker's own, and peak amplitude."""

FORMANTS = ((600, 90), (1400, 120), (2600, 180))
"""Centre frequency and bandwidth, in Hz."""


def voice(
    speaker: int = 1, emotion: str = "neutral", take: int = 0, seconds: float = 0.6, rate: int = RATE
) -> np.ndarray:
    """A pulse train through three formants in syllables, different for all arguments; float32, shape (n,)."""
    rng = np.random.default_rng(zlib.crc32(f"{speaker} {emotion} {take}".encode()))
    factor, peak = EMOTIONS[emotion]
    time = np.arange(int(seconds * rate)) / rate
    drift = np.interp(time, np.linspace(0, seconds, 8), rng.normal(0, 0.1, 8))
    f0 = (110 if speaker % 2 else 200) * (1 + 0.03 * (speaker % 7)) * factor * np.exp(drift)
    pulses = np.diff(np.floor(np.cumsum(f0) / rate), prepend=0.0)
    signal = np.zeros_like(time)
    for centre, width in FORMANTS:
        radius = np.exp(-np.pi * width / rate)
        poles = [1, -2 * radius * np.cos(2 * np.pi * centre / rate), radius**2]
        band = lfilter([1], poles, pulses)
        signal += band / np.abs(band).max()
    signal *= 0.15 + 0.85 * np.abs(np.sin(np.pi * time / 0.2))
    signal *= peak / np.abs(signal).max()
    return (signal + 1e-4 * rng.standard_normal(time.size)).astype(np.float32)


def save(path: Path, signal: np.ndarray | None = None, rate: int = RATE, **options: Any) -> Path:
    """Write a signal, by default a voice that depends on the path's name; return the path.

    Args:
        path: of the file; its folder is created.
        signal: shape (n,) or (n, channels).
        rate: in Hz.
        options: of `soundfile.write`, such as format and subtype; a WAV by default.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if signal is None:
        signal = voice(take=zlib.crc32(path.name.encode()), rate=rate)
    soundfile.write(path, signal, rate, **({"format": "WAV"} | options))
    return path


def table(path: Path, rows: Sequence[str], header: str = "path,emotion,speaker") -> Path:
    """Write a CSV manifest in UTF-8; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path
