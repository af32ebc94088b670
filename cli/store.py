"""`ser store …`: look into a feature store."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Look into a feature store.", no_args_is_help=True)


@app.callback()
def _options() -> None:
    """Look into a feature store."""


@app.command()
def info(
    store: Annotated[Path, typer.Option(help="The feature store.")] = Path("data/store"),
    columns: Annotated[bool, typer.Option(help="List every column with unit and meaning.")] = False,
) -> None:
    """Say what a store holds: profile, families, rows by corpus, hours of audio, failures.

    Example: ser store info --columns
    """
    from cli.tables import print_table
    from ser_features.store import describe, open_store

    opened = open_store(store)
    print(f"{store}: profile {opened.profile.name} ({opened.digest}), families {' '.join(opened.families)}")
    print_table(
        ["corpus", "rows", "speakers", "emotions", "hours", "failures"],
        [
            [d.dataset, str(d.rows), str(d.speakers), str(d.emotions), f"{d.hours:.2f}", str(d.failures)]
            for d in describe(opened)
        ],
    )
    for column in opened.description.dictionary() if columns else ():
        unit = f" [{column['unit']}]" if column["unit"] else ""
        print(f"{column['name']}{unit}: {column['description']}")
