"""Progress on stderr: a bar on a terminal, a plain line now and then elsewhere, nothing with --quiet.

`progress("reading", 200)` → advance() → reading  ━━━━╸────  120/200 files, 31.0 files/s, 3 s left
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ser_cli.pace import Amount, Pace

if TYPE_CHECKING:
    from rich.console import Console

    from ser_features.engine import Observer

PLAIN_SECONDS = 10.0
"""How often a line is printed where no bar can be drawn."""

BAR_WIDTH = 16
"""Columns of the bar itself, so that it and its words fit into 80."""

_quiet = False


def be_quiet(wanted: bool) -> None:
    """Say nothing from now on but results and errors, or speak again."""
    global _quiet
    _quiet = wanted


def is_quiet() -> bool:
    """Whether notes and progress were asked to stay away."""
    return _quiet


def on_screen() -> bool:
    """Whether something that moves can be drawn on stderr, and is wanted."""
    return not _quiet and sys.stderr.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")


def console() -> "Console":
    """Return stderr as rich sees it: without colours where NO_COLOR is set or stderr is no terminal."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def say(line: str) -> None:
    """Print a note on stderr, at once; nothing with --quiet."""
    if not _quiet:
        print(line, file=sys.stderr, flush=True)


def hint(command: str) -> None:
    """Print which command comes next, after a result; nothing with --quiet."""
    if not _quiet:
        print(f"next: {command}")


def seldom(tell: Callable[[str], None]) -> Callable[[str], None]:
    """Pass a line on only if the last one is old enough."""
    pace = Pace(time.monotonic())

    def sometimes(line: str) -> None:
        if pace.due(time.monotonic(), PLAIN_SECONDS):
            tell(line)

    return sometimes


class Meter:
    """What is done of something, told in plain lines.

    Attributes:
        doing: a word for what is done, such as "reading".
        amount: how much there is of it.
    """

    def __init__(self, doing: str, unit: str = "files") -> None:
        self.doing = doing
        self.amount = Amount(unit)
        self._began = time.monotonic()
        self._pace = Pace(self._began)

    def begin(self, total: int | None, there: int = 0) -> None:
        """Note how much there is to do, and how much of it is done already; the rate counts from here."""
        self.amount = Amount(self.amount.unit, total, there, there)
        self._began = time.monotonic()

    def reach(self, done: int, more: str = "") -> None:
        """Note that so much is done by now; `more` is added to what is told."""
        self.amount.done = done
        now = time.monotonic()
        self._tell(now, self.amount.words(now - self._began) + more)

    def advance(self, count: int = 1) -> None:
        """Note that so much more is done."""
        self.reach(self.amount.done + count)

    def note(self, text: str) -> None:
        """Say a sentence in between."""
        say(text)

    def _tell(self, now: float, words: str) -> None:
        if self._pace.due(now, PLAIN_SECONDS):
            say(f"{self.doing}: {words}")


class Bar(Meter):
    """The same as a bar."""

    def __init__(self, doing: str, unit: str = "files") -> None:
        super().__init__(doing, unit)
        from rich.progress import BarColumn, Progress, TextColumn

        self.drawn = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=BAR_WIDTH),
            TextColumn("{task.fields[words]}", markup=False),
            console=console(),
            redirect_stdout=False,  # results go where they were sent
        )
        self._task = self.drawn.add_task(doing, total=None, words="")

    def begin(self, total: int | None, there: int = 0) -> None:
        """Set the length of the bar."""
        super().begin(total, there)
        self.drawn.reset(self._task, total=total, completed=there, words="")

    def note(self, text: str) -> None:
        """Print a sentence above the bar."""
        self.drawn.console.print(text, markup=False, highlight=False)

    def _tell(self, now: float, words: str) -> None:
        self.drawn.update(self._task, completed=self.amount.done, words=words)


@contextmanager
def metered(doing: str, unit: str = "files") -> Iterator[Meter]:
    """Show something's progress for as long as the block runs, which says how much there is of it."""
    if not on_screen():
        yield Meter(doing, unit)
        return
    shown = Bar(doing, unit)
    with shown.drawn:
        yield shown


@contextmanager
def progress(doing: str, total: int | None = None, unit: str = "files") -> Iterator[Callable[..., None]]:
    """Show the progress of a number of steps for as long as the block runs.

    Args:
        doing: a word for what is done, such as "reading".
        total: steps; None where nobody knows.
        unit: what a step is, in the plural.

    Yields:
        To be called after every step; or with the number of steps that were done since the last call.
    """
    with metered(doing, unit) as meter:
        meter.begin(total)
        yield meter.advance


@contextmanager
def observed_files() -> Iterator["Observer"]:
    """Show the progress of an extraction for as long as the block runs."""
    from ser_features.engine import Observer

    with metered("extracting") as meter:

        def plan(todo: int, unchanged: int) -> None:
            meter.begin(todo)
            meter.note(f"{todo} recordings to compute, {unchanged} unchanged")

        yield Observer(plan, lambda finished, failed: meter.reach(finished, f", {failed} failed"))
