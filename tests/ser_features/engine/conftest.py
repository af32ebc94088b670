"""Calls that augment the small corpus, and workers that die of a marked recording."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile

from ser_features.augment import Variant
from ser_features.engine import AugmentReport, augment_store
from tests.faults.serial import Serial

POISON = "YAF_wordb_fear"
DEATHS = ("SIGKILL", "SIGSEGV", "memory")
DEADLY = """
import ctypes, os, signal, soundfile, time
original = soundfile.SoundFile.__init__
def deadly(self, file, *args, **kwargs):
    content = file.getvalue()
    if b"SIGKILL" in content:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"SIGSEGV" in content:
        ctypes.string_at(0)
    if b"memory" in content:
        held = [b"x" * 2**26 for _ in range(32)]
        time.sleep(60)
    original(self, file, *args, **kwargs)
soundfile.SoundFile.__init__ = deadly
"""
VARIANTS = (
    Variant("higher", "pitch_shift", {"semitones": 2}),
    Variant("noisy", "noise"),
    Variant("masked", "spec_augment"),
)


@pytest.fixture
def augment_tess(tess: Path, tmp_path: Path) -> Callable[..., AugmentReport]:
    """Augment tmp_path/store in this process; keywords replace the defaults."""

    def augment(variants: tuple[Variant, ...] = VARIANTS, **changes: object) -> AugmentReport:
        where = {} if "workers" in changes else {"runner": Serial()}
        options = {"datasets": ["tess"], "features": ["core", "mel"], **where, **changes}
        store, data = options.pop("store", tmp_path / "store"), options.pop("data", tess)
        return augment_store(store, data, variants, **options)  # type: ignore[arg-type]

    return augment


@pytest.fixture
def mark(tess: Path) -> Callable[[str, str], str]:
    """Write one of `DEATHS` into a recording; returns its file_id."""

    def write(stem: str, death: str) -> str:
        with soundfile.SoundFile(tess / "tess" / f"{stem}.wav", "r+") as file:
            file.comment = death
        return f"tess/{stem}"

    return write


@pytest.fixture(scope="session")
def deadly_path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """PYTHONPATH of processes that die of a marked recording, as of a crash in C code."""
    site = tmp_path_factory.mktemp("site")
    (site / "sitecustomize.py").write_text(DEADLY)
    return os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH")]))


@pytest.fixture
def deadly(monkeypatch: pytest.MonkeyPatch, deadly_path: str) -> Callable[[], None]:
    """Let marked recordings kill workers from now on."""
    return lambda: monkeypatch.setenv("PYTHONPATH", deadly_path)


@pytest.fixture
def wait_for_unfinished() -> Callable[[Path, str], None]:
    """Wait until an unfinished file of a pattern exists: the run is in the middle of a shard."""

    def wait(store: Path, pattern: str) -> None:
        deadline = time.monotonic() + 60
        while not any(store.rglob(pattern)):
            assert time.monotonic() < deadline
            time.sleep(0.005)

    return wait
