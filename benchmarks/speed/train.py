"""Training of the recommended model with cross-validation: wall and CPU time by the number of jobs.

    python -m benchmarks.speed.train
    python -m benchmarks.speed.train --store data/store --model ridge --rounds 1

RAVDESS is extracted once. Then the model is trained on five folds, with a final model, by one job and by two,
which alternate, each in a process of its own: imports, reading, fits, predictions, metrics, audits, and the
artifact with its figures and report.
"""

import argparse
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks import options as shared
from benchmarks.clock import Spent
from benchmarks.interleaved import Contender, Rounds, interleave
from benchmarks.report import Figure, Report
from benchmarks.speed.child import Work, spent_by

FOLDS = 5
JOBS = (1, 2)
MOST_SECONDS = 60
"""Limit of the wall time with two jobs, on two cores that do nothing else."""


def train(store: str, model: str, jobs: int) -> Work:
    """One training, from its imports to the saved artifact."""

    def work() -> int:
        import ser_models

        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "artifact"
            result = ser_models.train(model, store=store, out=out, datasets="ravdess", folds=FOLDS, jobs=jobs)
        return result.metrics.n

    return work


CONTENDERS = {"train": train}


def main(words: Sequence[str] | None = None) -> None:
    """Extract, train alternately, and print."""
    chosen = _options(words)
    with tempfile.TemporaryDirectory() as folder:
        store = chosen.store or extracted(chosen, Path(folder) / "store")
        contenders = [Contender(name(jobs), partial(_trained, store, chosen.model, jobs)) for jobs in JOBS]
        rounds = interleave(contenders, chosen.rounds, partial(print, flush=True))
    _report(rounds, chosen.model).finish(chosen.json)


def extracted(chosen: argparse.Namespace, store: Path) -> Path:
    """Extract what the model reads of RAVDESS."""
    from ser_features.engine import extract_corpora
    from ser_models.models import create

    families = create(chosen.model).inputs.families
    extract_corpora(["ravdess"], data=chosen.data, store=store, features=families, limit=chosen.files)
    return store


def name(jobs: int) -> str:
    """Name of a contender."""
    return f"{jobs} job{'s' * (jobs > 1)}"


def _trained(store: Path, model: str, jobs: int, number: int) -> Spent:
    """What one training takes; `number` is that of the round."""
    return spent_by("benchmarks.speed.train", "train", {"store": str(store), "model": model, "jobs": jobs})


def _report(rounds: Rounds, model: str) -> Report:
    one, two = map(name, JOBS)
    wall, cpu = (
        {key: tuple(getattr(spent, clock) for spent in spents) for key, spents in rounds.spent.items()}
        for clock in ("wall", "cpu")
    )
    limit = MOST_SECONDS if model == "best" else None
    figures = (
        Figure(f"{model}, wall time of {two}", "s", wall[two], at_most=limit),
        Figure(f"{model}, CPU time of {one}", "s", cpu[one]),
        Figure(f"{model}, CPU time of {two}", "s", cpu[two]),
        Figure(f"wall time, {one} over {two}", "×", tuple(rounds.ratio(one, two, "wall"))),
    )
    tested = rounds.spent[one][0].items
    conditions = f"{tested} recordings of ravdess, {FOLDS} folds and a final model, {len(wall[one])} rounds"
    return Report("speed.train", conditions, figures)


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = shared.parser(__doc__, files=1200, report=True)
    parser.add_argument("--store", type=Path, help="a feature store with RAVDESS; default: extract one")
    parser.add_argument("--model", default="best", help="model to train (default: best)")
    parser.add_argument("--rounds", type=int, default=3, help="trainings by each number of jobs (default: 3)")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
