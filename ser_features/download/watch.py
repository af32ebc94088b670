"""What a download tells while it runs, and how long it waits for a server that does not answer."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Watch:
    """Told of a transfer's progress; the command line draws its bar from it.

    Attributes:
        on_begin: called with (bytes that are there already, bytes in all or None), again after a break.
        on_bytes: called with the bytes that are there so far.
        on_note: called with a sentence about what happens next.
    """

    on_begin: Callable[[int, int | None], None] = lambda there, total: None
    on_bytes: Callable[[int], None] = lambda there: None
    on_note: Callable[[str], None] = lambda text: None


@dataclass(frozen=True, slots=True)
class Patience:
    """How a transfer meets a server that is slow, busy or breaks off.

    Attributes:
        attempts: connections in a row that may fail without bringing anything.
        wait: seconds before the second of them; doubled each time.
        longest: seconds that it waits at most, whatever the server asks for.
        timeout: seconds without a byte after which a connection counts as dead.
    """

    attempts: int = 6
    wait: float = 1.0
    longest: float = 60.0
    timeout: float = 30.0

    def pause(self, failures: int, asked: float | None) -> float:
        """Seconds to wait after so many failures in a row, where a server may have asked for its own.

        >>> [Patience().pause(failures, None) for failures in (1, 2, 3, 9)]
        [1.0, 2.0, 4.0, 60.0]
        >>> Patience().pause(1, asked=7.0)
        7.0
        """
        return min(self.longest, max(asked or 0.0, self.wait * 2.0 ** (failures - 1)))
