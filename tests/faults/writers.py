"""Several processes that extract into one store at once, starting without a store.

- other corpora: each process has its own
- the same corpus: all do the same work, and the first commit of each shard counts
- other limits: all extract different samples of one corpus, which share its shards
- new labels: one process corrects the labels in the corpus's manifest while all extract it

In each round every process waits for the others, and then for up to a tenth of a second. Afterwards no row is
lost or duplicated, and the store equals that of a single writer. One more run has nothing to compute (but may
update labels), and no unfinished files are left.
"""

import multiprocessing
import random
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier

from ser_features.engine import ExtractReport, extract_corpora
from tests.faults import check, corpus
from tests.faults.check import Findings
from tests.faults.serial import Serial

PROCESSES = 8
FAMILIES = ("core", "mel")
MAX_PAUSE = 0.1
"""Longest wait of a process in seconds, once all have started."""

BARRIER_SECONDS = 300.0

LIMITS = (None, 100, 90, 77, 60, 45, 30, 7)
OTHER_LABELS = (("happy", "sad"), ("fear", "neutral"))
OWN = 24
"""Recordings of each own corpus."""

_barrier: Barrier


@dataclass(frozen=True, slots=True)
class Job:
    """Work of one process.

    Attributes:
        dataset: name of a corpus, or path of a manifest.
        data: data root.
        store: the store.
        pause: seconds to wait before.
        limit: maximum number of recordings.
        labels: labels to write into the manifest before; None to leave it.
    """

    dataset: str
    data: Path
    store: Path
    pause: float = 0.0
    limit: int | None = None
    labels: tuple[str, ...] | None = None


def run(folder: Path, rounds: int, seed: int, processes: int = PROCESSES, tones: int = 128) -> Findings:
    """Run concurrent writers.

    Args:
        folder: for corpora and stores.
        rounds: number of rounds of each kind.
        seed: of the pauses.
        processes: number of writers.
        tones: recordings of the shared corpus.
    """
    data, findings, rng = folder / "data", Findings(), random.Random(seed)
    corpus.make_tess(data, tones)
    tables = [corpus.make_own(data, f"own{number}", OWN, 200 + 30 * number) for number in range(processes)]
    context = multiprocessing.get_context("spawn")
    begin = (context.Barrier(processes),)
    store = folder / "store"
    with ProcessPoolExecutor(processes, context, initializer=_initialize, initargs=begin) as pool:
        for number in range(rounds):
            for name, make in KINDS.items():
                jobs = [
                    make(data, tables, store, rng.uniform(0, MAX_PAUSE), writer, number)
                    for writer in range(processes)
                ]
                lines = [str(error) for error in pool.map(_work, jobs) if error]
                lines += _check(jobs, folder / "alone", relabelled=name == RELABEL)
                findings.violations += [f"{name}: {line}" for line in lines]
                findings.counts[f"rounds of {processes} processes: {name}"] += 1
                shutil.rmtree(store)
    return findings


RELABEL = "the same corpus, one with new labels"
Make = Callable[[Path, list[Path], Path, float, int, int], Job]
KINDS: dict[str, Make] = {
    "other corpora": lambda data, tables, store, pause, writer, number: Job(
        str(tables[writer]), data, store, pause
    ),
    "the same corpus": lambda data, tables, store, pause, writer, number: Job("tess", data, store, pause),
    "the same corpus, other limits": lambda data, tables, store, pause, writer, number: Job(
        "tess", data, store, pause, LIMITS[writer]
    ),
    RELABEL: lambda data, tables, store, pause, writer, number: Job(
        str(tables[0]), data, store, pause, labels=OTHER_LABELS[number % 2] if writer == 0 else None
    ),
}
"""Job of each writer, by kind of round."""


def _initialize(barrier: Barrier) -> None:
    global _barrier
    _barrier = barrier


def _work(job: Job) -> str | None:
    """In a process: wait for the others and extract; return the error, if any."""
    _barrier.wait(BARRIER_SECONDS)
    time.sleep(job.pause)
    try:
        if job.labels:
            table = Path(job.dataset)
            paths = [f"{table.stem}/{number:03d}.wav" for number in range(OWN)]
            corpus.write_labels(table, paths, job.labels)
        _extract(job, job.store)
    except Exception as error:  # any error is reported
        return repr(error)
    return None


def _extract(job: Job, store: Path) -> ExtractReport:
    return extract_corpora(
        [job.dataset], data=job.data, store=store, features=FAMILIES, runner=Serial(), limit=job.limit
    )


def _check(jobs: list[Job], alone: Path, *, relabelled: bool) -> Iterator[str]:
    """Compare with the store of a single writer, now and after one more run."""
    store = jobs[0].store
    shutil.rmtree(alone, ignore_errors=True)
    for job in jobs:
        _extract(job, alone)
    yield from check.damage(store)
    table, expected = check.rows(store), check.rows(alone)
    if relabelled:
        labels = [column for column in table.columns if column.startswith("emotion")]
        yield from check.changed(table.drop(columns=labels), expected.drop(columns=labels))
        if len(table) != len(expected):
            yield f"{len(table)} rows, expected {len(expected)}"
    else:
        yield from check.differences(store, alone)
    stored = sum(_extract(job, store).stored for job in jobs)
    if stored:
        yield f"one more run computed {stored} recordings"
    yield from check.damage(store)
    yield from check.differences(store, alone)
    yield from (f"{name} is left" for name in check.leftovers(store))
