"""`ser tune`: hyperparameter search of a recipe on validation speakers."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ser_cli.options import DEFAULT_DATA, AsJson, Data, Jobs, Recipe, Seed, Workers
from ser_cli.progress import Meter, hint, metered

if TYPE_CHECKING:
    import pandas as pd

    from ser_models.experiments.tune import Search


def tune(
    recipe: Recipe,
    trials: Annotated[int, typer.Option(min=1, help="Total number of trials, earlier runs included.")] = 20,
    one_factor: Annotated[
        bool,
        typer.Option(
            "--one-factor", help="Vary each hyperparameter alone instead, the others at the recipe's values."
        ),
    ] = False,
    data: Data = DEFAULT_DATA,
    out: Annotated[
        Path | None, typer.Option(help="Output folder for store and study; default: artifacts/<recipe>.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Use the reduced form of the recipe.")] = False,
    seed: Seed = 0,
    workers: Workers = None,
    jobs: Jobs = None,
    as_json: AsJson = False,
) -> None:
    """Tune the hyperparameters of a recipe on validation speakers; test speakers are not used.

    Example: ser tune multi_corpus_boosting --trials 30
    """
    from ser_features.extras import require
    from ser_models.models import model_class
    from ser_models.recipes.read import load

    chosen = load(recipe)
    require("ser tune", "optuna")
    model_class(chosen.model["name"])  # names a missing package before the extraction

    from ser_cli.progress import extraction_progress, say
    from ser_cli.tables import print_json
    from ser_models.experiments.reproduce import Callbacks, Reproduction
    from ser_models.experiments.tune import one_factor as vary
    from ser_models.experiments.tune import one_factor_trials
    from ser_models.experiments.tune import tune as search

    folder = out or Path("artifacts") / chosen.name
    task = Reproduction(
        chosen, "honest", data=data, out=folder, quick=quick, seed=seed, workers=workers, jobs=jobs
    )
    if one_factor:
        with _trial_progress(len(list(one_factor_trials(task.effective)))) as on_trial:
            table = vary(task, Callbacks(say, extraction_progress), on_trial)
        _print_one_factor(table, folder, as_json=as_json)
        return
    with _trial_progress(trials) as on_trial:
        result = search(task, trials, Callbacks(say, extraction_progress), on_trial)
    if as_json:
        print_json(_summary(result))
        return
    own = recipe if recipe.endswith(".toml") else f"{recipe}.toml"
    _print(result, own)
    hint(f"ser reproduce {own} --data {data}")


@contextmanager
def _trial_progress(total: int) -> Iterator[Callable[[int, float, dict[str, Any]], None]]:
    """Print every finished trial, and show the number of trials.

    The bar starts with the first trial, since the bar of the extraction is shown before.
    """
    with ExitStack() as stack:
        meters: list[Meter] = []

        def on_trial(number: int, uar: float, values: dict[str, Any]) -> None:
            if not meters:
                meters.append(stack.enter_context(metered("tuning", "trials")))
                meters[0].begin(total, number)
            settings = ", ".join(f"{name} {_text(value)}" for name, value in values.items())
            meters[0].note(f"trial {number}: validation UAR {uar:.3f} with {settings}")
            meters[0].reach(number + 1)

        yield on_trial


def _print_one_factor(table: "pd.DataFrame", folder: Path, *, as_json: bool) -> None:
    """Print the validation UAR of each value, and its difference to the recipe's values."""
    from ser_cli.tables import print_json, print_table

    if as_json:
        print_json({"trials": table.astype(object).to_dict("records"), "folder": folder / "tune"})
        return
    rows = [
        [name or "the recipe's values", _text(value), f"{uar:.3f}", f"{apart:+.3f}"]
        for name, value, uar, apart in table.itertuples(index=False)
    ]
    print_table(["hyperparameter", "value", "validation UAR", "difference"], rows, left=(0, 1))
    print(f"\nstudy and table: {folder / 'tune'}")


def _summary(result: "Search") -> dict[str, Any]:
    """Result of a search, for `--json`: trials (trial, val_uar, a key per hyperparameter), best, folder."""
    trials = result.trials.astype(object).to_dict("records")
    return {"trials": trials, "best": result.best, "folder": result.folder}


def _print(result: "Search", own: str) -> None:
    from ser_cli.tables import print_table
    from ser_models.experiments.tune import OBJECTIVE

    print_table(list(result.trials), [[_text(value) for value in row] for row in result.trials.to_numpy()])
    best = result.trials.iloc[0]
    print(f"\nbest of {len(result.trials)}: trial {best['trial']:.0f}, validation UAR {best[OBJECTIVE]:.3f}")
    print(f"best values, for the recipe {own}:\n\n[model]")
    for name, value in result.best.items():
        print(f"{name} = {_toml(value)}")
    print(f"\nstudy, table and figure: {result.folder}")


def _text(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _toml(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else _text(value)
