"""A table of predictions, or two → all metrics: what `ser score` does.

paths, `ReadOptions` → `read_predictions` → `measure`, `compare` → `ScoreResult`
"""

from dataclasses import replace
from pathlib import Path

from ser_models.scoring.columns import ReadOptions
from ser_models.scoring.compare import compare
from ser_models.scoring.measure import measure
from ser_models.scoring.predictions import read_predictions
from ser_models.scoring.result import ScoreResult


def score_tables(predictions: Path, other: Path | None, given: ReadOptions, *, seed: int) -> ScoreResult:
    """Score the predictions of a table, and compare them with those of another.

    Args:
        predictions: the table.
        other: the other table; None for no comparison.
        given: what the user says about both.
        seed: of the bootstrap.

    Raises:
        InputError: if a table cannot be read, or the two share too few recordings.
        MissingExtraError: if a package is needed that is not installed.
    """
    first = read_predictions(predictions, given)
    result = measure(first, seed=seed)
    if other is None:
        return result
    second = read_predictions(other, given)
    return replace(result, comparison=compare(first, second, seed=seed))
