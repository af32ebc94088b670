"""The benchmark of the training: figures by the number of jobs."""

from benchmarks.clock import Spent
from benchmarks.interleaved import Rounds
from benchmarks.speed.train import JOBS, MOST_SECONDS, _report, name


def test_figures_and_limit():
    one, two = map(name, JOBS)
    rounds = Rounds({one: [Spent(1200, 90.0, 50.0)], two: [Spent(1200, 45.0, 55.0)]})
    wall, cpu_of_one, cpu_of_two, ratio = _report(rounds, "best").figures
    assert (wall.values, wall.at_most, wall.reached) == ((45.0,), MOST_SECONDS, True)
    assert (cpu_of_one.values, cpu_of_two.values, ratio.values) == ((50.0,), (55.0,), (2.0,))
    assert _report(rounds, "ridge").figures[0].at_most is None
