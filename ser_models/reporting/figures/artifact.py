"""Figures of a finished run, from the files of its artifact.

artifact.json, metrics.json, history.csv, the claims of the recipe → `read_run` → `Run` → `drawing`
→ `Drawing`
"""

from pathlib import Path

import pandas as pd

from ser_features.errors import InputError
from ser_models import recipes
from ser_models.artifact.metadata import METADATA_FILE, read_metadata
from ser_models.evaluation.claims import Claims
from ser_models.evaluation.result import read_result
from ser_models.recipes.read import load
from ser_models.reporting.figures.picture import Drawing, subtitle
from ser_models.reporting.figures.results import FIGURES, Run

HISTORY = "history.csv"
"""Name of the file in an artifact."""

WHY_EMPTY = {
    "per-speaker": "no speaker of the test is known by name with two emotions",
    "roc": "all recordings of the test are of one emotion",
    "training": "the model was not trained for several epochs",
}
"""Why a figure has nothing to draw."""


def read_run(artifact: Path) -> Run:
    """Read what the figures of an artifact are drawn from.

    Raises:
        ArtifactError: if there is no result in the folder, or one of another version.
    """
    result = read_result(artifact)
    path = artifact / HISTORY
    history = pd.read_csv(path) if path.is_file() else None
    parameters = read_metadata(artifact).parameters if (artifact / METADATA_FILE).is_file() else {}
    return Run(result, history, _claims(result.recipe), parameters)


def _claims(recipe: str | None) -> Claims | None:
    """What the paper of a built-in recipe reports; the file of a user's own may be gone."""
    return load(recipe).claims if recipe and recipe in recipes.names() else None


def drawing(artifact: Path, name: str) -> Drawing:
    """Draw one figure of a finished run.

    Args:
        artifact: its folder.
        name: a name in `FIGURES`.

    Raises:
        InputError: if there is no such figure, or nothing to draw in it.
        ArtifactError: if there is no result in the folder, or one of another version.
    """
    if name not in FIGURES:
        raise InputError(f"unknown figure {name!r}: expected one of {', '.join(FIGURES)}")
    run = read_run(artifact)
    picture = FIGURES[name](run)
    if picture is None:
        raise InputError(f"{artifact}: {WHY_EMPTY[name]}, so there is no figure {name}: draw another one")
    return Drawing(picture, subtitle(run.result))
