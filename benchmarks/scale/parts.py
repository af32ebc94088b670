"""Parts of one long file against the same parts as files: time and memory.

    python -m benchmarks.scale.parts                      # an hour in 1,000 parts, 3 rounds; five minutes
    python -m benchmarks.scale.parts --form mp3 --parts 200 --rounds 1

Recordings of the data root are joined to one file of `--parts` times 3.6 s at 16 kHz. It is extracted by a
table of its parts, and so are the files that it is cut into; the two alternate, each into a store of its own.
Printed per round are the CPU time of all processes, the time that passed, and the largest RSS of a worker.

The exit code is 1 if the parts take more than `--ratio` times the CPU time of the files (the best round of
each), or a worker's RSS is more than `--growth` MiB above that of the files. Needs /proc (Linux).
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import numpy as np
import soundfile

from benchmarks import options
from benchmarks.scale.cost import cpu_seconds
from benchmarks.scale.workers import EMOTIONS, Monitor
from ser_features.config import DEFAULT_PROFILE
from ser_features.engine import extract_corpora
from ser_features.formats import SUFFIXES
from ser_features.preprocess import resample

RATE = DEFAULT_PROFILE.audio.sample_rate
SECONDS = 3.6


@dataclass(frozen=True, slots=True)
class Run:
    """One extraction: CPU time and time that passed, in s; largest RSS of a worker, in MiB."""

    cpu: float
    wall: float
    rss: float


def speech(recordings: Sequence[Path]) -> Iterator[np.ndarray]:
    """Yield pieces of `SECONDS` at `RATE`, over and over."""
    size, pending = round(SECONDS * RATE), np.empty(0, np.float32)
    for recording in cycle(recordings):
        signal, rate = soundfile.read(recording, dtype="float32", always_2d=True)
        pending = np.concatenate([pending, resample(signal[:, 0].copy(), rate, RATE)])
        while pending.size >= size:
            yield pending[:size]
            pending = pending[size:]


def write_corpora(recordings: Sequence[Path], parts: int, form: str, folder: Path) -> tuple[Path, Path]:
    """Write the long file, the files that it is cut into, and a table of each.

    Returns:
        The tables: of parts, and of files.
    """
    rows: dict[str, list[str]] = {"parts": ["path,start,end,emotion"], "files": ["path,emotion"]}
    with soundfile.SoundFile(folder / f"call.{form}", "w", RATE, 1, format=form.upper()) as whole:
        for number, piece in zip(range(parts), speech(recordings), strict=False):
            whole.write(piece)
            name, emotion = f"{number:05d}.{form}", EMOTIONS[number % len(EMOTIONS)]
            soundfile.write(folder / name, piece, RATE, format=form.upper())
            rows["files"].append(f"{name},{emotion}")
            times = f"{number * SECONDS:.3f},{(number + 1) * SECONDS:.3f}"
            rows["parts"].append(f"call.{form},{times},{emotion}")
    for name, lines in rows.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return folder / "parts.csv", folder / "files.csv"


def measured(table: Path, store: Path, workers: int, parts: int) -> Run:
    """Extract a table into a new store."""
    before, start = cpu_seconds(), time.perf_counter()
    with Monitor() as monitor:
        report = extract_corpora(
            [str(table)], data=table.parent, store=store, profile=DEFAULT_PROFILE, workers=workers
        )
    if report.stored != parts:
        raise SystemExit(f"{report.stored} of {parts} are stored: {report.failures[:1]}")
    rss = max(sample.rss for samples in monitor.samples.values() for sample in samples)
    return Run(cpu_seconds() - before, time.perf_counter() - start, rss)


def main() -> None:
    """Make the corpora, extract them in turn, compare."""
    chosen = _arguments()
    recordings = sorted(path for path in chosen.data.rglob("*") if path.suffix.lower() in SUFFIXES)
    if not recordings:
        raise SystemExit(f"no recordings in {chosen.data}: pass --data")
    runs: dict[str, list[Run]] = {"parts": [], "files": []}
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        folder = Path(name)
        tables = write_corpora(recordings, chosen.parts, chosen.form, folder)
        size = (folder / f"call.{chosen.form}").stat().st_size / 2**20
        minutes = chosen.parts * SECONDS / 60
        print(f"{chosen.parts} parts of {minutes:.0f} minutes, {size:.0f} MiB of {chosen.form}")
        for number in range(chosen.rounds):
            for table in tables:
                run = measured(table, folder / f"{table.stem}-{number}", chosen.workers, chosen.parts)
                runs[table.stem].append(run)
                print(
                    f"{table.stem}: {run.cpu:.1f} s of CPU, {run.wall:.1f} s, RSS {run.rss:.0f} MiB",
                    flush=True,
                )
    _judge(chosen, runs["parts"], runs["files"])


def _judge(chosen: argparse.Namespace, parts: Sequence[Run], files: Sequence[Run]) -> None:
    ratio = min(run.cpu for run in parts) / min(run.cpu for run in files)
    more = max(run.rss for run in parts) - max(run.rss for run in files)
    print(f"parts take {ratio:.2f} times the CPU time of files, and {more:+.0f} MiB of RSS")
    if ratio > chosen.ratio or more > chosen.growth:
        raise SystemExit(f"expected at most {chosen.ratio:g} times and {chosen.growth:+g} MiB")


def _arguments() -> argparse.Namespace:
    parser = options.parser(__doc__)
    parser.add_argument("--parts", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--form", choices=("wav", "flac", "ogg", "mp3"), default="wav")
    parser.add_argument(
        "--ratio", type=float, default=1.3, help="largest CPU time of parts, in that of files"
    )
    parser.add_argument("--growth", type=float, default=30, help="largest RSS above that of files, in MiB")
    parser.add_argument("--folder", type=Path, help="folder for the corpora; removed at the end")
    return parser.parse_args()


if __name__ == "__main__":
    main()
