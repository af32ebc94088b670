"""Core-seconds per file by runner, extrapolated to a million files.

    python -m benchmarks.scale.cost

Core-seconds are the CPU time of this process, the workers and, with Dask, scheduler and nannies. The cost of
a file is the slope between a job of --files and one of half as many, which excludes the start of the workers.
The mean duration of the files is printed, and the cost of files of --seconds each follows from it.

Timings on shared machines drift; CPU time drifts less than others.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NamedTuple

import soundfile

from benchmarks import options as shared
from benchmarks.clock import cpu_seconds
from benchmarks.report import Figure, Report
from ser_features import corpora
from ser_features.engine import extract_corpora
from ser_features.engine.connect import connect
from ser_features.engine.plan import spread
from ser_features.engine.runner import Local, Runner

DATASET = "ravdess"
RunnerOf = Callable[[], AbstractContextManager[Runner]]


class Cost(NamedTuple):
    """Core-seconds and bytes in the store of one file."""

    core_seconds: float
    stored: float


def job(runner_of: RunnerOf, data: Path, files: int) -> Cost:
    """Total cost of extracting `files` recordings into a new store."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        before = cpu_seconds()
        with runner_of() as runner:
            report = extract_corpora([DATASET], data=data, store=store, runner=runner, limit=files)
        spent = cpu_seconds() - before
        if report.stored != files:
            raise SystemExit(f"{report.stored} of {files} files stored: choose --files within {DATASET}")
        return Cost(spent, sum(path.stat().st_size for path in store.rglob("*") if path.is_file()))


def per_file(runner_of: RunnerOf, data: Path, files: int) -> Cost:
    """Cost of one more file in a job of that size."""
    half, whole = job(runner_of, data, files // 2), job(runner_of, data, files)
    return Cost(*((b - a) / (files - files // 2) for a, b in zip(half, whole, strict=True)))


def mean_seconds(data: Path, files: int) -> float:
    """Mean duration of the extracted files in seconds."""
    scan = corpora.scan(DATASET, data)
    chosen: Sequence = spread(scan.recordings, files)
    return sum(soundfile.info(scan.root / recording.path).duration for recording in chosen) / len(chosen)


def main() -> None:
    """Measure, and print one line per runner."""
    parser = shared.parser(__doc__, files=1200, report=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--million", type=int, default=1_000_000, help="files to extrapolate to")
    parser.add_argument("--seconds", type=float, default=3.0, help="duration of each of them")
    options = parser.parse_args()
    runners: dict[str, RunnerOf] = {
        "local": lambda: nullcontext(Local(options.workers)),
        "dask": lambda: connect(workers=options.workers),
    }
    costs = {name: per_file(runner_of, options.data, options.files) for name, runner_of in runners.items()}
    mean = mean_seconds(options.data, options.files)
    _print(costs, mean, options)
    conditions = (
        f"{options.files} files of {DATASET}, {mean:.2f} s each in the mean, {options.workers} workers"
    )
    figures = [
        Figure(f"{name}, CPU time per file", "ms", (1e3 * cost.core_seconds,)) for name, cost in costs.items()
    ]
    Report("scale.cost", conditions, tuple(figures)).finish(options.json)


def _print(costs: dict[str, Cost], mean: float, options: argparse.Namespace) -> None:
    print(f"{options.files} files of {DATASET}, {mean:.2f} s each in the mean, {options.workers} workers")
    title = f"{options.million:,} files of {options.seconds:g} s"
    print(f"{'runner':8}{'core-ms/file':>14}{'core-ms/s':>12}{'x local':>9}  {title}")
    for name, cost in costs.items():
        by_second = cost.core_seconds / mean
        scaled = options.million * options.seconds
        print(
            f"{name:8}{cost.core_seconds * 1e3:14.1f}{by_second * 1e3:12.2f}"
            f"{cost.core_seconds / costs['local'].core_seconds:9.2f}"
            f"  {scaled * by_second / 3600:.1f} core-hours, {scaled * cost.stored / mean / 1e9:.0f} GB"
        )


if __name__ == "__main__":
    main()
