"""Progress on stderr: a bar on a terminal, a plain line every 10 s elsewhere, nothing with --quiet.

`progress("reading", 200)` → advance() → reading ━━━╸─── 120/200 files, 31.0 files/s, 0:00:03 left
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from ser_features.download import TransferObserver
    from ser_features.engine import Observer

PLAIN_SECONDS = 10.0
"""Interval between two plain lines, where no bar can be drawn."""

HELD_BACK_SECONDS, HELD_BACK_SHARE = 5.0, 0.02
"""Time and share of the work before which rate and time left mean little, and"""

LONG_SECONDS = 30.0
"""time after which they are shown, however little is done."""

BAR_WIDTH = 16
"""Columns of the bar itself, so that bar and text fit into 80."""

BYTES = "MB"
"""The unit of amounts that are counted in bytes."""

_quiet = False


def be_quiet(enabled: bool) -> None:
    """Suppress notes, hints and progress from now on, or allow them again."""
    global _quiet
    _quiet = enabled


def on_screen() -> bool:
    """Whether a progress bar is wanted and stderr can show it."""
    return not _quiet and sys.stderr.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")


def console() -> "Console":
    """Stderr as a rich console: without colours if NO_COLOR is set or stderr is no terminal."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def say(line: str) -> None:
    """Print a note on stderr immediately; nothing with --quiet."""
    if not _quiet:
        print(line, file=sys.stderr, flush=True)


def hint(command: str) -> None:
    """Print the suggested next command after a result; nothing with --quiet."""
    if not _quiet:
        print(f"next: {command}")


def throttled(write: Callable[[str], None]) -> Callable[[str], None]:
    """Drop every line that follows the last one within `PLAIN_SECONDS`, counted from this call."""
    last = time.monotonic()

    def write_some(line: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= PLAIN_SECONDS:
            last = now
            write(line)

    return write_some


class Meter:
    """Counts finished work, and shows the count as a bar or as plain lines.

    Args:
        doing: what is done, such as "reading".
        unit: what is counted, in the plural; "MB" where the counts are bytes.
        drawn: whether to draw a bar; else plain lines are printed.
    """

    def __init__(self, doing: str, unit: str = "files", *, drawn: bool = False) -> None:
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        self._doing, self._unit = doing, unit
        self._print = throttled(say)
        self._columns = (
            DownloadColumn() if unit == BYTES else MofNCompleteColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
        )
        self.drawn = drawn
        self.bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=BAR_WIDTH),
            TextColumn("{task.fields[words]}", markup=False),
            console=console(),
            redirect_stdout=False,  # results go where they were sent
            get_time=time.monotonic,
        )
        self._task = self.bar.add_task(doing, total=None, words="")
        self._done_before = 0

    @property
    def begun(self) -> bool:
        """Whether `begin` was called with a total."""
        return self.bar.tasks[0].total is not None

    def begin(self, total: int | None, done: int = 0) -> None:
        """Set the total and what was done before; the rate counts from here."""
        self._done_before = done
        self.bar.reset(self._task, total=total, completed=done, words="")

    def reach(self, done: int, more: str = "") -> None:
        """Set what is done by now; `more` is appended to the text."""
        self.bar.update(self._task, completed=done)
        words = self._words() + more
        if self.drawn:
            self.bar.update(self._task, words=words)
        else:
            self._print(f"{self._doing}: {words}")

    def count(self, done: int, total: int) -> None:
        """Set what is done by now of a total; the first call begins."""
        if not self.begun:
            self.begin(total)
        self.reach(done)

    def advance(self, count: int = 1) -> None:
        """Add to what is done."""
        self.reach(int(self.bar.tasks[0].completed) + count)

    def note(self, text: str) -> None:
        """Print a sentence in between."""
        if self.drawn:
            self.bar.console.print(text, markup=False, highlight=False)
        else:
            say(text)

    def _words(self) -> str:
        """Amount, rate and remaining time: "120/200 files, 31.0 files/s, 0:00:03 left"."""
        task = self.bar.tasks[0]
        amount, rate, left = (column.render(task).plain.strip() for column in self._columns)
        if self._unit != BYTES:
            amount = f"{amount.replace('/?', '')} {self._unit}"
            rate = f"{task.speed or 0:.1f} {self._unit}/s"
        if not task.speed or self._is_too_early():
            return amount
        return f"{amount}, {rate}" if task.time_remaining is None else f"{amount}, {rate}, {left} left"

    def _is_too_early(self) -> bool:
        """Whether too little is done for an estimate."""
        task = self.bar.tasks[0]
        seconds, done = task.elapsed or 0.0, task.completed - self._done_before
        is_little = done < HELD_BACK_SHARE * ((task.total or 0) - self._done_before)
        return seconds < HELD_BACK_SECONDS or (is_little and seconds < LONG_SECONDS)


@contextmanager
def metered(doing: str, unit: str = "files") -> Iterator[Meter]:
    """Show the progress of a piece of work for as long as the block runs; see `Meter`."""
    meter = Meter(doing, unit, drawn=on_screen())
    if not meter.drawn:
        yield meter
        return
    with meter.bar:
        yield meter


@contextmanager
def progress(doing: str, total: int | None = None, unit: str = "files") -> Iterator[Callable[..., None]]:
    """Show the progress of a number of steps for as long as the block runs.

    Args:
        doing: what is done, such as "reading".
        total: number of steps; None if it is unknown.
        unit: what a step is, in the plural.

    Yields:
        A function to call after every step, or with the number of steps since the last call.
    """
    with metered(doing, unit) as meter:
        meter.begin(total)
        yield meter.advance


@contextmanager
def extraction_progress() -> Iterator["Observer"]:
    """Show the progress of an extraction for as long as the block runs."""
    from ser_features.engine import Observer

    with metered("extracting") as meter:

        def plan(todo: int, unchanged: int) -> None:
            meter.begin(todo)
            meter.note(f"{todo} recordings to compute, {unchanged} unchanged")

        def copies(todo: int, unchanged: int) -> None:
            meter.begin(todo)
            meter.note(f"augmented copies of {todo} recordings to compute, of {unchanged} unchanged")

        yield Observer(plan, lambda finished, failed: meter.reach(finished, f", {failed} failed"), copies)


@contextmanager
def download_progress(corpus: str) -> Iterator["TransferObserver"]:
    """Show the progress of a corpus's download for as long as the block runs."""
    from ser_features.download import TransferObserver

    with metered(corpus, BYTES) as meter:

        def begin(done: int, total: int | None) -> None:
            meter.begin(total, done)
            size = "unknown size" if total is None else f"{total / 1e6:.1f} MB"
            resumed = f", resuming after {done / 1e6:.1f} MB" if done else ""
            meter.note(f"{corpus}: downloading {size}{resumed}")

        yield TransferObserver(begin, meter.reach, meter.note)
