"""`ser reproduce`: a published system, from recordings to a report."""

from pathlib import Path
from typing import Annotated

import typer

from ser_cli import completion
from ser_cli.options import Data, Workers
from ser_cli.progress import hint
from ser_cli.words import typed
from ser_models.recipes import names

RECIPES = f"Recipes: {', '.join(names())}."


def reproduce(
    recipe: Annotated[
        str,
        typer.Argument(
            help="One of the recipes below, or your own .toml.", autocompletion=completion.recipes
        ),
    ],
    protocol: Annotated[
        str,
        typer.Option(
            help="honest (default): unseen speakers; paper: as published, leaks included.",
            autocompletion=completion.protocols,
        ),
    ] = "honest",
    data: Data = Path("data/raw"),
    out: Annotated[
        Path | None, typer.Option(help="Where store and results go; default: artifacts/<recipe>.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="The recipe's reduced form; every result says so.")
    ] = False,
    seed: Annotated[int, typer.Option(help="The same seed gives the same result.")] = 0,
    workers: Workers = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print metrics.json instead of the summary.")
    ] = False,
) -> None:
    """Run a published system from recordings to a report, under its own protocol or an honest one.

    Example: ser reproduce fusion_cnn_bilstm --protocol honest --quick
    """
    from ser_models.recipes.read import load

    chosen = load(recipe)
    chosen.protocol(protocol)

    from ser_cli.progress import observed_files, say
    from ser_cli.tables import print_json
    from ser_cli.train import print_metrics, training_progress
    from ser_models.experiments.reproduce import Reproduction, Watcher, reproduce

    wanted = Reproduction(
        recipe=chosen,
        protocol=protocol,
        data=data,
        out=out or Path("artifacts") / chosen.name,
        quick=quick,
        seed=seed,
        workers=workers,
        command=typed(),
    )
    metrics = reproduce(wanted, Watcher(say, observed_files, training_progress))
    if as_json:
        print_json(metrics)
        return
    print_metrics(metrics)
    other = "paper" if protocol == "honest" else "honest"
    print(f"report: {wanted.out / 'report.html'}")
    hint(f"ser reproduce {recipe} --protocol {other}")
