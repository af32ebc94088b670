"""Search a recipe's hyperparameters on validation speakers: what `ser tune` does in one call.

recipe → examples without the test speakers → Optuna over the declared ranges → table, figure, best values

The speakers of the test side are dealt out first and never read, so the choice owes them nothing. The
study lives in SQLite: a search that was stopped goes on where it stood.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ser_features.extras import require
from ser_models.data.augmented import originals, with_training_copies
from ser_models.data.examples import Examples
from ser_models.data.split import Split, make_split
from ser_models.experiments.reproduce import Reproduction, Watcher, prepare
from ser_models.recipes.schema import Range, Recipe
from ser_models.reporting.figures import DPI, tuning
from ser_models.training.train import train

if TYPE_CHECKING:
    import optuna

OBJECTIVE = "val_uar"
"""What is maximised: the UAR on validation speakers, at the epoch that was kept."""


@dataclass(frozen=True)
class Search:
    """What a search found.

    Attributes:
        trials: a row per finished trial, best first: trial, val_uar, a column per hyperparameter.
        best: the best hyperparameters.
        folder: where study.db, trials.csv and trials.png are.
    """

    trials: pd.DataFrame
    best: dict[str, Any]
    folder: Path


def tune(
    wanted: Reproduction,
    trials: int,
    watcher: Watcher | None = None,
    on_trial: Callable[[int, float, dict[str, Any]], None] = lambda number, uar, values: None,
) -> Search:
    """Search until `trials` trials are finished, those of an earlier run among them.

    Args:
        wanted: recipe, data and folder; the protocol is of no meaning here.
        trials: how many in all.
        watcher: told of the preparation.
        on_trial: told of every finished trial: its number, its UAR, its hyperparameters.

    Raises:
        InputError: as `reproduce`.
        MissingExtraError: if Optuna is not installed.
    """
    library = _optuna()
    recipe = wanted.effective
    _, examples = prepare(wanted, watcher or Watcher())
    examples, split = without_test(examples, wanted.seed)
    folder = wanted.out / "tune"
    folder.mkdir(parents=True, exist_ok=True)
    study = library.create_study(
        storage=f"sqlite:///{folder / 'study.db'}",
        study_name=_name(wanted, examples),
        direction="maximize",
        load_if_exists=True,
    )
    if not study.trials:  # the recipe's own values first: what the search has to beat
        own = recipe.create_model().parameters
        study.enqueue_trial({name: own[name] for name in recipe.tune})

    def objective(trial: "optuna.Trial") -> float:
        values = {name: suggest(trial, name, place) for name, place in recipe.tune.items()}
        return _measure(recipe, values, examples, split, wanted.seed)

    def told(_: "optuna.Study", trial: "optuna.trial.FrozenTrial") -> None:
        on_trial(trial.number, trial.values[0], trial.params)

    finished = len(study.get_trials(states=(library.trial.TrialState.COMPLETE,)))
    study.sampler = library.samplers.TPESampler(seed=wanted.seed + finished)
    study.optimize(objective, n_trials=max(0, trials - finished), callbacks=[told])
    return _save(study, folder, recipe)


def without_test(examples: Examples, seed: int) -> tuple[Examples, Split]:
    """Deal out the test speakers and forget them.

    Returns:
        The examples of training and validation speakers, and the split between them.
    """
    split = make_split(originals(examples), kind="speaker", seed=seed)
    if "source_file_id" in examples.rows:
        split = with_training_copies(split, examples)
    table = split.table[split.table["split"] != "test"].reset_index(drop=True)
    return examples.take(table["file_id"].tolist()), replace(split, table=table)


def suggest(trial: "optuna.Trial", name: str, place: Range) -> Any:
    """Draw one hyperparameter from where the recipe says to look."""
    if place.choices is not None:
        return trial.suggest_categorical(name, place.choices)
    assert place.low is not None, "recipes.check sees to it"
    assert place.high is not None, "likewise"
    return trial.suggest_float(name, place.low, place.high, log=place.log)


def _name(wanted: Reproduction, examples: Examples) -> str:
    """Tells apart searches whose results must not be mixed."""
    quick = " quick" if wanted.quick else ""
    return f"{wanted.recipe.name}{quick}, seed {wanted.seed}, data {examples.fingerprint}"


def _measure(recipe: Recipe, values: dict[str, Any], examples: Examples, split: Split, seed: int) -> float:
    trained = train(
        examples,
        split,
        model=recipe.model["name"],
        parameters={**recipe.parameters, **values},
        seed=seed,
        oversample=recipe.oversample,
    )
    return float(trained.history.loc[trained.history["best"], OBJECTIVE].iloc[0])


def _save(study: "optuna.Study", folder: Path, recipe: Recipe) -> Search:
    rows = [
        {"trial": trial.number, OBJECTIVE: trial.value, **trial.params}
        for trial in study.trials
        if trial.value is not None
    ]
    table = pd.DataFrame(rows).sort_values(OBJECTIVE, ascending=False, ignore_index=True)
    table.to_csv(folder / "trials.csv", index=False)
    logarithmic = [name for name, place in recipe.tune.items() if place.log]
    figure = tuning(table, title=recipe.title, logarithmic=logarithmic)
    figure.savefig(folder / "trials.png", dpi=DPI, facecolor="white")
    return Search(table, study.best_params, folder)


def _optuna() -> Any:
    require("ser tune", "optuna")
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
