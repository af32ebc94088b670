"""SIGKILL at random moments of an extraction: of a worker, of the planning process, of all at once.

After each kill the store is looked at: nothing is torn, pandas reads it, every row has the values of an
unbroken run, and no row that was there is gone. Then the next run goes on, and is killed in its turn. A store
that is complete is compared with that of the unbroken run, and begun anew. One clean run is the last.

Most moments are random, spread evenly over the time that the rest should take, by the last run that was not
killed; the others are in the next commit after such a moment, because a commit is short. What a kill met is
told by what it left behind.
"""

import random
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pandas as pd

from tests.faults import check, counted
from tests.faults.killable import (
    GROUP,
    MOMENTS,
    VICTIMS,
    WORKER,
    Extraction,
    Run,
    commits,
    is_alive,
    met,
)
from tests.faults.report import Findings

AIMED = 0.4
"""Share of the kills that wait for a commit."""

COMMIT_SECONDS = 0.006
"""Time over which these are spread, once a commit is seen: as long as one takes."""

LEAST = 0.25
"""Share of the time that a run takes to begin, however little is left to do."""

PATIENCE = 30.0
"""Seconds within which orphans must be gone."""


@dataclass(slots=True)
class Series:
    """Kills, and what they led to.

    Attributes:
        extraction: what is killed.
        kills: how many there shall be.
        rng: draws moments and victims.
        seconds: that the last run took which did everything, and was not killed.
        expected: rows of the unbroken run.
        findings: what was done and found.
        times: of the kills of the store that is being filled.
        committed: file_ids of the rows that it was seen to have.
        most: shards that were computed again because of one kill, at most.
    """

    extraction: Extraction
    kills: int
    rng: random.Random
    seconds: float = 0.0
    expected: pd.DataFrame = field(default_factory=pd.DataFrame)
    findings: Findings = field(default_factory=Findings)
    times: list[float] = field(default_factory=list)
    committed: set[str] = field(default_factory=set)
    most: int = 0

    def run(self) -> Findings:
        """Kill until it is enough, then let one run end."""
        self._unbroken()
        counts = self.findings.counts
        counts.update(dict.fromkeys(("runs", "stores completed", "kills"), 0))  # in this order
        counts.update(
            {f"killed: {victim}": 0 for victim in VICTIMS} | {f"met: {moment}": 0 for moment in MOMENTS}
        )
        while counts["kills"] < self.kills:
            with self.extraction.start(self.extraction.store) as run:
                self._follow(run)
            counts["runs"] += 1
        self._wait_for_orphans()
        self._clean()
        counts["shards computed twice because of one kill, at most"] = self.most
        return self.findings

    def _follow(self, run: Run) -> None:
        """Kill a run, and again if it goes on, until it ends."""
        fresh, counts = not self.committed, self.findings.counts
        before = counts["kills"]
        while counts["kills"] < self.kills and (victim := self._victim(run)):
            self._kill(run, victim)
        run.wait(lambda: False)
        if fresh and counts["kills"] == before:
            self.seconds = time.monotonic() - run.began
        self._ended(run)

    def _unbroken(self) -> None:
        run = self.extraction.start(self.extraction.reference)
        run.wait(lambda: False)
        if run.process.returncode:
            raise SystemExit(f"the unbroken run failed: {(self.extraction.folder / 'errors').read_text()}")
        self.seconds = time.monotonic() - run.began
        self.expected = check.rows(self.extraction.reference)
        self.extraction.log.unlink()

    def _victim(self, run: Run) -> str | None:
        """Wait for the moment of the next kill, and say whose it is; None if the run ended before."""
        left = max(1 - len(self.committed) / len(self.expected), LEAST)
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
        counts = self.findings.counts
        counts["kills"] += 1
        counts[f"killed: {victim}"] += 1
        counts[f"met: {met(run)}"] += 1
        self._look(f"kill {counts['kills']} ({victim})")

    def _look(self, where: str) -> None:
        """Say what is wrong with the store after a kill."""
        store = self.extraction.store
        try:
            table = check.rows(store)
            found = [*check.torn(store), *check.changed(table, self.expected)]
        except Exception as error:  # whatever it is, it is reported
            self.findings.broken.append(f"{where}: unreadable: {error!r}")
            return
        if lost := self.committed - set(table.index):
            found.append(f"{len(lost)} committed rows are lost, such as {min(lost)}")
        self.committed |= set(table.index)
        self.findings.broken += [f"{where}: {line}" for line in found]

    def _ended(self, run: Run) -> None:
        """A run came to its end, unless it was killed: compare, and begin anew."""
        if run.process.returncode == -signal.SIGKILL:
            return
        if run.process.returncode:
            text = (self.extraction.folder / "errors").read_text().strip()
            self.findings.broken.append(f"a run failed: {text[-500:]}")
            return
        self.findings.counts["stores completed"] += 1
        self._wait_for_orphans()
        self._complete("a completed store")
        shutil.rmtree(self.extraction.store)

    def _complete(self, where: str) -> None:
        self._look(where)
        found = check.differences(self.extraction.store, self.extraction.reference)
        found += self._twice()
        self.findings.broken += [f"{where}: {line}" for line in found]
        self.times.clear()
        self.committed.clear()
        self.extraction.log.unlink(missing_ok=True)

    def _twice(self) -> Iterator[str]:
        again = redone(counted.read(self.extraction.log), self.times)
        self.most = max(self.most, *again, 0)
        if max(again) > self.extraction.workers:
            yield f"{max(again)} shards were computed again because of one kill"

    def _wait_for_orphans(self) -> None:
        """Wait until workers whose planning process was killed are gone."""
        deadline = time.monotonic() + PATIENCE
        workers = {each.process for each in counted.read(self.extraction.log)}
        while workers := {process for process in workers if is_alive(process)}:
            if time.monotonic() > deadline:
                self.findings.broken.append(f"{len(workers)} workers outlive their planning process")
                return
            time.sleep(0.05)

    def _clean(self) -> None:
        run = self.extraction.start(self.extraction.store)
        run.wait(lambda: False)
        self._complete("the clean run")
        if run.process.returncode:
            self.findings.broken.append("the clean run failed")
        self.findings.broken += [f"{name} is left" for name in check.litter(self.extraction.store)]


def redone(computed: Sequence[counted.Computed], kills: Sequence[float]) -> list[int]:
    """Count, by kill, the shards that were computed again because of it.

    Args:
        computed: what workers noted, in the order of time.
        kills: their times, in order.

    Returns:
        One number per kill, and a last one: shards that were computed again although nobody was killed.

    >>> first, again = (counted.Computed(at, 1, "tess/00000") for at in (1.0, 3.0))
    >>> redone([first, again], [0.5, 2.0]), redone([first, again], [])
    ([0, 1, 0], [1])
    """
    again = [0] * (len(kills) + 1)
    last: dict[str, float] = {}
    for each in computed:
        if each.shard in last:
            again[_culprit(last[each.shard], each.at, kills)] += 1
        last[each.shard] = each.at
    return again


def _culprit(first: float, second: float, kills: Sequence[float]) -> int:
    """Index of the first kill in between; else of the last before, whose orphans went on; else none's."""
    before = [index for index, at in enumerate(kills) if at < second]
    between = [index for index in before if kills[index] > first]
    return between[0] if between else before[-1] if before else len(kills)
