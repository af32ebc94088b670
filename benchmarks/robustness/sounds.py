"""Synthesised sounds that are not speech: name → function that returns a signal at `RATE`."""

from collections.abc import Callable

import numpy as np

RATE = 16_000

Maker = Callable[[np.random.Generator], np.ndarray]


def _time(seconds: float) -> np.ndarray:
    return np.arange(int(seconds * RATE)) / RATE


def _pink(rng: np.random.Generator, level: float) -> np.ndarray:
    spectrum = np.fft.rfft(rng.standard_normal(3 * RATE))
    signal = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)))
    return level * signal / np.abs(signal).max()


def _chords(rng: np.random.Generator) -> np.ndarray:
    """Four chords of plucked strings with a drum on every quarter."""
    parts = []
    for chord in ((262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294)):
        time = _time(1)
        strings = sum(np.sin(2 * np.pi * f * k * time) / k**1.5 for f in chord for k in range(1, 6))
        drum = 0.8 * np.tile(np.exp(-40 * time[: RATE // 4]), 4) * rng.standard_normal(RATE)
        parts.append(strings * np.exp(-2 * time) + drum)
    music = np.concatenate(parts)
    return 0.2 * music / np.abs(music).max()


def _melody(rng: np.random.Generator) -> np.ndarray:
    notes = []
    for f0 in (440, 494, 523, 587, 659, 587, 523, 494, 440, 392):
        time = _time(0.3)
        tone = sum(np.sin(2 * np.pi * f0 * k * time) / k for k in range(1, 5))
        notes.append(tone * np.minimum(1, 20 * time) * np.exp(-3 * time))
    return 0.3 * np.concatenate(notes)


NOT_SPEECH: dict[str, Maker] = {
    "white noise": lambda rng: 0.1 * rng.standard_normal(3 * RATE),
    "faint white noise": lambda rng: 0.01 * rng.standard_normal(3 * RATE),
    "pink noise": lambda rng: _pink(rng, 0.3),
    "silence of a room": lambda rng: _pink(rng, 1e-3),
    "silence of a converter": lambda rng: rng.integers(-1, 2, 3 * RATE) / 2**15,
    "hum": lambda rng: 1e-3 * np.sin(2 * np.pi * 50 * _time(3)) + 1e-4 * rng.standard_normal(3 * RATE),
    "chords and drums": _chords,
    "melody": _melody,
    "a tone": lambda rng: 0.3 * np.sin(2 * np.pi * 440 * _time(3)),
    "clicks": lambda rng: 0.5 * (np.arange(3 * RATE) % 4000 == 0),
}
