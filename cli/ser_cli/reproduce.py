"""`ser reproduce`: a published system, from recordings to report, or compared with its paper's baselines."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ser_cli import completion
from ser_cli.arguments import typed
from ser_cli.options import DEFAULT_DATA, Data, Jobs, Seed, Settings, Workers
from ser_cli.progress import hint
from ser_models.recipes import names

if TYPE_CHECKING:
    from ser_models.evaluation.claims import Claims
    from ser_models.evaluation.comparison import ComparedRows
    from ser_models.evaluation.result import EvaluationResult
    from ser_models.experiments.reproduce import Callbacks, Reproduction

ResultAsJson = Annotated[
    bool, typer.Option("--json", help="Print metrics.json or compare.json instead of the tables.")
]

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
    data: Data = DEFAULT_DATA,
    out: Annotated[
        Path | None, typer.Option(help="Output folder for store and results; default: artifacts/<recipe>.")
    ] = None,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Run the reduced form of the recipe, and mark the results."),
    ] = False,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare", help="Train every row of the paper's tables on the same folds, and compare them."
        ),
    ] = False,
    ablate: Annotated[
        list[str] | None,
        typer.Option(
            help="Parts to switch off, one row each: augmentation, one of its copies, class_weights, "
            "label_smoothing, dropout, oversample, a step of the profile ...",
        ),
    ] = None,
    settings: Settings = None,
    seed: Seed = 0,
    workers: Workers = None,
    jobs: Jobs = None,
    as_json: ResultAsJson = False,
) -> None:
    """Run a published system from recordings to report, under a speaker-independent or its own protocol.

    Example: ser reproduce fusion_cnn_bilstm --protocol honest --quick
    """
    from ser_models.recipes.changes import changed
    from ser_models.recipes.read import load
    from ser_models.recipes.settings import parsed

    chosen, changes = load(recipe), parsed(settings or ())
    changed(chosen, changes).create_model()  # names a wrong key or a missing package before the extraction

    from ser_cli.progress import extraction_progress, say
    from ser_cli.training_log import training_progress
    from ser_models.experiments.reproduce import Callbacks, Reproduction

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
        changes=changes,
    )
    callbacks = Callbacks(say, extraction_progress, training_progress)
    if compare or ablate is not None:
        _compare(task, callbacks, tables=compare, factors=ablate or (), as_json=as_json)
    else:
        _reproduce(task, callbacks, recipe, as_json=as_json)


def _reproduce(task: "Reproduction", callbacks: "Callbacks", recipe: str, *, as_json: bool) -> None:
    """Reproduce, and print the result."""
    from ser_cli.progress import say
    from ser_cli.train import print_metrics
    from ser_models.artifact import notes_on_replacing
    from ser_models.experiments.reproduce import reproduce as run

    for line in notes_on_replacing(task.artifact):
        say(line)
    result = run(task, callbacks)
    if as_json:
        print(result.to_json())
        return
    print_metrics(result)
    _print_claims(task.recipe.claims, result)
    other = "paper" if task.protocol == "honest" else "honest"
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


def _compare(
    task: "Reproduction", callbacks: "Callbacks", *, tables: bool, factors: Sequence[str], as_json: bool
) -> None:
    """Compare, and print the rows."""
    from ser_models.experiments.compare import compare, folder_of
    from ser_models.recipes.comparisons import ablations, declared

    rows = [*(declared(task.recipe) if tables else ()), *ablations(task.effective, factors)]
    compared = compare(task, rows, callbacks)
    if as_json:
        print(compared.to_json())
        return
    print_rows(compared)
    print(f"\npage, table and JSON: {folder_of(task)}")


def print_rows(compared: "ComparedRows") -> None:
    """Print each row's figures beside those of the paper, then what each row is."""
    from ser_cli.tables import print_table
    from ser_models.reporting.report.comparison import descriptions, results

    quick = f" ({compared.quick})" if compared.quick else ""
    print(f"{compared.title}, {compared.protocol} protocol: {compared.split}{quick}\n")
    table, rows = results(compared), descriptions(compared)
    print_table(table.columns, table.rows)
    print()
    for name, paper, here in rows.rows:
        print(f"{name}: {paper}. {here}")
    for note in compared.notes:
        print(f"note: {note}")
