"""SIGKILL at random moments of an extraction: of a worker, of the planning process, of all at once.

After each kill the store is checked: nothing is damaged, pandas reads it, every row has the values of an
uninterrupted run, and no committed row is lost. The next run continues and is killed in its turn. A complete
store is compared with that of the uninterrupted run, and removed. The last run is not killed.

Most moments are random, uniform over the time that the rest should take by the last uninterrupted run; the
others are in the next commit after such a moment, because commits are short.
"""

import random
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pandas as pd

from tests.faults import check
from tests.faults.check import Findings
from tests.faults.killable import (
    GROUP,
    MOMENTS,
    VICTIMS,
    WORKER,
    Computed,
    Extraction,
    Run,
    commits,
    interrupted,
    is_alive,
    read_log,
)

AIMED = 0.4
"""Share of the kills that wait for a commit."""

COMMIT_SECONDS = 0.006
"""Interval of those kills after a commit is seen: the duration of a commit."""

MIN_SHARE = 0.25
"""Share of a run's time that starting takes, however little is left to do."""

ORPHAN_SECONDS = 30.0
"""Time within which orphaned workers must end."""


@dataclass(slots=True)
class Series:
    """A series of kills and their results.

    Attributes:
        extraction: the extraction that is killed.
        kills: number of kills.
        rng: draws moments and victims.
        seconds: duration of the last run that did everything and was not killed.
        expected: rows of the uninterrupted run.
        findings: what was done and observed.
        times: times of the kills of the current store.
        committed: file_ids of the rows that it was seen to have.
        repeated: largest number of shards that were computed again because of one kill.
    """

    extraction: Extraction
    kills: int
    rng: random.Random
    seconds: float = 0.0
    expected: pd.DataFrame = field(default_factory=pd.DataFrame)
    findings: Findings = field(default_factory=Findings)
    times: list[float] = field(default_factory=list)
    committed: set[str] = field(default_factory=set)
    repeated: int = 0

    def run(self) -> Findings:
        """Kill runs until the number is reached, then let one run finish."""
        self._run_uninterrupted()
        counts = self.findings.counts
        names = ["runs", "stores completed", "kills", *(f"killed: {victim}" for victim in VICTIMS)]
        counts.update(dict.fromkeys([*names, *(f"interrupted: {moment}" for moment in MOMENTS)], 0))
        while counts["kills"] < self.kills:
            with self.extraction.start(self.extraction.store) as run:
                self._follow(run)
            counts["runs"] += 1
        self._wait_for_orphans()
        self._run_last()
        counts["shards computed twice because of one kill, at most"] = self.repeated
        return self.findings

    def _run_uninterrupted(self) -> None:
        run = self.extraction.start(self.extraction.reference)
        run.wait(lambda: False)
        if run.process.returncode:
            raise SystemExit(f"the uninterrupted run failed: {self._errors()}")
        self.seconds = time.monotonic() - run.began
        self.expected = check.rows(self.extraction.reference)
        self.extraction.log.unlink()

    def _follow(self, run: Run) -> None:
        """Kill a run, and again if it goes on, until it ends."""
        fresh, counts = not self.committed, self.findings.counts
        before = counts["kills"]
        while counts["kills"] < self.kills and (victim := self._next_victim(run)):
            self._kill(run, victim)
        run.wait(lambda: False)
        if fresh and counts["kills"] == before:
            self.seconds = time.monotonic() - run.began
        self._finish(run)

    def _next_victim(self, run: Run) -> str | None:
        """Wait for the moment of the next kill and return its victim; None if the run ended before."""
        left = max(1 - len(self.committed) / len(self.expected), MIN_SHARE)
        moment = time.monotonic() + self.rng.uniform(0, left * self.seconds)
        aimed = self.rng.random() < AIMED
        victim = self.rng.choice([WORKER, GROUP] if aimed else VICTIMS)  # workers commit
        run.wait(lambda: time.monotonic() >= moment, pause=0.001)
        if victim == WORKER:
            run.wait(lambda: bool(run.workers), pause=0.001)
        if aimed:
            run.wait(lambda: commits(self.extraction.store), pause=0.0001)
            time.sleep(self.rng.uniform(0, COMMIT_SECONDS))
        return None if run.ended else victim

    def _kill(self, run: Run, victim: str) -> None:
        victim = run.kill(victim, self.rng)
        self.times.append(time.monotonic())
        self.findings.counts.update(["kills", f"killed: {victim}", f"interrupted: {interrupted(run)}"])
        self._check(f"kill {self.findings.counts['kills']} ({victim})")

    def _check(self, where: str) -> None:
        """Check the store after a kill."""
        store = self.extraction.store
        try:
            table = check.rows(store)
            lines = [*check.damage(store), *check.changed(table, self.expected)]
        except Exception as error:  # any error is reported
            self.findings.violations.append(f"{where}: unreadable: {error!r}")
            return
        if lost := self.committed - set(table.index):
            lines.append(f"{len(lost)} committed rows are lost, such as {min(lost)}")
        self.committed |= set(table.index)
        self.findings.violations += [f"{where}: {line}" for line in lines]

    def _finish(self, run: Run) -> None:
        """After a run that was not killed: compare the complete store, and remove it."""
        if run.process.returncode == -signal.SIGKILL:
            return
        if run.process.returncode:
            self.findings.violations.append(f"a run failed: {self._errors()[-500:]}")
            return
        self.findings.counts["stores completed"] += 1
        self._wait_for_orphans()
        self._compare("a completed store")
        shutil.rmtree(self.extraction.store)

    def _compare(self, where: str) -> None:
        self._check(where)
        lines = check.differences(self.extraction.store, self.extraction.reference)
        lines += self._repeats()
        self.findings.violations += [f"{where}: {line}" for line in lines]
        self.times.clear()
        self.committed.clear()
        self.extraction.log.unlink(missing_ok=True)

    def _repeats(self) -> Iterator[str]:
        again = repeats(read_log(self.extraction.log), self.times)
        self.repeated = max(self.repeated, *again, 0)
        if max(again) > self.extraction.workers:
            yield f"{max(again)} shards were computed again because of one kill"

    def _wait_for_orphans(self) -> None:
        """Wait until workers whose planning process was killed have ended."""
        deadline = time.monotonic() + ORPHAN_SECONDS
        workers = {line.process for line in read_log(self.extraction.log)}
        while workers := {process for process in workers if is_alive(process)}:
            if time.monotonic() > deadline:
                self.findings.violations.append(f"{len(workers)} workers outlive their planning process")
                return
            time.sleep(0.05)

    def _run_last(self) -> None:
        run = self.extraction.start(self.extraction.store)
        run.wait(lambda: False)
        self._compare("the last run")
        if run.process.returncode:
            self.findings.violations.append("the last run failed")
        self.findings.violations += [f"{name} is left" for name in check.leftovers(self.extraction.store)]

    def _errors(self) -> str:
        return (self.extraction.folder / "errors").read_text().strip()


def repeats(computed: Sequence[Computed], kills: Sequence[float]) -> list[int]:
    """Count, by kill, the shards that were computed again because of it.

    Args:
        computed: lines of the log, in the order of time.
        kills: times of the kills, in order.

    Returns:
        One number per kill, and a last one: shards that were computed again without any kill.

    >>> first, again = (Computed(at, 1, "tess/00000") for at in (1.0, 3.0))
    >>> repeats([first, again], [0.5, 2.0]), repeats([first, again], [])
    ([0, 1, 0], [1])
    """
    again = [0] * (len(kills) + 1)
    last: dict[str, float] = {}
    for line in computed:
        if line.shard in last:
            again[_cause(last[line.shard], line.at, kills)] += 1
        last[line.shard] = line.at
    return again


def _cause(first: float, second: float, kills: Sequence[float]) -> int:
    """Index of the first kill in between; else of the last before, whose orphans went on; else len(kills)."""
    before = [index for index, at in enumerate(kills) if at < second]
    between = [index for index in before if kills[index] > first]
    return between[0] if between else before[-1] if before else len(kills)
