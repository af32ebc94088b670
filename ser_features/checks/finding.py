"""One thing that is odd about a corpus: `str(Finding)` is one line, with what to do about it."""

from dataclasses import dataclass

from ser_features.errors import listed

NAMED = 3
"""Number of recordings that a line names."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check noticed.

    Attributes:
        kind: what was checked, such as "duration".
        message: what was noticed, and what to do.
        recordings: to look at, by key or path.
    """

    kind: str
    message: str
    recordings: tuple[str, ...] = ()

    def __str__(self) -> str:
        examples = f" ({listed(self.recordings, NAMED)})" if self.recordings else ""
        return f"{self.kind}: {self.message}{examples}"
