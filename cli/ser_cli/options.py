"""Options that several commands share, each described once."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ser_cli import completion


def store_root(text: str) -> Any:
    """Parse the location of a store: a folder, or s3://bucket/prefix."""
    from ser_features.store import layout

    return layout.store_root(text)


def artifact_folder(text: Any) -> Any:
    """Parse the name of an artifact: its folder, or `builtin`."""
    from ser_models.artifact.builtin import located

    return located(Path(text))


Store = Annotated[
    Path,
    typer.Option(parser=store_root, metavar="PATH", help="Feature store: a folder, or s3://bucket/prefix."),
]
DEFAULT_STORE = Path("data/store")

Artifact = Annotated[
    Path,
    typer.Argument(
        parser=artifact_folder,
        metavar="ARTIFACT",
        help="Folder of a trained model, or builtin: the one that comes with ser.",
        autocompletion=completion.artifacts,
    ),
]
Stored = Annotated[
    list[str] | None,
    typer.Option(help="Corpora to use; default: all in the store.", autocompletion=completion.stored),
]
Recipe = Annotated[
    str,
    typer.Argument(
        help="Name of a recipe, or path of your own .toml file.", autocompletion=completion.recipes
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="KEY=VALUE: a hyperparameter, such as epochs=5, or another key of a recipe; values in TOML.",
    ),
]
OfRecipe = Annotated[
    str | None,
    typer.Option(
        help="Hyperparameters, profile and classes of a recipe instead of the defaults.",
        autocompletion=completion.recipes,
    ),
]
InputShapes = Annotated[
    list[str] | None,
    typer.Option(
        help="Shapes of inputs for one recording, such as frames=128x64; default: those of the profile."
    ),
]
Classes = Annotated[
    int | None, typer.Option(min=2, help="Number of emotions; default: that of the recipe, or 6.")
]
OwnFeatures = Annotated[
    Path | None,
    typer.Option(
        help="Table of your own features instead of the store's, for a model of columns: CSV or Parquet "
        "with a column file or file_id, and columns of numbers.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
MetricsAsJson = Annotated[
    bool, typer.Option("--json", help="Print metrics.json instead of the summary table.")
]
Data = Annotated[
    Path, typer.Option(envvar="SER_DATA", help="Data root: a folder with one subfolder per corpus.")
]
DEFAULT_DATA = Path("data/raw")
Root = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER", help="Folder of the relative paths in tables; default: that of each table."
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Cores for folds, inner folds and ensemble members in parallel; same result for any number. "
        "Default: all; 1 for networks, which use several by themselves.",
    ),
]
Port = Annotated[int, typer.Option(min=0, max=65_535, help="TCP port; 0: any free port.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Number of processes; default: one per CPU core.")]
Seed = Annotated[int, typer.Option(min=0, help="Random seed; equal seeds give equal results.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a file of that name that ser did not write.")]
