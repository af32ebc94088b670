"""Signals with known answers, real recordings by name, and a small corpus with a call that extracts it."""

import hashlib
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser_features.engine import ExtractReport, extract_corpora, plan
from ser_features.store.origins import Origin, write_origin
from tests.faults.serial import Serial

SAMPLE_RATE = 16_000
TONES = 28
SHARD = 20
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


@pytest.fixture(scope="session")
def tess_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data root with `TONES` tones named as TESS recordings."""
    data = tmp_path_factory.mktemp("tess-source")
    for number in range(TONES):
        speaker, word = ("OAF", "YAF")[number % 2], f"word{'ab'[number // 14]}"
        emotion = EMOTIONS[number // 2 % 7]
        write_tone(data / "tess" / f"{speaker}_{word}_{emotion}.wav", 100 + 3 * number)
    return data


@pytest.fixture
def tess(tess_source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy of the tones that a test may change; they are cut into two shards."""
    monkeypatch.setattr(plan, "MIN_SHARD", SHARD)
    return Path(shutil.copytree(tess_source, tmp_path / "data"))


@pytest.fixture(scope="session")
def store_of(tess_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Extract the tones once per session and options; the stores are to be copied."""

    @cache
    def extract(limit: int | None = None) -> Path:
        root = tmp_path_factory.mktemp("tess-store") / "store"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(plan, "MIN_SHARD", SHARD)
            extract_corpora(["tess"], data=tess_source, store=root, runner=Serial(), limit=limit)
        return root

    return extract


@pytest.fixture
def tess_store(tess: Path, store_of: Callable[..., Path], tmp_path: Path) -> Path:
    """Store of all tones, as a first extraction leaves it."""
    root = Path(shutil.copytree(store_of(), tmp_path / "store"))
    write_origin(root, "tess", Origin(str(tess)))
    return root


@pytest.fixture
def extract_tess(tess: Path, tmp_path: Path) -> Callable[..., ExtractReport]:
    """Extract the tones into tmp_path/store in this process; keywords replace the defaults."""

    def extract(**changes: object) -> ExtractReport:
        where = {} if {"workers", "runner"} & set(changes) else {"runner": Serial()}
        options = {"data": tess, "store": tmp_path / "store", **where, **changes}
        return extract_corpora(["tess"], **options)  # type: ignore[arg-type]

    return extract


@pytest.fixture
def tree() -> Callable[[Path], dict[str, tuple[str, int]]]:
    """SHA-256 and modification time of every file of a folder."""

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
