"""CPU time of each stage of an extraction with the default profile, on one core, in one process.

    python -m benchmarks.speed.stages

`extract_corpora` runs its tasks in this process. The functions of `STAGES` are replaced by ones that measure
their thread's CPU time, without that of another stage that they call. The rest is what no stage covers:
checks, dictionaries and the interpreter itself.
"""

import hashlib
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, wraps
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from benchmarks.clock import cpu_seconds, last_core, pinned
from benchmarks.options import parser
from benchmarks.report import Figure, Report
from ser_features import audio, pipeline, preprocess
from ser_features.engine import extract, extract_corpora, shard
from ser_features.engine.runner import Progress, T, Work
from ser_features.engine.task import ShardSummary
from ser_features.extractors import base
from ser_features.store.write import FrameWriter
from ser_features.voice import contour

DATASET = "ravdess"

STAGES: dict[str, tuple[tuple[Any, str], ...]] = {
    "plan": ((extract, "scan_corpora"), (extract, "plan_corpora"), (extract, "begin_report")),
    "read": ((audio, "read_bytes"),),
    "hash": ((hashlib, "sha256"),),
    "decode": ((audio, "decode"),),
    "resample": ((preprocess, "resample"),),
    "conditioning": ((pipeline, "prepare"),),
    "STFT and mel": ((base.Analysis, "power"), (base.Analysis, "mel_db")),
    "F0": ((base, "compute_f0"),),
    "pulses, jitter, shimmer": ((contour, "pulses"), (contour, "jitter"), (contour, "shimmer")),
    "MFCC and their derivatives": (
        (base.Analysis, "mfcc"),
        (base.Analysis, "mfcc_delta"),
        (base.Analysis, "mfcc_delta2"),
    ),
    "statistics": ((pipeline, "columns_of_each"),),
    "frames": ((pipeline, "frames_of_each"),),
    "frame files": ((FrameWriter, "append"), (FrameWriter, "commit")),
    "tables": ((shard, "table_of"), (shard, "commit_rows")),
    "report": ((extract, "_finish_report"),),
}
"""Functions, methods and cached properties by stage."""


class InProcess:
    """Runs tasks in this process, one after the other."""

    def run(
        self, tasks: Sequence[T], work: Work[T], on_progress: Progress | None = None
    ) -> Iterator[ShardSummary]:
        """As `Runner.run`."""
        yield from map(work.run, tasks)


class Stopwatch(threading.local):
    """CPU time by stage of the calling thread, each without the stages called within it."""

    def __init__(self, seconds: defaultdict[str, float]) -> None:
        self.seconds = seconds
        self.open: list[str] = []
        self.last = 0.0

    def lap(self) -> None:
        """Count the time since the last call for the innermost open stage."""
        now = time.thread_time()
        if self.open:
            self.seconds[self.open[-1]] += now - self.last
        self.last = now

    def around(self, function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        """The function, timed as a stage."""

        @wraps(function)
        def timed(*arguments: Any, **options: Any) -> Any:
            self.lap()
            self.open.append(stage)
            try:
                return function(*arguments, **options)
            finally:
                self.lap()
                self.open.pop()

        return timed


def watch(seconds: defaultdict[str, float]) -> None:
    """Have every stage counted in `seconds` from now on."""
    stopwatch = Stopwatch(seconds)
    for stage, functions in STAGES.items():
        for owner, name in functions:
            original = vars(owner)[name]
            if isinstance(original, cached_property):
                original.func = stopwatch.around(original.func, stage)
            else:
                setattr(owner, name, stopwatch.around(original, stage))


def measure(data: Path, files: int, seconds: defaultdict[str, float]) -> dict[str, float]:
    """CPU ms per file of each stage, of the rest, and of all, over one extraction into a new store."""
    seconds.clear()
    before = cpu_seconds()
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        extract_corpora([DATASET], data=data, store=store, runner=InProcess(), limit=files)
    total = cpu_seconds() - before
    rest = total - sum(seconds.values())
    spent = {stage: seconds[stage] for stage in STAGES} | {"rest": rest, "all": total}
    return {stage: 1e3 * value / files for stage, value in spent.items()}


def main(words: Sequence[str] | None = None) -> None:
    """Measure and report."""
    options = parser(__doc__, files=300, report=True)
    options.add_argument("--rounds", type=int, default=5, help="extractions (default: 5)")
    chosen = options.parse_args(words)
    seconds: defaultdict[str, float] = defaultdict(float)
    watch(seconds)
    with pinned(last_core()), threadpool_limits(1):  # as in workers
        measure(chosen.data, 20, seconds)  # fills caches
        rounds = [measure(chosen.data, chosen.files, seconds) for _ in range(chosen.rounds)]
    figures = [Figure(stage, "ms", tuple(one[stage] for one in rounds)) for stage in rounds[0]]
    conditions = f"CPU ms per file, {chosen.files} recordings of {DATASET}, {chosen.rounds} rounds, one core"
    Report("speed.stages", conditions, tuple(figures)).finish(chosen.json)


if __name__ == "__main__":
    main()
