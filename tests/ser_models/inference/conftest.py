"""One cheap model for all tests of inference, and recordings."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser_models.inference import Predictor, load
from ser_models.inference.collect import AudioFile, find_audio


@pytest.fixture(scope="session")
def predictor(artifact_of: Callable[..., Path]) -> Predictor:
    return load(artifact_of("logistic"))


@pytest.fixture
def files(recordings: Path) -> list[AudioFile]:
    """All 72 recordings."""
    return find_audio([recordings])


@pytest.fixture
def joined(recordings: Path, tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a recording several times in a row, with silence around."""

    def write(name: str, times: int = 1, before: float = 0.0, after: float = 0.0) -> Path:
        signal, rate = soundfile.read(recordings / name)
        parts = [np.zeros(round(before * rate)), np.tile(signal, times), np.zeros(round(after * rate))]
        soundfile.write(tmp_path / "joined.wav", np.concatenate(parts), rate)
        return tmp_path / "joined.wav"

    return write
