"""Search a recipe's hyperparameters on validation speakers: what `ser tune` does in one call.

recipe → examples without the test speakers → Optuna over the declared ranges → table, figure, best values

The test speakers are split off first and never read, so the choice does not depend on them. The study is
stored in SQLite: an interrupted search continues where it stopped.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ser_features.extras import require
from ser_models.data.examples import Examples
from ser_models.data.split import Split, make_split
from ser_models.experiments.reproduce import Callbacks, Reproduction, prepare
from ser_models.recipes.schema import Range, Recipe
from ser_models.reporting.figures import DPI, tuning
from ser_models.training.config import TrainConfig
from ser_models.training.train import train

if TYPE_CHECKING:
    import optuna

OBJECTIVE = "val_uar"
"""The objective: the UAR on validation speakers at the best epoch, to be maximised."""


@dataclass(frozen=True)
class Search:
    """The result of a search.

    Attributes:
        trials: a row per finished trial, best first: trial, val_uar, a column per hyperparameter.
        best: the best hyperparameters.
        folder: where study.db, trials.csv and trials.png are.
    """

    trials: pd.DataFrame
    best: dict[str, Any]
    folder: Path


def tune(
    job: Reproduction,
    trials: int,
    callbacks: Callbacks | None = None,
    on_trial: Callable[[int, float, dict[str, Any]], None] = lambda number, uar, values: None,
) -> Search:
    """Search until `trials` trials are finished, including those of an earlier run.

    Args:
        job: recipe, data and folder; its protocol is ignored.
        trials: number of trials in all.
        callbacks: called during the preparation.
        on_trial: called after every trial with its number, its UAR and its hyperparameters.

    Raises:
        InputError: as `reproduce`.
        MissingExtraError: if Optuna is not installed.
    """
    library = _optuna()
    recipe = job.effective
    _, examples = prepare(job, callbacks or Callbacks())
    examples, split = without_test(examples, job.seed)
    folder = job.out / "tune"
    folder.mkdir(parents=True, exist_ok=True)
    study = library.create_study(
        storage=f"sqlite:///{folder / 'study.db'}",
        study_name=_name(job, examples),
        direction="maximize",
        load_if_exists=True,
    )
    if not study.trials:  # the recipe's own values first: the baseline
        own = recipe.create_model().parameters
        study.enqueue_trial({name: own[name] for name in recipe.tune})

    def objective(trial: "optuna.Trial") -> float:
        values = {name: suggest(trial, name, choice) for name, choice in recipe.tune.items()}
        return _measure(recipe, values, examples, split, job.seed)

    def report(_: "optuna.Study", trial: "optuna.trial.FrozenTrial") -> None:
        on_trial(trial.number, trial.values[0], trial.params)

    finished = len(study.get_trials(states=(library.trial.TrialState.COMPLETE,)))
    study.sampler = library.samplers.TPESampler(seed=job.seed + finished)
    study.optimize(objective, n_trials=max(0, trials - finished), callbacks=[report])
    return _save(study, folder, recipe)


def without_test(examples: Examples, seed: int) -> tuple[Examples, Split]:
    """Split off the test speakers and drop them.

    Returns:
        The examples of training and validation speakers, and the split between them.
    """
    split = make_split(examples.originals, kind="speaker", seed=seed)
    if "source_file_id" in examples.rows:
        split = split.with_training_variants(examples)
    table = split.table[split.table["split"] != "test"].reset_index(drop=True)
    return examples.take(table["file_id"].tolist()), replace(split, table=table)


def suggest(trial: "optuna.Trial", name: str, values: Range) -> Any:
    """Draw one hyperparameter from the range that the recipe declares."""
    if values.choices is not None:
        return trial.suggest_categorical(name, values.choices)
    assert values.low is not None, "recipes.check sees to it"
    assert values.high is not None, "likewise"
    return trial.suggest_float(name, values.low, values.high, log=values.log)


def _name(job: Reproduction, examples: Examples) -> str:
    """Name of the study; searches whose results must not be mixed have different names."""
    quick = " quick" if job.quick else ""
    return f"{job.recipe.name}{quick}, seed {job.seed}, data {examples.fingerprint}"


def _measure(recipe: Recipe, values: dict[str, Any], examples: Examples, split: Split, seed: int) -> float:
    config = TrainConfig(
        recipe.model["name"], {**recipe.hyperparameters, **values}, seed=seed, oversample=recipe.oversample
    )
    trained = train(examples, split, config)
    return float(trained.history.loc[trained.history["best"], OBJECTIVE].iloc[0])


def _save(study: "optuna.Study", folder: Path, recipe: Recipe) -> Search:
    rows = [
        {"trial": trial.number, OBJECTIVE: trial.value, **trial.params}
        for trial in study.trials
        if trial.value is not None
    ]
    table = pd.DataFrame(rows).sort_values(OBJECTIVE, ascending=False, ignore_index=True)
    table.to_csv(folder / "trials.csv", index=False)
    logarithmic = [name for name, values in recipe.tune.items() if values.log]
    figure = tuning(table, title=recipe.title, logarithmic=logarithmic)
    figure.savefig(folder / "trials.png", dpi=DPI, facecolor="white")
    return Search(table, study.best_params, folder)


def _optuna() -> Any:
    require("ser tune", "optuna")
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
