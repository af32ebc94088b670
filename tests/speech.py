"""Calls of synthetic sound, in which a detector of level in place of the network finds the speech."""

from pathlib import Path

import numpy as np
import pytest

from ser_features.vad import silero
from tests.cases.sounds import RATE, save, voice

PAUSE = 1.0
"""Seconds between two utterances."""


def by_level(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the network of `SileroVad` by the level of each frame."""
    monkeypatch.setattr(
        silero.SileroVad, "_of_frame", lambda self, frame: float(np.sqrt(np.mean(frame**2)) > 0.005)
    )


def call(turns: str, seconds: float = 1.5) -> np.ndarray:
    """A two-channel call, float32, shape (n, 2).

    Args:
        turns: number of the channel of each utterance, such as "121"; pauses are around them.
        seconds: duration of an utterance.
    """
    pause = np.zeros((int(PAUSE * RATE), 2), np.float32)
    parts = [pause]
    for take, number in enumerate(turns):
        part = np.zeros((int(seconds * RATE), 2), np.float32)
        part[:, int(number) - 1] = voice(int(number), "angry", take, seconds)
        parts += [part, pause]
    return np.concatenate(parts)


def save_call(path: Path, turns: str) -> Path:
    """Write a call into a WAV file."""
    return save(path, call(turns))
