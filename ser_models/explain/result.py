"""What an explanation holds, and how it is kept: a table and figures.

`Importance` → importance.csv and importance.png
`Contributions` → contributions.csv and contributions.png
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ser_features.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Importance:
    """What a model goes by, over many recordings.

    Attributes:
        artifact: folder of the model.
        model: its name.
        labels: its emotions.
        method: "shap", or "permutation".
        data: whose recordings, in words.
        n: how many.
        uar: the model's on them, 0 to 1.
        chance: the UAR of guessing, 0 to 1.
        repeats: how often every part was exchanged; 0 for SHAP values.
        table: a row per part, the most important first: part, unit, description, importance, spread
            (standard deviation over orders; NaN for less than two) and moves_with; for SHAP values also
            importance_<emotion> and direction_<emotion>. SHAP values are in natural logarithms of odds,
            drops in UAR, 0 to 1.
        notes: what to keep in mind.
    """

    artifact: Path
    model: str
    labels: tuple[str, ...]
    method: Literal["shap", "permutation"]
    data: str
    n: int
    uar: float
    chance: float
    repeats: int
    table: "pd.DataFrame"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contributions:
    """What an answer to one recording hangs on.

    Attributes:
        artifact: folder of the model.
        model: its name.
        method: "shap", or "occlusion".
        file: the recording.
        emotion: the answer.
        probabilities: by emotion.
        base: margin of the answer before anything is known of the recording; for occlusion the
            probability of the answer with everything in its place.
        table: a row per part, the largest contribution first: part, unit, description, value, usual (median
            of the training recordings; NaN for frames) and contribution. SHAP values add up, with `base`, to
            the margin of the answer; those of an occlusion are the probability that is lost without the part,
            and add up to nothing.
        notes: what to keep in mind.
    """

    artifact: Path
    model: str
    method: Literal["shap", "occlusion"]
    file: str
    emotion: str
    probabilities: dict[str, float]
    base: float
    table: "pd.DataFrame"
    notes: tuple[str, ...] = field(default=())

    @property
    def margin(self) -> float:
        """What base and contributions add up to; of meaning for SHAP values."""
        return self.base + float(self.table["contribution"].sum())


def save(found: Importance | Contributions, folder: Path, *, top: int = 20) -> list[Path]:
    """Write the whole table and a figure of its first rows.

    Args:
        found: the explanation.
        folder: made if it does not exist.
        top: rows of the figure.

    Returns:
        The files written.

    Raises:
        InputError: if the folder is inside of the artifact, whose files are sealed, or cannot be written.
    """
    from ser_models.explain.plots import drawn
    from ser_models.reporting.figures import DPI

    check_folder(folder, found.artifact)
    name = "importance" if isinstance(found, Importance) else "contributions"
    table, figure = folder / f"{name}.csv", folder / f"{name}.png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found.table.to_csv(table, index=False)
        drawn(found, top).savefig(figure, dpi=DPI, facecolor="white")
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written ({error.strerror or error}): pass another --out"
        ) from error
    return [table, figure]


def check_folder(folder: Path, artifact: Path) -> None:
    """Refuse a folder inside of the artifact; called before any work is done.

    Raises:
        InputError: if it is.
    """
    if folder.resolve().is_relative_to(artifact.resolve()):
        raise InputError(
            f"{folder} lies in the artifact {artifact}, expected a folder outside of it, for its files are "
            "sealed: pass another --out"
        )
