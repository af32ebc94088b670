"""Contenders alternate, and every round has a ratio of its own."""

from benchmarks.clock import Spent
from benchmarks.interleaved import Contender, interleave


def test_the_order_is_reversed_in_every_second_round():
    order, lines = [], []

    def contender(name):
        return Contender(name, lambda number: order.append((number, name)) or Spent(2, 0.2, 0.1))

    rounds = interleave([contender("a"), contender("b")], 3, note=lines.append)
    assert order == [(0, "a"), (0, "b"), (1, "b"), (1, "a"), (2, "a"), (2, "b")]
    assert {name: len(spent) for name, spent in rounds.spent.items()} == {"a": 3, "b": 3}
    assert lines[0] == "round 1 of 3: a: 100.00 ms wall, 50.00 ms CPU per item of 2"


def test_ratios_are_per_item_and_per_round():
    a = Contender("a", lambda number: Spent(2, 2.0 + number, 1.0))
    b = Contender("b", lambda number: Spent(4, 1.0, 4.0))
    rounds = interleave([a, b], 2)
    assert rounds.per_item("a", "wall") == [1.0, 1.5]
    assert rounds.ratio("a", "b", "wall") == [4.0, 6.0]
    assert rounds.ratio("a", "b", "cpu") == [0.5, 0.5]
