"""Search a recipe's hyperparameters on validation speakers: what `ser tune` does in one call.

recipe → examples without the test speakers → Optuna over the declared ranges → table, figure, best values
                                            → one hyperparameter at a time → `one_factor` → table

The test speakers are split off first and never read, so the choice does not depend on them. The study is
stored in SQLite: an interrupted search continues where it stopped.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ser_features.extras import require
from ser_models.data.examples import Examples
from ser_models.data.split import Split, make_split
from ser_models.experiments.reproduce import Callbacks, Reproduction, prepare
from ser_models.recipes.schema import Range, Recipe
from ser_models.reporting.figures import DPI, tuning
from ser_models.training.config import RunContext, TrainConfig
from ser_models.training.train import train

if TYPE_CHECKING:
    import optuna

OBJECTIVE = "val_uar"
"""The objective: the UAR on validation speakers at the best epoch, to be maximised."""

GRID = 5
"""Values of a range that are tried one at a time, from its low to its high end."""

OnTrial = Callable[[int, float, dict[str, Any]], None]
"""Called after every trial with its number, its UAR and its hyperparameters."""


def ignore_trial(number: int, uar: float, values: dict[str, Any]) -> None:
    """Do nothing: the callback by default."""


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
    on_trial: OnTrial = ignore_trial,
) -> Search:
    """Search until `trials` trials are finished, including those of an earlier run.

    Args:
        job: recipe, data and folder; its protocol is ignored.
        trials: number of trials in all.
        callbacks: called during the preparation.
        on_trial: called after every trial.

    Raises:
        InputError: as `reproduce`.
        MissingExtraError: if Optuna is not installed.
    """
    library = _optuna()
    recipe = job.effective
    study, measure = _open(job, callbacks, "")
    if not study.trials:  # the recipe's own values first: the baseline
        study.enqueue_trial({name: label_of(value) for name, value in own_values(recipe).items()})

    def objective(trial: "optuna.Trial") -> float:
        return measure({name: suggest(trial, name, choice) for name, choice in recipe.tune.items()})

    def report(_: "optuna.Study", trial: "optuna.trial.FrozenTrial") -> None:
        on_trial(trial.number, trial.values[0], trial.params)

    finished = len(study.get_trials(states=(library.trial.TrialState.COMPLETE,)))
    study.sampler = library.samplers.TPESampler(seed=job.seed + finished)
    study.optimize(objective, n_trials=max(0, trials - finished), callbacks=[report])
    return _save(study, _folder(job), recipe)


def one_factor(
    job: Reproduction, callbacks: Callbacks | None = None, on_trial: OnTrial = ignore_trial
) -> pd.DataFrame:
    """Vary each hyperparameter alone, the others at the recipe's values; finished trials are not repeated.

    Args:
        job: recipe, data and folder; its protocol is ignored.
        callbacks: called during the preparation.
        on_trial: called after every trial.

    Returns:
        A row per trial, the recipe's values first: hyperparameter (empty in that row), value, val_uar and
        difference, to the first row. It is written to one_factor.csv in the folder of the study.

    Raises:
        InputError: as `reproduce`.
        MissingExtraError: if Optuna is not installed.
    """
    library = _optuna()
    recipe = job.effective
    study, measure = _open(job, callbacks, ", one factor")
    ranges = {name: _distribution(library, choice) for name, choice in recipe.tune.items()}
    finished = ((trial.params, trial.value) for trial in study.trials)
    uars = {json.dumps(params, sort_keys=True): uar for params, uar in finished if uar is not None}
    rows = []
    for number, (name, values) in enumerate(one_factor_trials(recipe)):
        labels = {key: label_of(value) for key, value in values.items()}
        if (key := json.dumps(labels, sort_keys=True)) not in uars:
            uars[key] = measure(values)
            study.add_trial(library.trial.create_trial(params=labels, distributions=ranges, value=uars[key]))
            on_trial(number, uars[key], values)
        rows.append({"hyperparameter": name, "value": labels.get(name, ""), OBJECTIVE: uars[key]})
    table = pd.DataFrame(rows)
    table["difference"] = table[OBJECTIVE] - table[OBJECTIVE].iloc[0]
    table.to_csv(_folder(job) / "one_factor.csv", index=False)
    return table


def one_factor_trials(recipe: Recipe) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name of the hyperparameter that differs, and the values of all; first the recipe's, without a name."""
    own = own_values(recipe)
    yield "", own
    for name, choice in recipe.tune.items():
        for value in _grid(choice):
            if value != own[name]:
                yield name, {**own, name: value}


def own_values(recipe: Recipe) -> dict[str, Any]:
    """The recipe's values of the hyperparameters that it tunes."""
    parameters = recipe.create_model().parameters
    return {name: parameters[name] for name in recipe.tune}


def _grid(values: Range) -> list[Any]:
    """Values to try of one hyperparameter: its choices, or `GRID` values of its range."""
    if values.choices is not None:
        return values.choices
    space = np.geomspace if values.log else np.linspace
    return [float(f"{value:.6g}") for value in space(*_bounds(values), GRID)]


def _bounds(values: Range) -> tuple[float, float]:
    assert values.low is not None, "recipes.check sees to it"
    assert values.high is not None, "likewise"
    return values.low, values.high


def _distribution(library: Any, values: Range) -> Any:
    """The range as the study stores it."""
    if values.choices is not None:
        return library.distributions.CategoricalDistribution([label_of(value) for value in values.choices])
    return library.distributions.FloatDistribution(*_bounds(values), log=values.log)


def _open(
    job: Reproduction, callbacks: Callbacks | None, kind: str
) -> tuple["optuna.Study", Callable[[dict[str, Any]], float]]:
    """Open the study of a job, and return it with the function that measures a trial."""
    _, examples = prepare(job, callbacks or Callbacks())
    examples, split = without_test(examples, job.seed)
    _folder(job).mkdir(parents=True, exist_ok=True)
    study = _optuna().create_study(
        storage=f"sqlite:///{_folder(job) / 'study.db'}",
        study_name=_name(job, examples) + kind,
        direction="maximize",
        load_if_exists=True,
    )
    return study, lambda values: _measure(job, values, examples, split)


def _folder(job: Reproduction) -> Path:
    """Folder of the studies of a job."""
    return job.out / "tune"


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
        label = trial.suggest_categorical(name, [label_of(choice) for choice in values.choices])
        return _value_of(label, values)
    return trial.suggest_float(name, *_bounds(values), log=values.log)


def label_of(value: Any) -> Any:
    """A value as a study stores it: lists as text.

    >>> label_of([64, 128]), label_of(3)
    ('[64, 128]', 3)
    """
    return json.dumps(value) if isinstance(value, list) else value


def _value_of(label: Any, values: Range) -> Any:
    """The value that `label_of` was given."""
    return next((choice for choice in values.choices or () if label_of(choice) == label), label)


def _name(job: Reproduction, examples: Examples) -> str:
    """Name of the study; searches whose results must not be mixed have different names."""
    quick = " quick" if job.quick else ""
    return f"{job.recipe.name}{quick}, seed {job.seed}, data {examples.fingerprint}"


def _measure(job: Reproduction, values: dict[str, Any], examples: Examples, split: Split) -> float:
    recipe = job.effective
    config = TrainConfig(
        recipe.model["name"],
        {**recipe.hyperparameters, **values},
        seed=job.seed,
        oversample=recipe.oversample,
    )
    trained = train(examples, split, config, RunContext(jobs=job.jobs))
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
    best = {name: _value_of(label, recipe.tune[name]) for name, label in study.best_params.items()}
    return Search(table, best, folder)


def _optuna() -> Any:
    require("ser tune", "optuna")
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
