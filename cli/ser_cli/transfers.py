"""Progress of a download on stderr: a bar on a terminal, a plain line now and then elsewhere.

`watched_bytes("ravdess")` → `Watch` → ravdess: 48.0/208.0 MB, 2.00 MB/s, 80 s left
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ser_cli.pace import BYTES, MEGA
from ser_cli.progress import metered

if TYPE_CHECKING:
    from ser_features.download import Watch


@contextmanager
def watched_bytes(name: str) -> Iterator["Watch"]:
    """Show the progress of a corpus's download for as long as the block runs."""
    from ser_features.download import Watch

    with metered(name, BYTES) as meter:

        def begin(there: int, total: int | None) -> None:
            meter.begin(total, there)
            going_on = f", going on after {there / MEGA:.1f} MB" if there else ""
            meter.note(f"{name}: fetching {_size(total)}{going_on}")

        yield Watch(begin, meter.reach, meter.note)


def _size(total: int | None) -> str:
    return "an unknown size" if total is None else f"{total / MEGA:.1f} MB"
