"""Contenders that alternate over several rounds, so that a ratio compares work of the same minutes.

contenders → `interleave` → `Rounds` (A B C, C B A, …) → `ratio`: one value per round

Timings on shared machines drift by tens of percent within minutes. Within a round they drift less, and a
ratio per round has a median and a spread over the rounds.

>>> short = Contender("short", lambda number: Spent(10, wall=1.0, cpu=1.0))
>>> long = Contender("long", lambda number: Spent(5, wall=1.0 + number, cpu=1.0))
>>> interleave([short, long], rounds=2).ratio("long", "short", "wall")
[2.0, 4.0]
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from benchmarks.clock import Spent

Clock = Literal["cpu", "wall"]


@dataclass(frozen=True, slots=True)
class Contender:
    """Something whose time is compared with that of others.

    Attributes:
        name: as it appears in the table.
        measure: called once per round with its number from 0; measures itself, so that preparation does not
            count.
    """

    name: str
    measure: Callable[[int], Spent]


@dataclass(frozen=True)
class Rounds:
    """What each contender took in each round.

    Attributes:
        spent: by name of the contender, one per round.
    """

    spent: dict[str, list[Spent]] = field(default_factory=dict)

    def per_item(self, name: str, clock: Clock) -> list[float]:
        """Seconds per item in each round."""
        return [getattr(one, clock) / one.items for one in self.spent[name]]

    def ratio(self, over: str, under: str, clock: Clock) -> list[float]:
        """Seconds per item of one contender over those of another one in the same round."""
        pairs = zip(self.per_item(over, clock), self.per_item(under, clock), strict=True)
        return [one / other for one, other in pairs]


def interleave(
    contenders: Sequence[Contender], rounds: int, note: Callable[[str], None] = lambda line: None
) -> Rounds:
    """Measure all contenders in every round; the order is reversed in every second one.

    Args:
        contenders: with different names.
        rounds: how often each is measured.
        note: called with a line about each measurement.
    """
    result = Rounds({one.name: [] for one in contenders})
    for number in range(rounds):
        for one in contenders if number % 2 == 0 else reversed(contenders):
            spent = one.measure(number)
            result.spent[one.name].append(spent)
            note(
                f"round {number + 1} of {rounds}: {one.name}: {1e3 * spent.wall / spent.items:.2f} ms wall, "
                f"{1e3 * spent.cpu / spent.items:.2f} ms CPU per item of {spent.items}"
            )
    return result
