"""What is odd about a corpus: `Finding`s, each one line with what to do about it → `Findings`."""

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

    @property
    def line(self) -> str:
        """Without the recordings."""
        return f"{self.kind}: {self.message}"

    def __str__(self) -> str:
        examples = f" ({listed(self.recordings, NAMED)})" if self.recordings else ""
        return self.line + examples


@dataclass(frozen=True, slots=True)
class Findings:
    """Result of a check.

    Attributes:
        dataset: name of the corpus.
        recordings: number of rows or files that can be read by their names.
        decoded: number of recordings that were tried.
        usable: number of these that were decoded.
        notes: how the table was understood.
        findings: what is odd.
    """

    dataset: str
    recordings: int
    decoded: int
    usable: int
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]
