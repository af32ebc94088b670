"""A small corpus with real names and quick signals, and a call that extracts it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser_features.engine import ExtractReport, extract_corpora

SAMPLE_RATE = 16_000
EMOTIONS = ("angry", "disgust", "fear", "happy", "neutral", "ps", "sad")


def write_tone(path: Path, frequency: float, seconds: float = 0.3) -> None:
    time = np.arange(int(SAMPLE_RATE * seconds)) / SAMPLE_RATE
    signal = 0.3 * np.sin(2 * np.pi * frequency * time) * np.hanning(time.size)
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, signal, SAMPLE_RATE)


@pytest.fixture
def tess(tmp_path: Path) -> Path:
    """Data root with 84 tones named as TESS recordings: two shards."""
    for number in range(84):
        speaker, word = ("OAF", "YAF")[number % 2], f"word{chr(97 + number // 14)}"
        emotion = EMOTIONS[number // 2 % 7]
        write_tone(tmp_path / "data" / "tess" / f"{speaker}_{word}_{emotion}.wav", 100 + 3 * number)
    return tmp_path / "data"


@pytest.fixture
def extract_tess(tess: Path, tmp_path: Path) -> Callable[..., ExtractReport]:
    """Extract the tones into tmp_path/store with one worker; keywords replace the defaults."""

    def extract(**changes: object) -> ExtractReport:
        options = {"data": tess, "store": tmp_path / "store", "workers": 1, **changes}
        return extract_corpora(["tess"], **options)  # type: ignore[arg-type]

    return extract
