"""`ser tune`: a recipe's hyperparameters, chosen on validation speakers."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ser_cli.options import AsJson, Data, Recipe, Workers
from ser_cli.progress import Meter, hint, metered

if TYPE_CHECKING:
    from ser_models.experiments.tune import Search


def tune(
    recipe: Recipe,
    trials: Annotated[int, typer.Option(min=1, help="How many in all; those of an earlier run count.")] = 20,
    data: Data = Path("data/raw"),
    out: Annotated[
        Path | None, typer.Option(help="Where store and study go; default: artifacts/<recipe>.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="With the recipe's reduced form.")] = False,
    seed: Annotated[int, typer.Option(help="Of the split, of training and of the search.")] = 0,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Search a recipe's declared ranges on validation speakers; the test speakers are never read.

    Example: ser tune multi_corpus_boosting --trials 30
    """
    from ser_models.recipes.read import load

    chosen = load(recipe)

    from ser_cli.progress import observed_files, say
    from ser_cli.tables import print_json
    from ser_models.experiments.reproduce import Reproduction, Watcher
    from ser_models.experiments.tune import tune as search

    folder = out or Path("artifacts") / chosen.name
    wanted = Reproduction(chosen, "honest", data=data, out=folder, quick=quick, seed=seed, workers=workers)
    with _trials(trials) as told:
        found = search(wanted, trials, Watcher(say, observed_files), told)
    if as_json:
        print_json(_summary(found))
        return
    own = recipe if recipe.endswith(".toml") else f"{recipe}.toml"
    _print(found, own)
    hint(f"ser reproduce {own} --data {data}")


@contextmanager
def _trials(total: int) -> Iterator[Callable[[int, float, dict[str, Any]], None]]:
    """Tell of every finished trial, and from the first one on of how many there are to come.

    Not before, as the bar of the extraction stands there until then.
    """
    with ExitStack() as stack:
        shown: list[Meter] = []

        def told(number: int, uar: float, values: dict[str, Any]) -> None:
            if not shown:
                shown.append(stack.enter_context(metered("searching", "trials")))
                shown[0].begin(total, number)
            settings = ", ".join(f"{name} {_text(value)}" for name, value in values.items())
            shown[0].note(f"trial {number}: validation UAR {uar:.3f} with {settings}")
            shown[0].reach(number + 1)

        yield told


def _summary(found: "Search") -> dict[str, Any]:
    """What a search found, for `--json`: trials (trial, val_uar, a key per setting), best, folder."""
    trials = found.trials.astype(object).to_dict("records")
    return {"trials": trials, "best": found.best, "folder": found.folder}


def _print(found: "Search", own: str) -> None:
    from ser_cli.tables import print_table
    from ser_models.experiments.tune import OBJECTIVE

    print_table(list(found.trials), [[_text(value) for value in row] for row in found.trials.to_numpy()])
    best = found.trials.iloc[0]
    print(f"\nbest of {len(found.trials)}: trial {best['trial']:.0f}, validation UAR {best[OBJECTIVE]:.3f}")
    print(f"in the recipe, {own}:\n\n[model]")
    for name, value in found.best.items():
        print(f"{name} = {_toml(value)}")
    print(f"\nstudy, table and figure: {found.folder}")


def _text(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _toml(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else _text(value)
