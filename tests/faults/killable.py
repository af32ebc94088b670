"""A run of an extraction as a process that can be killed, and what a kill met."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ser_features.store import layout
from tests.faults import counted

ROOT = Path(__file__).parents[2]
WORKER, PARENT, GROUP = "a worker", "the planning process", "all processes at once"
VICTIMS = (WORKER, PARENT, GROUP)
PLANNING, STARTING, COMPUTING = "scanning and planning", "workers starting", "a shard being computed"
COMMIT, BETWEEN = "a commit", "workers between shards"
MOMENTS = (PLANNING, STARTING, COMPUTING, COMMIT, BETWEEN)


@dataclass(frozen=True, slots=True)
class Extraction:
    """What is extracted, and how.

    Attributes:
        folder: for stores and notes.
        data: the corpora's folder.
        datasets: their names.
        workers: processes.
    """

    folder: Path
    data: Path
    datasets: tuple[str, ...]
    workers: int = 2

    @property
    def store(self) -> Path:
        """The store whose runs are killed."""
        return self.folder / "store"

    @property
    def reference(self) -> Path:
        """The store of the unbroken run."""
        return self.folder / "reference"

    @property
    def log(self) -> Path:
        """What the workers of the runs that are killed note."""
        return self.folder / "log"

    def start(self, store: Path) -> "Run":
        """Begin a run in a process group of its own; returns when all is imported."""
        words = [str(self.data), str(store), str(self.log), str(self.workers), *self.datasets]
        with (self.folder / "errors").open("w") as errors, (self.folder / "said").open("w") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.child", *words],
                cwd=ROOT,
                stdout=said,
                stderr=errors,
                start_new_session=True,
            )
        run = Run(self, process)
        run.wait(lambda: "ready" in run.said)
        run.began = time.monotonic()
        return run


@dataclass(slots=True)
class Run:
    """An extraction that is going on."""

    extraction: Extraction
    process: subprocess.Popen
    began: float = 0.0

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, error: object, *_: object) -> None:
        if error is not None:  # nothing that was started is left behind
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    @property
    def said(self) -> str:
        """What it said on stdout."""
        return (self.extraction.folder / "said").read_text()

    @property
    def ended(self) -> bool:
        """Whether its planning process is no more."""
        return self.process.poll() is not None

    @property
    def computed(self) -> list[counted.Computed]:
        """The shards that it began to compute."""
        return [each for each in counted.read(self.extraction.log) if each.at >= self.began]

    @property
    def workers(self) -> list[int]:
        """Its workers that have begun to compute, and live."""
        return sorted({each.process for each in self.computed if is_alive(each.process)})

    def wait(self, until: Callable[[], bool], pause: float = 0.01) -> None:
        """Wait until something is so, or the run has ended."""
        while not self.ended and not until():
            time.sleep(pause)

    def kill(self, victim: str, rng: random.Random) -> str:
        """Send SIGKILL; returns who was killed: all, if no worker is at work any more."""
        if victim == WORKER and (workers := self.workers):
            with suppress(ProcessLookupError):
                os.kill(rng.choice(workers), signal.SIGKILL)
            return WORKER
        if victim == PARENT:
            self.process.kill()
        else:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        return PARENT if victim == PARENT else GROUP


def is_alive(process: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent to notice does not."""
    try:
        os.kill(process, 0)
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except OSError:  # it has just ended, or this system has no /proc
        return not Path("/proc/self/stat").is_file()


def commits(store: Path) -> bool:
    """Whether a shard is being committed: its frames have their names, or its table is being written."""
    framed = {layout.frame_shard_of(path).split("-")[0] for path in store.glob("frames/*/[!.]*.npy")}
    tables = {layout.shard_of(path) for path in store.glob("files/*/[!.]*.parquet")}
    return bool(framed - tables) or any(store.glob("files/*/.part-*"))


def met(run: Run) -> str:
    """What a kill met, by what is there right after it."""
    store = run.extraction.store
    if "planned" not in run.said:
        return PLANNING
    if not run.computed:
        return STARTING
    if commits(store):
        return COMMIT
    return COMPUTING if any(store.glob("frames/*/.*")) else BETWEEN
