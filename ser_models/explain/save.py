"""An explanation → a table and a figure on disk.

`Importance` → importance.csv and importance.png
`Contributions` → contributions.csv and contributions.png
"""

from pathlib import Path

from ser_features.errors import InputError
from ser_models.explain.result import Contributions, Importance


def save(explanation: Importance | Contributions, folder: Path, *, top: int = 20) -> list[Path]:
    """Write the whole table and a figure of its first rows.

    Args:
        explanation: to write.
        folder: created if it does not exist.
        top: rows of the figure.

    Returns:
        The files written.

    Raises:
        InputError: if the folder is inside of the artifact, or cannot be written.
    """
    from ser_models.explain.plots import plot  # imports matplotlib, which `check_folder` does not need
    from ser_models.reporting.figures import DPI

    check_folder(folder, explanation.artifact)
    name = "importance" if isinstance(explanation, Importance) else "contributions"
    table, figure = folder / f"{name}.csv", folder / f"{name}.png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        explanation.table.to_csv(table, index=False)
        plot(explanation, top).savefig(figure, dpi=DPI, facecolor="white")
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written ({error.strerror or error}): pass another --out"
        ) from error
    return [table, figure]


def check_folder(folder: Path, artifact: Path) -> None:
    """Check, before any work is done, that a folder is outside of the artifact.

    Raises:
        InputError: if it is inside.
    """
    if folder.resolve().is_relative_to(artifact.resolve()):
        raise InputError(
            f"{folder} is inside of the artifact {artifact}, whose files are fixed, expected a folder "
            "outside of it: pass another --out"
        )
