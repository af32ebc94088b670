"""Options that several commands have, each worded once."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ser_cli import completion


def _store_root(text: str) -> Any:
    from ser_features.store.remote import root

    return root(text)


Store = Annotated[
    Path,
    typer.Option(
        parser=_store_root, metavar="PATH", help="The feature store: a folder, or s3://bucket/prefix."
    ),
]
DEFAULT_STORE = Path("data/store")

Artifact = Annotated[
    Path, typer.Argument(help="Folder of a trained model.", autocompletion=completion.artifacts)
]
Stored = Annotated[
    list[str] | None,
    typer.Option(
        help="Corpora to use, several words; default: all in the store.", autocompletion=completion.stored
    ),
]
Recipe = Annotated[
    str,
    typer.Argument(help="Name of a recipe, or path of your own .toml.", autocompletion=completion.recipes),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead, for programs.")]

Data = Annotated[Path, typer.Option(envvar="SER_DATA", help="Folder that holds a folder per corpus.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; default: one per core.")]
