"""Signals with known answers, real recordings by name, and a small corpus with a call that extracts it."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser_features.engine import ExtractReport, extract_corpora

SAMPLE_RATE = 16_000
EMOTIONS = ("angry", "disgust", "fear", "happy", "neutral", "ps", "sad")


@pytest.fixture(scope="session")
def sine() -> Callable[..., np.ndarray]:
    """Make a float32 sine of a frequency in Hz, at a rate in Hz."""

    def make(frequency: float, rate: int, *, seconds: float = 1.0, amplitude: float = 0.5) -> np.ndarray:
        time = np.arange(round(seconds * rate)) / rate
        return (amplitude * np.sin(2 * np.pi * frequency * time)).astype(np.float32)

    return make


@pytest.fixture(scope="session")
def real(real_data: Path) -> Callable[[str], Path]:
    """Find a real recording by its stem; the test is skipped where it is absent."""
    paths = {path.stem: path for path in real_data.rglob("*.*")}

    def find(stem: str) -> Path:
        if stem not in paths:
            pytest.skip(f"no recording {stem} in {real_data}")
        return paths[stem]

    return find


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


@pytest.fixture
def tree() -> Callable[[Path], dict[str, tuple[str, int]]]:
    """Content and modification time of every file of a folder."""

    def look(root: Path) -> dict[str, tuple[str, int]]:
        return {
            str(path.relative_to(root)): (
                hashlib.sha256(path.read_bytes()).hexdigest(),
                path.stat().st_mtime_ns,
            )
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }

    return look
