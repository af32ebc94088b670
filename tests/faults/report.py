"""What was tried, and what was found."""

from collections import Counter
from dataclasses import dataclass, field

LISTED = 20
"""Longer lists of broken promises are cut short."""


@dataclass(slots=True)
class Findings:
    """What a series of faults led to.

    Attributes:
        counts: how often, by what was done or seen.
        broken: promises that were not kept.
    """

    counts: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def add(self, other: "Findings") -> None:
        """Take in what another series led to."""
        self.counts.update(other.counts)
        self.broken += other.broken

    def show(self, title: str) -> None:
        """Print a table of the counts, and the broken promises."""
        print(title)
        for name, count in self.counts.items():
            print(f"{count:8}  {name}")
        print(f"{len(self.broken):8}  promises broken")
        for line in self.broken[:LISTED]:
            print(f"          {line}")
        print(flush=True)
