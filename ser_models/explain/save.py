"""An explanation → a table and a figure on disk.

`Importance` → importance.csv and importance.png
`Contributions` → contributions.csv and contributions.png
"""

from pathlib import Path

from ser_features.errors import InputError
from ser_features.files import replacing
from ser_features.outputs import first_line, refuse_to_replace
from ser_models.explain.result import Contributions, Importance


def save(
    explanation: Importance | Contributions, folder: Path, *, top: int = 20, force: bool = False
) -> list[Path]:
    """Write the whole table and a figure of its first rows.

    Args:
        explanation: to write.
        folder: created if it does not exist.
        top: rows of the figure.
        force: whether files of these names are replaced that ser did not write.

    Returns:
        The files written.

    Raises:
        InputError: if the folder is inside of the artifact, holds other files of these names, or cannot be
            written.
    """
    from ser_models.explain.plots import plot  # imports matplotlib, which `check_folder` does not need
    from ser_models.reporting.figures.picture import write_figure

    table, figure = check_folder(folder, explanation.artifact, type(explanation), force=force)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(table) as file:
            file.write(explanation.table.to_csv(index=False).encode())
        with replacing(figure) as file:
            write_figure(plot(explanation, top), file)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written ({error.strerror or error}): pass another --out"
        ) from error
    return [table, figure]


def check_folder(
    folder: Path, artifact: Path, explanation: type[Importance | Contributions], *, force: bool = False
) -> tuple[Path, Path]:
    """Check, before any work is done, that a folder can take an explanation.

    Args:
        folder: of the explanation.
        artifact: of the model.
        explanation: kind of the explanation, which decides the names of the files.
        force: see `save`.

    Returns:
        Paths of the table and the figure.

    Raises:
        InputError: if the folder is inside of the artifact, or holds other files of these names.
    """
    name = "importance" if explanation is Importance else "contributions"
    table, figure = folder / f"{name}.csv", folder / f"{name}.png"
    if folder.resolve().is_relative_to(artifact.resolve()):
        raise InputError(
            f"{folder} is inside of the artifact {artifact}, whose files are fixed, expected a folder "
            "outside of it: pass another --out"
        )
    refuse_to_replace(table, force=force, is_ours=_is_table)
    refuse_to_replace(figure, force=force, is_ours=_is_figure)
    return table, figure


def _is_table(path: Path) -> bool:
    """Whether a file begins as the tables of `save`."""
    return first_line(path).startswith("feature,unit,description,")


def _is_figure(path: Path) -> bool:
    from ser_models.reporting.figures.picture import is_figure

    return is_figure(path)
