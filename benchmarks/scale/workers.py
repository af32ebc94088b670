"""Memory of extraction workers over 10,000 files.

    python -m benchmarks.scale.workers                                      # 2 workers; two minutes
    python -m benchmarks.scale.workers --files 800 --limit 300 --growth 4

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

from ser_features.audio import SUFFIXES
from ser_features.config import PROFILES, SPEECH16K
from ser_features.engine import Observer, extract_corpora
from ser_features.engine.plan import shard_size

MIB = 2**20
POLL_SECONDS = 0.2
EMOTIONS = ("angry", "happy", "neutral", "sad")


@dataclass(frozen=True, slots=True)
class Sample:
    """A worker's memory at one moment, in MiB, and how many files the run had finished then."""

    finished: int
    rss: float
    uss: float


@dataclass
class Watch:
    """Reads the memory of this process's workers in a thread of its own, until it is left."""

    finished: int = 0
    samples: dict[int, list[Sample]] = field(default_factory=lambda: defaultdict(list))
    _ended: Event = field(default_factory=Event)

    def __enter__(self) -> "Watch":
        self._thread = Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def note(self, finished: int, failed: int) -> None:
        """Note how far the run is."""
        self.finished = finished

    def _run(self) -> None:
        while not self._ended.wait(POLL_SECONDS):
            for process in workers():
                if sizes := memory(process):
                    self.samples[process].append(Sample(self.finished, *sizes))


def workers() -> Iterator[int]:
    """The processes that loky started for this one."""
    for entry in Path("/proc").glob("[0-9]*"):
        parent = _read(entry / "stat").rpartition(")")[2].split()[1:2]
        if parent == [str(os.getpid())] and "popen_loky" in _read(entry / "cmdline"):
            yield int(entry.name)


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
    """Link recordings under new names until there are enough, and list them.

    Returns:
        The table.
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
    """From the median USS over the first quarter of some files to that over the last, in MiB.

    Args:
        samples: of one worker.
        begin: files that are finished when it begins to count.
        end: files that are finished at the end.

    Raises:
        SystemExit: if a quarter was over before anything was read.
    """
    quarter = (end - begin) / 4
    first = [each.uss for each in samples if begin < each.finished <= begin + quarter]
    last = [each.uss for each in samples if each.finished >= end - quarter]
    if not first or not last:
        raise SystemExit(f"{len(samples)} samples do not reach both ends: choose more --files")
    return statistics.median(last) - statistics.median(first)


def main() -> None:
    """Make the corpus, extract it, print each worker's memory."""
    options = _options()
    recordings = sorted(path for path in options.data.rglob("*") if path.suffix.lower() in SUFFIXES)
    if not recordings:
        raise SystemExit(f"no recordings in {options.data}: pass --data")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder, Watch() as watch:
        table = make_corpus(recordings, options.files, Path(folder))
        start = time.perf_counter()
        report = extract_corpora(
            [str(table)],
            data=Path(folder),
            store=Path(folder) / "store",
            profile=PROFILES[options.profile],
            workers=options.workers,
            observer=Observer(on_progress=watch.note),
        )
        seconds = time.perf_counter() - start
    found = f"{report.stored} files of {len(recordings)} recordings"
    print(f"{found} in {seconds:.0f} s, profile {options.profile}")
    _judge(options, report.stored, watch)


def _judge(options: argparse.Namespace, stored: int, watch: Watch) -> None:
    if stored != options.files or len(watch.samples) != options.workers:
        raise SystemExit(f"{len(watch.samples)} workers stored {stored} of {options.files} files")
    begin, highest, most = options.workers * shard_size(options.files), 0.0, 0.0
    for number, samples in enumerate(watch.samples.values(), start=1):
        rss, uss = max(each.rss for each in samples), max(each.uss for each in samples)
        grown = growth(samples, begin, options.files)
        highest, most = max(highest, rss), max(most, grown)
        print(
            f"worker {number}: RSS at most {rss:.0f} MiB, USS at most {uss:.0f} MiB, "
            f"from the first to the last quarter {grown:+.1f} MiB ({len(samples)} samples)"
        )
    if highest > options.limit or most > options.growth:
        raise SystemExit(f"expected RSS up to {options.limit:g} MiB and growth up to {options.growth:g} MiB")
    print(f"below {options.limit:g} MiB, and flat")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="any folder of recordings")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--profile", choices=list(PROFILES), default=SPEECH16K.name)
    parser.add_argument("--limit", type=float, default=450, help="largest RSS of a worker, in MiB")
    parser.add_argument("--growth", type=float, default=8, help="largest growth of a worker's USS, in MiB")
    parser.add_argument("--folder", type=Path, help="where the corpus is made; removed at the end")
    return parser.parse_args()


if __name__ == "__main__":
    main()
