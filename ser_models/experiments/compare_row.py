"""Train one row of a comparison, or read it back finished.

recipe, store → examples → the folds of the comparison → `train` → row.json, predictions.parquet

Both files are written when a row is finished, and read back while their fingerprint is that of the row.
"""

import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from pydantic import TypeAdapter

from ser_features import files
from ser_features.store import Store
from ser_models.data.examples import Examples
from ser_models.data.split import Split
from ser_models.evaluation.comparison import Measured
from ser_models.evaluation.score import score
from ser_models.experiments.reproduce import (
    Callbacks,
    Reproduction,
    config_of,
    examples_of,
    split_of,
    with_copies,
)
from ser_models.recipes.schema import Recipe
from ser_models.training.config import RunContext
from ser_models.training.resume import fingerprint
from ser_models.training.train import train

RESULT, PREDICTIONS = "row.json", "predictions.parquet"

OWN_FOLDS = "its own folds: it has recordings that the recipe's own row lacks, or lacks a side of a fold"
"""Note on a row that cannot have the folds of the recipe's own."""


@dataclass(frozen=True, slots=True)
class Folds:
    """The recordings and folds of the recipe's own row.

    Attributes:
        examples: its recordings.
        split: their sides, without augmented copies unless the protocol splits those too.
    """

    examples: Examples
    split: Split

    def of(self, examples: Examples) -> Split | None:
        """The same folds for a row with these recordings.

        Returns:
            The split restricted to them, without folds that test none of them; None if the row has
            recordings that have no fold, or a fold has none on one of its sides.
        """
        if not set(examples.originals.rows["file_id"]) <= set(self.examples.rows["file_id"]):
            return None
        table = self.split.table[self.split.table["file_id"].isin(examples.rows["file_id"])]
        sides = table.groupby("fold")["split"].agg(set)
        tested = [fold for fold, names in sides.items() if "test" in names]
        table = table[table["fold"].isin(tested)].reset_index(drop=True)
        complete = set(self.split.table["split"])
        if not tested or any(sides[fold] != complete for fold in tested):
            return None
        return replace(self.split, table=table)


@dataclass(frozen=True, slots=True)
class Task:
    """A row to train.

    Attributes:
        job: protocol, seed and parallelism.
        recipe: the recipe of the row, as it is run.
        store: has its features.
        datasets: its corpora, as the store names them.
        folder: of the row.
    """

    job: Reproduction
    recipe: Recipe
    store: Store
    datasets: tuple[str, ...]
    folder: Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished row.

    Attributes:
        measured: its metrics.
        predictions: of its tested recordings.
        folds: its recordings and folds, without the augmented copies of training recordings.
        notes: sentences that qualify its figures.
    """

    measured: Measured
    predictions: pd.DataFrame
    folds: Folds
    notes: tuple[str, ...]


def train_row(task: Task, folds: Folds | None, callbacks: Callbacks) -> Outcome:
    """Train a row, or read it back if it is finished.

    Args:
        task: the row.
        folds: of the recipe's own row; None for that row itself.
        callbacks: called with the progress.

    Raises:
        InputError: if a fold has too few recordings to train on or to validate.
    """
    recipe, job = task.recipe, task.job
    protocol, config = recipe.protocol(job.protocol), config_of(recipe, job.seed)
    examples = examples_of(task.store, recipe, list(task.datasets))
    shared = folds.of(examples) if folds else None
    base = shared or split_of(examples, protocol, seed=job.seed, final_model=False)
    split = with_copies(base, examples, protocol)
    key = fingerprint(examples, split, recipe.create_model(), config)
    measured, predictions = _finished(task.folder, key) or _train(task, examples, split, callbacks, key)
    notes = (*examples.notes, *split.notes, *([] if shared or not folds else [OWN_FOLDS]))
    return Outcome(measured, predictions, Folds(examples, base), notes)


def _train(
    task: Task, examples: Examples, split: Split, callbacks: Callbacks, key: str
) -> tuple[Measured, pd.DataFrame]:
    """Train, measure and store a row; an interrupted training continues where it stopped."""
    config = config_of(task.recipe, task.job.seed)
    state = task.folder / "training"
    began = time.monotonic()
    with callbacks.epochs() as progress:
        trained = train(examples, split, config, RunContext(state, progress, task.job.jobs))
    predictions = trained.predictions[trained.predictions["split"] == "test"].reset_index(drop=True)
    measured = Measured.of(
        score(predictions, examples.labels, seed=task.job.seed),
        fingerprint=key,
        model=config.model,
        seconds=round(time.monotonic() - began, 1),
    )
    predictions.to_parquet(task.folder / PREDICTIONS, index=False)
    with files.replacing(task.folder / RESULT) as file:
        file.write(TypeAdapter(Measured).dump_json(measured))
    shutil.rmtree(state)
    return measured, predictions


def _finished(folder: Path, key: str) -> tuple[Measured, pd.DataFrame] | None:
    """The stored result with this fingerprint; None if there is none, or it is damaged."""
    try:
        measured = TypeAdapter(Measured).validate_json((folder / RESULT).read_bytes())
        predictions = pd.read_parquet(folder / PREDICTIONS)
    except (OSError, ValueError):  # ValidationError and ArrowInvalid are ValueErrors
        return None
    return (measured, predictions) if measured.fingerprint == key else None
