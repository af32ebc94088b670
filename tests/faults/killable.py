"""An extraction as a process that can be killed, and what a kill interrupted.

    python -m tests.faults.killable DATA STORE LOG WORKERS CORPUS…

The process prints "ready" when everything is imported, and "planned" when it has planned. Its workers append
a line to LOG when they decode the first recording of a shard: time, process, shard. A shard that another
process has committed meanwhile decodes nothing.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ser_features import pipeline
from ser_features.engine import Observer, extract_corpora, shard
from ser_features.engine.runner import Local, Progress, T, Work
from ser_features.engine.task import ShardSummary, ShardTask
from ser_features.store import layout

ROOT = Path(__file__).parents[2]
FAMILIES = ("core", "mel")
WORKER, PARENT, GROUP = "a worker", "the planning process", "all processes at once"
VICTIMS = (WORKER, PARENT, GROUP)
PLANNING, STARTING, COMPUTING = "scanning and planning", "workers starting", "a shard being computed"
COMMIT, BETWEEN = "a commit", "workers between shards"
MOMENTS = (PLANNING, STARTING, COMPUTING, COMMIT, BETWEEN)


@dataclass(frozen=True, slots=True)
class Computed:
    """A shard whose computation began.

    Attributes:
        at: time, in seconds of the machine's monotonic clock.
        process: the worker.
        shard: corpus and shard.
    """

    at: float
    process: int
    shard: str


@dataclass(frozen=True, slots=True)
class Logged:
    """`Local` workers that write a log.

    Attributes:
        workers: number of processes.
        log: the file.
    """

    workers: int
    log: Path

    def run(
        self, tasks: Sequence[T], work: Work[T], on_progress: Progress | None = None
    ) -> Iterator[ShardSummary]:
        """As `Runner.run`."""
        yield from Local(self.workers).run(tasks, Work(partial(run_shard, self.log), work.probe), on_progress)


def run_shard(log: Path, task: ShardTask) -> ShardSummary:
    """As `shard.run_shard`, with a line in the log."""
    original, logged = pipeline.extract_bytes, []

    def extract_bytes(*arguments: Any) -> pipeline.Features:
        if not logged:
            logged.append(_append(log, f"{task.dataset}/{task.shard}"))
        return original(*arguments)

    with patch.object(pipeline, "extract_bytes", extract_bytes):
        return shard.run_shard(task)


def _append(log: Path, name: str) -> int:
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        return os.write(descriptor, f"{time.monotonic()} {os.getpid()} {name}\n".encode())
    finally:
        os.close(descriptor)


def read_log(log: Path) -> list[Computed]:
    """Lines of the log, in the order of time."""
    if not log.is_file():
        return []
    lines = (line.split() for line in log.read_text().splitlines())
    return [Computed(float(at), int(process), name) for at, process, name in lines]


@dataclass(frozen=True, slots=True)
class Extraction:
    """An extraction that is killed again and again.

    Attributes:
        folder: for stores and logs.
        data: data root.
        datasets: names of corpora.
        workers: number of processes.
    """

    folder: Path
    data: Path
    datasets: tuple[str, ...]
    workers: int = 2

    @property
    def store(self) -> Path:
        """Store of the runs that are killed."""
        return self.folder / "store"

    @property
    def reference(self) -> Path:
        """Store of an uninterrupted run."""
        return self.folder / "reference"

    @property
    def log(self) -> Path:
        """Log of the workers."""
        return self.folder / "log"

    def start(self, store: Path) -> "Run":
        """Start a run in its own process group; returns when everything is imported."""
        arguments = [str(self.data), str(store), str(self.log), str(self.workers), *self.datasets]
        with (self.folder / "errors").open("w") as errors, (self.folder / "output").open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.killable", *arguments],
                cwd=ROOT,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
        run = Run(self, process)
        run.wait(lambda: "ready" in run.output)
        run.began = time.monotonic()
        return run


@dataclass(slots=True)
class Run:
    """A running extraction."""

    extraction: Extraction
    process: subprocess.Popen
    began: float = 0.0

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, error: object, *_: object) -> None:
        if error is not None:  # no process is left running
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    @property
    def output(self) -> str:
        """Its stdout."""
        return (self.extraction.folder / "output").read_text()

    @property
    def ended(self) -> bool:
        """Whether its planning process has ended."""
        return self.process.poll() is not None

    @property
    def computed(self) -> list[Computed]:
        """Shards that it began to compute."""
        return [line for line in read_log(self.extraction.log) if line.at >= self.began]

    @property
    def workers(self) -> list[int]:
        """Its living workers that have begun to compute."""
        return sorted({line.process for line in self.computed if is_alive(line.process)})

    def wait(self, until: Callable[[], bool], pause: float = 0.01) -> None:
        """Wait until a condition holds or the run has ended."""
        while not self.ended and not until():
            time.sleep(pause)

    def kill(self, victim: str, rng: random.Random) -> str:
        """Send SIGKILL; return the victim, which is the group if no worker is computing."""
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
    """Whether a process runs; zombies do not count."""
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


def interrupted(run: Run) -> str:
    """Moment of a kill, by the files that are there right after it."""
    store = run.extraction.store
    if "planned" not in run.output:
        return PLANNING
    if not run.computed:
        return STARTING
    if commits(store):
        return COMMIT
    return COMPUTING if any(store.glob("frames/*/.*")) else BETWEEN


def main(data: str, store: str, log: str, workers: str, *datasets: str) -> None:
    """Extract, printing the progress."""
    print("ready", flush=True)
    extract_corpora(
        datasets,
        data=Path(data),
        store=Path(store),
        features=FAMILIES,
        runner=Logged(int(workers), Path(log)),
        observer=Observer(on_plan=lambda todo, unchanged: print("planned", flush=True)),
    )


if __name__ == "__main__":
    from tests.faults import killable  # functions of __main__ could not be pickled by name

    killable.main(*sys.argv[1:])
