"""Fixtures that several parts of the tests share."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Functions that librosa compiles are cached per test process: processes that share a cache may damage it. Set
# before anything imports librosa, and also where the process that started this one has set it for itself.
os.environ["NUMBA_CACHE_DIR"] = str(
    Path(__file__).parents[1] / "build" / "numba" / os.environ.get("PYTEST_XDIST_WORKER", "main")
)
# Test processes share the cores: threads of BLAS would wait for each other. Set before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pytest
import soundfile
from hypothesis import settings

from ser_features import corpora, foreign
from ser_features.config import profile
from ser_features.engine import extract_corpora
from ser_features.extractors import encoder_free
from ser_features.manifest import Recording
from tests.faults.serial import Serial
from tests.undrawn import undrawn
from tests.whole_corpora import WHOLE

settings.register_profile("ser", deadline=None)  # tests never depend on time
settings.load_profile("ser")

SAMPLE_RATE = 16_000
EMOTIONS = {"angry": 1.6, "neutral": 1.0, "sad": 0.7}
"""Pitch of each emotion, times the speaker's own."""

BESIDE_THE_CHECKOUT = Path(__file__).parents[2] / "shared" / "data"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Schedule by file, where `--dist loadfile` asks for it."""
    if config.getoption("dist") != "loadfile":
        return None
    from tests.scheduling import ByFile

    return ByFile(config, log)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Data root of real recordings: `SER_DATA`, or `../shared/data` beside the checkout."""
    folder = Path(os.environ.get("SER_DATA", BESIDE_THE_CHECKOUT))
    if not folder.is_dir():
        pytest.skip(f"no real recordings: {folder} is no folder; set SER_DATA")
    return folder


@pytest.fixture
def without_media(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the extra media were not installed."""
    monkeypatch.setattr(foreign, "is_media_installed", lambda: False)


@pytest.fixture(scope="session")
def whole_corpora() -> dict[str, tuple[Recording, ...]]:
    """What all file names of each published corpus say; no audio is needed."""
    return {name: tuple(corpora.get(name).parse(path) for path in make()) for name, make in WHOLE.items()}


def tone(pitch: float, seconds: float, rng: np.random.Generator) -> np.ndarray:
    """Return a buzzing tone with a little noise, so that every feature has something to see."""
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    buzz = sum(np.sin(2 * np.pi * pitch * k * time) / k for k in range(1, 8))
    return 0.2 * buzz + 0.01 * rng.standard_normal(len(time))


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Return a function that makes a folder, once per run of the tests, and returns it.

    Processes of pytest-xdist share the folders; tests must not change them.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    folder = folder / "once"
    folder.mkdir(exist_ok=True)

    def made(name: str, make: Callable[[Path], object]) -> Path:
        done, out = folder / f"{name}.done", folder / name
        out.parent.mkdir(exist_ok=True)
        with (folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(out, ignore_errors=True)  # what an error left
                make(out)
                done.touch()
        return out

    return made


@pytest.fixture(scope="session")
def recordings(once: Callable[..., Path]) -> Path:
    """Folder with own.csv and its 72 recordings: 6 speakers, 3 emotions, 4 takes."""
    return once("recordings", write_recordings)


def write_recordings(folder: Path, table: str = "own.csv", seed: int = 0) -> None:
    """Write a table and its recordings."""
    folder.mkdir()
    rng = np.random.default_rng(seed)
    lines = ["path,emotion,speaker,gender"]
    for speaker in range(6):
        for emotion, factor in EMOTIONS.items():
            for take in range(4):
                name = f"s{speaker}_{emotion}_{take}.wav"
                pitch = (100 + 20 * speaker) * factor * rng.uniform(0.97, 1.03)
                soundfile.write(folder / name, tone(pitch, 0.5 + 0.05 * take, rng), SAMPLE_RATE)
                lines.append(f"{name},{emotion},s{speaker},{'female' if speaker % 2 else 'male'}")
    (folder / table).write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="session")
def store_root(recordings: Path, once: Callable[..., Path]) -> Path:
    """Store of `recordings`."""
    return once("store", lambda root: _extract(recordings, root))


@pytest.fixture(scope="session")
def whole_store_root(recordings: Path, once: Callable[..., Path]) -> Path:
    """Store of `recordings` that has something for every model: wide frames, every family."""
    wide = {"profile": profile("wide16k"), "features": encoder_free()}
    return once("whole-store", lambda root: _extract(recordings, root, **wide))


@pytest.fixture(scope="session")
def elsewhere_root(once: Callable[..., Path]) -> Path:
    """Store of 72 recordings of another corpus, elsewhere: other audio and other speakers."""
    table = "elsewhere.csv"
    recorded = once("elsewhere", lambda folder: write_recordings(folder, table, seed=1))
    return once("elsewhere-store", lambda root: _extract(recorded, root, table))


def _extract(recordings: Path, store: Path, table: str = "own.csv", **options: Any) -> None:
    extract_corpora([str(recordings / table)], data=recordings, store=store, runner=Serial(), **options)


@pytest.fixture(scope="session")
def artifact_of(request: pytest.FixtureRequest, once: Callable[..., Path]) -> Callable[..., Path]:
    """Return a function that returns the artifact of a tiny model, trained once per run of the tests.

    Its options are those of `TrainConfig`, and True.
    """

    def artifact(name: str, store: str = "store_root", **options: Any) -> Path:
        folder = "-".join((store, *options))
        return once(f"{folder}/{name}", lambda out: train(name, request.getfixturevalue(store), out, options))

    def train(name: str, store: Path, out: Path, options: dict[str, Any]) -> None:
        from ser_models.experiments.train import run_experiment
        from ser_models.training.config import TrainConfig
        from tests.ser_models.tiny import parameters

        with undrawn():
            run_experiment(store, out, TrainConfig(name, parameters(name), **options))

    return artifact
