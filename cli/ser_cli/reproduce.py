"""`ser reproduce`: a published system, from recordings to report."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ser_cli import completion
from ser_cli.arguments import typed
from ser_cli.options import Data, Jobs, MetricsAsJson, Seed, Workers
from ser_cli.progress import hint
from ser_models.recipes import names

if TYPE_CHECKING:
    from ser_models.evaluation.claims import Claims
    from ser_models.evaluation.result import EvaluationResult

RECIPES = f"Recipes: {', '.join(names())}."


def reproduce(
    recipe: Annotated[
        str,
        typer.Argument(
            help="One of the recipes listed below, or path of your own .toml file.",
            autocompletion=completion.recipes,
        ),
    ],
    protocol: Annotated[
        Literal["honest", "paper"],
        typer.Option(help="honest: speaker-independent; paper: as published, including data leakage."),
    ] = "honest",
    data: Data = Path("data/raw"),
    out: Annotated[
        Path | None, typer.Option(help="Output folder for store and results; default: artifacts/<recipe>.")
    ] = None,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Run the reduced form of the recipe, and mark the results."),
    ] = False,
    seed: Seed = 0,
    workers: Workers = None,
    jobs: Jobs = 1,
    as_json: MetricsAsJson = False,
) -> None:
    """Run a published system from recordings to report, under a speaker-independent or its own protocol.

    Example: ser reproduce fusion_cnn_bilstm --protocol honest --quick
    """
    from ser_models.models import model_class
    from ser_models.recipes.read import load

    chosen = load(recipe)
    chosen.protocol(protocol)
    model_class(chosen.model["name"])  # names a missing package before the extraction

    from ser_cli.progress import extraction_progress, say
    from ser_cli.train import print_metrics, training_progress
    from ser_models.artifact import notes_on_replacing
    from ser_models.experiments.reproduce import Callbacks, Reproduction
    from ser_models.experiments.reproduce import reproduce as run

    task = Reproduction(
        recipe=chosen,
        protocol=protocol,
        data=data,
        out=out or Path("artifacts") / chosen.name,
        quick=quick,
        seed=seed,
        workers=workers,
        jobs=jobs,
        command=typed(),
    )
    for line in notes_on_replacing(task.artifact):
        say(line)
    result = run(task, Callbacks(say, extraction_progress, training_progress))
    if as_json:
        print(result.to_json())
        return
    print_metrics(result)
    _print_claims(chosen.claims, result)
    other = "paper" if protocol == "honest" else "honest"
    print(f"report: {task.out / 'report.html'}")
    hint(f"ser reproduce {recipe} --protocol {other}")


def _print_claims(claims: "Claims", result: "EvaluationResult") -> None:
    """Print every figure that the paper reports beside that of this run."""
    from ser_cli.tables import print_table
    from ser_models.reporting.report import claimed

    for table in claimed.tables(claims, {"this run": result}):
        print(f"{table.caption}, beside the paper:")
        print_table(table.columns, table.rows, left=table.words)
        print()
    if claims.second_softmax:
        print(claimed.SECOND_SOFTMAX)
