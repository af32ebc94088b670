"""Memory of extraction workers over 10,000 files.

    python -m benchmarks.scale.workers                                      # 2 workers; two minutes
    python -m benchmarks.scale.workers --files 800 --limit 200 --growth 4

The recordings of the data root are linked (or copied) under new names until there are enough, and listed in a
manifest. While `extract_corpora` runs, the memory of each worker is read five times a second:

- RSS, the resident size; memory shared with other processes (libraries, Python) is counted in full.
- USS, the unique size: the memory that would be free if this worker ended.

The exit code is 1 if the RSS of a worker exceeds the limit, or if its USS grows by more than `--growth` from
the median over the first quarter of the files to that over the last quarter. Files up to the first commit of
each worker do not count, because the table writer is imported then. Needs /proc (Linux).
"""

import argparse
import csv
import os
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from threading import Event, Thread

from benchmarks import options
from benchmarks.report import Figure, Report
from ser_features.config import DEFAULT_PROFILE, PROFILES
from ser_features.engine import Observer, extract_corpora
from ser_features.engine.plan import shard_size
from ser_features.formats import SUFFIXES

MIB = 2**20
POLL_SECONDS = 0.2
EMOTIONS = ("angry", "happy", "neutral", "sad")


@dataclass(frozen=True, slots=True)
class Sample:
    """Memory of a worker at one moment in MiB, and the number of finished files."""

    finished: int
    rss: float
    uss: float


@dataclass
class Monitor:
    """Reads the memory of this process's workers in a thread, for the duration of a block."""

    finished: int = 0
    samples: dict[int, list[Sample]] = field(default_factory=lambda: defaultdict(list))
    _ended: Event = field(default_factory=Event)

    def __enter__(self) -> "Monitor":
        self._thread = Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def note(self, finished: int, failed: int) -> None:
        """Store the progress of the run."""
        self.finished = finished

    def _run(self) -> None:
        while not self._ended.wait(POLL_SECONDS):
            for process in workers():
                if sizes := memory(process):
                    self.samples[process].append(Sample(self.finished, *sizes))


def workers() -> Iterator[int]:
    """Worker processes of this process: forks of its children that serve them."""
    parents = {int(entry.name): _parent(entry) for entry in Path("/proc").glob("[0-9]*")}
    servers = {process for process, parent in parents.items() if parent == os.getpid()}
    yield from (process for process, parent in parents.items() if parent in servers)


def _parent(process: Path) -> int:
    fields = _read(process / "stat").rpartition(")")[2].split()
    return int(fields[1]) if len(fields) > 1 else 0


def memory(process: int) -> tuple[float, float] | None:
    """RSS and USS in MiB; None if the process has ended."""
    sizes: dict[str, int] = {}
    for line in _read(Path(f"/proc/{process}/smaps_rollup")).splitlines()[1:]:
        name, size, _ = line.split()
        sizes[name.removesuffix(":")] = int(size)
    if not sizes:
        return None
    return sizes["Rss"] / 1024, (sizes["Private_Clean"] + sizes["Private_Dirty"]) / 1024


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:  # the process has ended
        return ""


def make_corpus(recordings: Sequence[Path], files: int, folder: Path) -> Path:
    """Link recordings under new names until there are enough, and write their manifest.

    Returns:
        The manifest.
    """
    table = folder / "linked.csv"
    with table.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "emotion", "speaker"))
        for number, recording in enumerate(islice(cycle(recordings), files)):
            name = f"{number:06d}{recording.suffix}"
            _link(recording, folder / name)
            writer.writerow((name, EMOTIONS[number % len(EMOTIONS)], f"s{number % 20:02d}"))
    return table


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # another file system
        shutil.copyfile(source, target)


def growth(samples: Sequence[Sample], begin: int, end: int) -> float:
    """Growth of USS in MiB from the median over the first quarter of some files to that over the last.

    Args:
        samples: of one worker.
        begin: number of finished files at the start.
        end: number of finished files at the end.

    Raises:
        SystemExit: if a quarter has no samples.
    """
    quarter = (end - begin) / 4
    first = [sample.uss for sample in samples if begin < sample.finished <= begin + quarter]
    last = [sample.uss for sample in samples if sample.finished >= end - quarter]
    if not first or not last:
        raise SystemExit(f"{len(samples)} samples do not reach both ends: choose more --files")
    return statistics.median(last) - statistics.median(first)


def main() -> None:
    """Make the corpus, extract it, print the memory of each worker."""
    chosen = _arguments()
    recordings = sorted(path for path in chosen.data.rglob("*") if path.suffix.lower() in SUFFIXES)
    if not recordings:
        raise SystemExit(f"no recordings in {chosen.data}: pass --data")
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder, Monitor() as monitor:
        table = make_corpus(recordings, chosen.files, Path(folder))
        start = time.perf_counter()
        report = extract_corpora(
            [str(table)],
            data=Path(folder),
            store=Path(folder) / "store",
            profile=PROFILES[chosen.profile],
            workers=chosen.workers,
            observer=Observer(on_progress=monitor.note),
        )
        seconds = time.perf_counter() - start
    done = f"{report.stored} files of {len(recordings)} recordings"
    print(f"{done} in {seconds:.0f} s, profile {chosen.profile}")
    figures = _figures(chosen, report.stored, monitor)
    Report("scale.workers", f"{done}, {chosen.workers} workers", figures).finish(chosen.json)
    if not all(one.reached for one in figures):
        raise SystemExit(f"expected RSS up to {chosen.limit:g} MiB and growth up to {chosen.growth:g} MiB")


def _figures(options: argparse.Namespace, stored: int, monitor: Monitor) -> tuple[Figure, Figure]:
    """Peak and growth of the memory of the worker with the largest.

    Raises:
        SystemExit: if not all files were stored by the workers that were to.
    """
    if stored != options.files or len(monitor.samples) != options.workers:
        raise SystemExit(f"{len(monitor.samples)} workers stored {stored} of {options.files} files")
    begin = options.workers * shard_size(options.files)
    peaks = [max(sample.rss for sample in samples) for samples in monitor.samples.values()]
    grown = [growth(samples, begin, options.files) for samples in monitor.samples.values()]
    return (
        Figure("largest RSS of a worker", "MiB", (max(peaks),), at_most=options.limit),
        Figure("growth of its USS, first to last quarter", "MiB", (max(grown),), at_most=options.growth),
    )


def _arguments() -> argparse.Namespace:
    parser = options.parser(__doc__, files=10_000, report=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--profile", choices=list(PROFILES), default=DEFAULT_PROFILE.name)
    parser.add_argument("--limit", type=float, default=250, help="largest RSS of a worker, in MiB")
    parser.add_argument("--growth", type=float, default=8, help="largest growth of a worker's USS, in MiB")
    parser.add_argument("--folder", type=Path, help="folder for the corpus; removed at the end")
    return parser.parse_args()


if __name__ == "__main__":
    main()
