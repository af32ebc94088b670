"""Time until workers of an extraction are ready: forks of a server, compared with new processes of loky.

    python -m benchmarks.speed.start --rounds 5

A round starts two workers of each kind, from `Pool(…)` until both have answered a call, and ends them. What
they need is imported, and the compiled kernels are loaded; these are compiled before the first round.
"""

from functools import partial
from pathlib import Path
from unittest.mock import patch

from benchmarks import options as shared
from benchmarks.clock import Spent, measured
from benchmarks.interleaved import Contender, interleave
from benchmarks.report import Figure, Report
from ser_features.config import DEFAULT_PROFILE
from ser_features.engine.prepare import prepare
from ser_features.engine.shard import read_rows
from ser_features.extractors import DEFAULT_FAMILIES
from ser_features.workers import pool
from ser_features.workers.worker import Job

WORKERS = 2
LIMIT_MS = 400
PREPARE = partial(prepare, DEFAULT_PROFILE, DEFAULT_FAMILIES)
NO_TABLE = (Path("no table"),)
"""Arguments of the calls, which need the modules of a worker and no time."""


def start(forks: bool) -> None:
    """Start workers, let each answer a call, and end them."""
    job = Job(read_rows, once=PREPARE) if forks else Job(read_rows, begin=PREPARE)
    with patch.object(pool, "FORKS", forks), pool.Pool(WORKERS, job) as workers:
        answers = dict(workers.as_completed([NO_TABLE] * WORKERS))
    if pool.DIED in answers.values():
        raise SystemExit("a worker died: free memory")


def spent(forks: bool, _: int) -> Spent:
    """What a start takes."""
    return measured(partial(start, forks), 1)


def main() -> None:
    """Measure, and print one line per figure."""
    parser = shared.parser(__doc__, report=True)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    start(pool.FORKS)
    kinds = {"processes of loky": False} | ({"forks": True} if pool.FORKS else {})
    contenders = [Contender(name, partial(spent, forks)) for name, forks in kinds.items()]
    rounds = interleave(contenders, options.rounds)
    figures = []
    for name, forks in kinds.items():
        limit = LIMIT_MS if forks else None
        wall, cpu = (tuple(1e3 * one for one in rounds.per_item(name, clock)) for clock in ("wall", "cpu"))
        figures += [Figure(f"{name}, time", "ms", wall, at_most=limit), Figure(f"{name}, CPU", "ms", cpu)]
    conditions = f"{WORKERS} workers, {DEFAULT_PROFILE.name}, {options.rounds} rounds"
    Report("speed.start", conditions, tuple(figures)).finish(options.json)


if __name__ == "__main__":
    main()
