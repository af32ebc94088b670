"""`ser tune`: a recipe's hyperparameters, chosen on validation speakers."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import Data, Workers


def tune(
    recipe: Annotated[str, typer.Argument(help="Name of a recipe, or path of your own .toml.")],
    trials: Annotated[int, typer.Option(min=1, help="How many in all; those of an earlier run count.")] = 20,
    data: Data = Path("data/raw"),
    out: Annotated[
        Path | None, typer.Option(help="Where store and study go; default: artifacts/<recipe>.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="With the recipe's reduced form.")] = False,
    seed: Annotated[int, typer.Option(help="Of the split, of training and of the search.")] = 0,
    workers: Workers = None,
) -> None:
    """Search a recipe's declared ranges on validation speakers; the test speakers are never read.

    Example: ser tune multi_corpus_boosting --trials 30
    """
    from ser_models.recipes.read import load

    chosen = load(recipe)

    from cli.progress import observed_files, say
    from cli.tables import print_table
    from ser_models.reproduce import Reproduction, Watcher
    from ser_models.tune import OBJECTIVE
    from ser_models.tune import tune as search

    folder = out or Path("artifacts") / chosen.name
    wanted = Reproduction(chosen, "honest", data=data, out=folder, quick=quick, seed=seed, workers=workers)
    found = search(wanted, trials, Watcher(say, observed_files), _told)
    print_table(list(found.trials), [[_text(value) for value in row] for row in found.trials.to_numpy()])
    best = found.trials.iloc[0]
    print(f"\nbest of {len(found.trials)}: trial {best['trial']:.0f}, validation UAR {best[OBJECTIVE]:.3f}")
    print("in the recipe:\n\n[model]")
    for name, value in found.best.items():
        print(f"{name} = {_toml(value)}")
    print(f"\nstudy, table and figure: {found.folder}")


def _told(number: int, uar: float, values: dict[str, Any]) -> None:
    settings = ", ".join(f"{name} {_text(value)}" for name, value in values.items())
    print(f"trial {number}: validation UAR {uar:.3f} with {settings}", file=sys.stderr)


def _text(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _toml(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else _text(value)
