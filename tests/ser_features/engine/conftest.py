"""A small corpus with real names and quick signals, and a call that extracts it."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser_features.augment import Variant
from ser_features.engine import AugmentReport, ExtractReport, augment_store, extract_corpora

SAMPLE_RATE = 16_000
EMOTIONS = ("angry", "disgust", "fear", "happy", "neutral", "ps", "sad")
POISON = "YAF_wordb_fear"
VARIANTS = (
    Variant("higher", "pitch_shift", {"semitones": 2}),
    Variant("noisy", "noise"),
    Variant("masked", "spec_augment"),
)


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
def augment_tess(tess: Path, tmp_path: Path) -> Callable[..., AugmentReport]:
    """Augment tmp_path/store with one worker; keywords replace the defaults."""

    def augment(variants: tuple[Variant, ...] = VARIANTS, **changes: object) -> AugmentReport:
        options = {"datasets": ["tess"], "families": ["core", "mel"], "workers": 1, **changes}
        store, data = options.pop("store", tmp_path / "store"), options.pop("data", tess)
        return augment_store(store, data, variants, **options)  # type: ignore[arg-type]

    return augment


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


@pytest.fixture
def poison(tess: Path) -> str:
    """Mark one recording; returns its file_id. `deadly` workers die of it."""
    with soundfile.SoundFile(tess / "tess" / f"{POISON}.wav", "r+") as file:
        file.comment = "POISON"
    return f"tess/{POISON}"


@pytest.fixture
def deadly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], None]:
    """Let libsndfile kill workers at the marked recording from now on: stands for a crash in C code."""

    def begin() -> None:
        site = tmp_path / "site"
        site.mkdir()
        (site / "sitecustomize.py").write_text(
            "import os, soundfile\n"
            "original = soundfile.SoundFile.__init__\n"
            "def deadly(self, file, *args, **kwargs):\n"
            "    if b'POISON' in file.getvalue(): os.kill(os.getpid(), 9)\n"
            "    original(self, file, *args, **kwargs)\n"
            "soundfile.SoundFile.__init__ = deadly\n"
        )
        monkeypatch.setenv("PYTHONPATH", str(site))

    return begin


@pytest.fixture
def wait_for_litter() -> Callable[[Path, str], None]:
    """Wait until the first unfinished file of a pattern is there: the run is in the middle of a shard."""

    def wait(store: Path, pattern: str) -> None:
        deadline = time.monotonic() + 60
        while not any(store.rglob(pattern)):
            assert time.monotonic() < deadline
            time.sleep(0.005)

    return wait
