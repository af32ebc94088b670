"""How far something is, how fast it goes and how long it still takes, in words.

>>> amount = Amount("files", total=200, done=120)
>>> amount.words(4.0)
'120/200 files, 30.0 files/s, 3 s left'
"""

from dataclasses import dataclass

MEGA = 1e6
BYTES = "MB"
"""The unit of amounts that are counted in bytes."""


class Pace:
    """Says when the next plain line is due, given the time of each asking."""

    def __init__(self, now: float) -> None:
        self._last = now

    def due(self, now: float, seconds: float) -> bool:
        """Whether the last line is old enough; if so, the next one counts from now."""
        if now - self._last < seconds:
            return False
        self._last = now
        return True


@dataclass
class Amount:
    """How much of something is done.

    Attributes:
        unit: what is counted, in the plural; "MB" where bytes are.
        total: how much there is; None where nobody knows.
        done: how much of it is done.
        before: how much of that was done before the time that `words` is told.
    """

    unit: str
    total: int | None = None
    done: int = 0
    before: int = 0

    def words(self, seconds: float) -> str:
        """Say how far it is after `seconds`.

        >>> Amount("MB", total=208_000_000, done=48_000_000, before=8_000_000).words(20.0)
        '48.0/208.0 MB, 2.00 MB/s, 80 s left'
        >>> Amount("tables", done=30).words(2.0)
        '30 tables, 15.0 tables/s'
        """
        rate = max(self.done - self.before, 1e-9) / max(seconds, 1e-9)
        shown = f"{rate / MEGA:.2f}" if self.unit == BYTES else f"{rate:.1f}"
        of = "" if self.total is None else f"/{self._number(self.total)}"
        said = f"{self._number(self.done)}{of} {self.unit}, {shown} {self.unit}/s"
        return said if self.total is None else f"{said}, {duration((self.total - self.done) / rate)} left"

    def _number(self, value: int) -> str:
        return f"{value / MEGA:.1f}" if self.unit == BYTES else str(value)


def duration(seconds: float) -> str:
    """Say how long something takes, roughly.

    >>> [duration(seconds) for seconds in (8.4, 119, 600, 9000, 1e12)]
    ['8 s', '119 s', '10 min', '2.5 h', 'long']
    """
    if seconds < 120:
        return f"{max(seconds, 0):.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 1e6 else "long"
