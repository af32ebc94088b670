"""Progress of a download on stderr: a bar on a terminal, a plain line now and then elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cli.progress import Pace

if TYPE_CHECKING:
    from ser_features.download import Watch


class ByteProgress:
    """Bytes that are there, bytes per second and time left, as lines."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._total: int | None = None
        self._from = 0
        self._began = time.monotonic()
        self._pace = Pace(self._began)

    def begin(self, there: int, total: int | None) -> None:
        """Note what is there already; the rate counts from here."""
        self._total, self._from, self._began = total, there, time.monotonic()
        going_on = f", going on after {there / 1e6:.1f} MB" if there else ""
        self.note(f"{self.name}: fetching {_megabytes(total)}{going_on}")

    def advance(self, there: int) -> None:
        """Print a line if the last one is old enough."""
        now = time.monotonic()
        if not self._pace.due(now):
            return
        rate = max((there - self._from) / max(now - self._began, 1e-9), 1e-9)
        left = f", {(self._total - there) / rate:.0f} s left" if self._total is not None else ""
        print(
            f"{self.name}: {there / 1e6:.1f} of {_megabytes(self._total)}, {rate / 1e6:.2f} MB/s{left}",
            file=sys.stderr,
        )

    def note(self, text: str) -> None:
        """Print a sentence."""
        print(text, file=sys.stderr)


class ByteBar(ByteProgress):
    """The same as a bar."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        self.bar = Progress(
            TextColumn(name),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._task = self.bar.add_task(name, total=None)

    def begin(self, there: int, total: int | None) -> None:
        """Set the length of the bar; the rate counts from here."""
        self.bar.reset(self._task, total=total, completed=there)

    def advance(self, there: int) -> None:
        """Move the bar."""
        self.bar.update(self._task, completed=there)

    def note(self, text: str) -> None:
        """Print a sentence above the bar."""
        self.bar.console.print(text, markup=False, highlight=False)


@contextmanager
def watched_bytes(name: str) -> Iterator["Watch"]:
    """Show the progress of a corpus's download for as long as the block runs."""
    from ser_features.download import Watch

    if not sys.stderr.isatty():
        plain = ByteProgress(name)
        yield Watch(plain.begin, plain.advance, plain.note)
        return
    shown = ByteBar(name)
    with shown.bar:
        yield Watch(shown.begin, shown.advance, shown.note)


def _megabytes(size: int | None) -> str:
    return "an unknown size" if size is None else f"{size / 1e6:.1f} MB"
