"""Options that several commands have, each worded once."""

from pathlib import Path
from typing import Annotated, Any

import typer


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

Data = Annotated[Path, typer.Option(envvar="SER_DATA", help="Folder that holds a folder per corpus.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; default: one per core.")]
