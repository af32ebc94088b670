"""Progress on stderr: a bar on a terminal, a plain line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ser_features.engine import Observer

PLAIN_SECONDS = 10.0
"""How often a line is printed where no bar can be drawn."""


class Pace:
    """Says when the next plain line is due, given the time of each asking."""

    def __init__(self, now: float) -> None:
        self._last = now

    def due(self, now: float) -> bool:
        """Whether the last line is old enough; if so, the next one counts from now."""
        if now - self._last < PLAIN_SECONDS:
            return False
        self._last = now
        return True


class FileProgress:
    """Files done, files per second, time left and failures of an extraction."""

    def __init__(self) -> None:
        self._total = 0
        self._began = time.monotonic()
        self._pace = Pace(self._began)

    def plan(self, todo: int, unchanged: int) -> None:
        """Note how many recordings are to be computed."""
        self._total = todo
        self._began = time.monotonic()
        print(f"{todo} recordings to compute, {unchanged} unchanged", file=sys.stderr)

    def advance(self, finished: int, failed: int) -> None:
        """Print a line if the last one is old enough."""
        now = time.monotonic()
        if self._pace.due(now):
            rate = finished / max(now - self._began, 1e-9)
            left = (self._total - finished) / max(rate, 1e-9)
            line = f"{finished}/{self._total} files, {rate:.1f} files/s, {left:.0f} s left, {failed} failed"
            print(line, file=sys.stderr)


class FileBar(FileProgress):
    """The same as a bar."""

    def __init__(self) -> None:
        super().__init__()
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self.bar = Progress(
            TextColumn("extracting"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]:.1f} files/s"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[failed]} failed"),
            console=Console(stderr=True),
        )
        self._task = self.bar.add_task("extract", total=None, rate=0.0, failed=0)

    def plan(self, todo: int, unchanged: int) -> None:
        """Set the length of the bar."""
        self._began = time.monotonic()
        self.bar.update(self._task, total=todo)

    def advance(self, finished: int, failed: int) -> None:
        """Move the bar."""
        rate = finished / max(time.monotonic() - self._began, 1e-9)
        self.bar.update(self._task, completed=finished, failed=failed, rate=rate)


@contextmanager
def observed_files() -> Iterator["Observer"]:
    """Show the progress of an extraction for as long as the block runs."""
    from ser_features.engine import Observer

    if not sys.stderr.isatty():
        plain = FileProgress()
        yield Observer(plain.plan, plain.advance)
        return
    shown = FileBar()
    with shown.bar:
        yield Observer(shown.plan, shown.advance)


def say(line: str) -> None:
    """Print a line about what begins, at once."""
    print(line, file=sys.stderr, flush=True)


def seldom(tell: Callable[[str], None]) -> Callable[[str], None]:
    """Pass a line on only if the last one is old enough."""
    pace = Pace(time.monotonic())

    def sometimes(line: str) -> None:
        if pace.due(time.monotonic()):
            tell(line)

    return sometimes
