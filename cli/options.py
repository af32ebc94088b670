"""Options that several commands have, each worded once."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path, typer.Option(envvar="SER_DATA", help="Folder that holds a folder per corpus.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; default: one per core.")]
