"""Several processes that extract into one store at once, beginning with no store at all.

- other corpora: each process has its own
- the same corpus: all do the same work, and the first commit of each shard counts
- other limits: all extract another sample of one corpus, so that they meet in its shards
- a new label: one process corrects the labels in the corpus's table while all extract it

In each round every process waits for the others, and then for up to a tenth of a second. Afterwards: no row
is lost or doubled, the store is whole, and it is that of a single writer. One more run has nothing to compute
(but may have to bring the new labels), and nothing is left lying about.
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
from tests.faults.report import Findings
from tests.faults.serial import Serial

PROCESSES = 8
FAMILIES = ("core", "mel")
PAUSE = 0.1
"""Seconds that a process waits at most, once all are there."""

WAIT = 300.0
"""Seconds after which processes that are not there are missed."""

LIMITS = (None, 100, 90, 77, 60, 45, 30, 7)
OTHER_LABELS = (("happy", "sad"), ("fear", "neutral"))
OWN = 24
"""Recordings of each own corpus."""

_together: Barrier


@dataclass(frozen=True, slots=True)
class Job:
    """What one process does.

    Attributes:
        dataset: a corpus's name, or the path of its table.
        data: the corpora's folder.
        store: the store.
        pause: seconds to wait before.
        limit: at most so many recordings.
        labels: to write into the table before; None to leave it.
    """

    dataset: str
    data: Path
    store: Path
    pause: float = 0.0
    limit: int | None = None
    labels: tuple[str, ...] | None = None


def run(folder: Path, rounds: int, seed: int, processes: int = PROCESSES) -> Findings:
    """Let processes meet.

    Args:
        folder: for corpora and stores.
        rounds: how often each of the four meetings takes place.
        seed: of the pauses.
        processes: how many there are.
    """
    data, findings, rng = folder / "data", Findings(), random.Random(seed)
    corpus.make_tess(data, 128)
    tables = [corpus.make_own(data, f"own{number}", OWN, 200 + 30 * number) for number in range(processes)]
    context = multiprocessing.get_context("spawn")
    begin = (context.Barrier(processes),)
    with ProcessPoolExecutor(processes, context, initializer=_meet, initargs=begin) as pool:
        for number in range(rounds):
            for name, make in MEETINGS.items():
                store = folder / "store"
                jobs = [
                    make(data, tables, store, rng.uniform(0, PAUSE), each, number)
                    for each in range(processes)
                ]
                found = [f"{name}: {error}" for error in pool.map(_work, jobs) if error]
                found += [f"{name}: {line}" for line in _judge(jobs, folder / "alone", name == RELABEL)]
                findings.broken += found
                findings.counts[f"rounds of {processes} processes: {name}"] += 1
                shutil.rmtree(store)
    return findings


RELABEL = "the same corpus, one with new labels"
Make = Callable[[Path, list[Path], Path, float, int, int], Job]
MEETINGS: dict[str, Make] = {
    "other corpora": lambda data, tables, store, pause, each, number: Job(
        str(tables[each]), data, store, pause
    ),
    "the same corpus": lambda data, tables, store, pause, each, number: Job("tess", data, store, pause),
    "the same corpus, other limits": lambda data, tables, store, pause, each, number: Job(
        "tess", data, store, pause, LIMITS[each]
    ),
    RELABEL: lambda data, tables, store, pause, each, number: Job(
        str(tables[0]), data, store, pause, labels=OTHER_LABELS[number % 2] if each == 0 else None
    ),
}
"""What the processes do, by name."""


def _meet(barrier: Barrier) -> None:
    """In a process: know how to wait for the others."""
    global _together
    _together = barrier


def _work(job: Job) -> str | None:
    """In a process: wait for the others, extract, and say what went wrong."""
    _together.wait(WAIT)
    time.sleep(job.pause)
    try:
        if job.labels:
            table = Path(job.dataset)
            corpus.write_labels(
                table, [f"{table.stem}/{number:03d}.wav" for number in range(OWN)], job.labels
            )
        _extract(job, job.store)
    except Exception as error:  # whatever it is, it is reported
        return repr(error)
    return None


def _extract(job: Job, store: Path) -> ExtractReport:
    return extract_corpora(
        [job.dataset], data=job.data, store=store, features=FAMILIES, runner=Serial(), limit=job.limit
    )


def _judge(jobs: list[Job], alone: Path, relabelled: bool) -> Iterator[str]:
    """Compare with a store that one process has filled, now and after one more run."""
    store = jobs[0].store
    shutil.rmtree(alone, ignore_errors=True)
    for job in jobs:
        _extract(job, alone)
    yield from check.torn(store)
    found, expected = check.rows(store), check.rows(alone)
    if relabelled:
        said = [column for column in found.columns if column.startswith("emotion")]
        yield from check.changed(found.drop(columns=said), expected.drop(columns=said))
        if len(found) != len(expected):
            yield f"{len(found)} rows, expected {len(expected)}"
    else:
        yield from check.differences(store, alone)
    stored = sum(_extract(job, store).stored for job in jobs)
    if stored:
        yield f"one more run computed {stored} recordings"
    yield from check.torn(store)
    yield from check.differences(store, alone)
    yield from (f"{name} is left" for name in check.litter(store))
