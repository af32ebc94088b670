"""Figures of results and of feature stores.

`EvaluationResult`, history → `Picture`s (of one or more `Panel`s) → `save_all` → *.png

The report has the same panels as SVG; see `ser_models.reporting.report`. Each figure of a store is a module
with a function `drawing`: `distribution`, `speakers`, `contours`, `gallery`, `map`. `drawing` below draws one
figure of a finished run.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ser_features.errors import InputError
from ser_models.evaluation.result import EvaluationResult, read_result
from ser_models.reporting.figures.attention import AttentionExample, attention
from ser_models.reporting.figures.classes import confusion_matrix, per_class, per_speaker
from ser_models.reporting.figures.curves import coverage, reliability, roc, training_curves
from ser_models.reporting.figures.picture import DPI, Drawing, Panel, Picture, subtitle, titled
from ser_models.reporting.figures.tuning import tuning

__all__ = [
    "DPI",
    "AttentionExample",
    "Panel",
    "Picture",
    "attention",
    "confusion_matrix",
    "coverage",
    "drawing",
    "per_class",
    "per_speaker",
    "reliability",
    "roc",
    "save_all",
    "training_curves",
    "tuning",
]

FIGURES: dict[str, Callable[[EvaluationResult], Picture]] = {
    "confusion": confusion_matrix,
    "reliability": reliability,
    "coverage": coverage,
    "per-speaker": per_speaker,
}
"""Figures of a finished run, by name on the command line."""


def save_all(
    folder: Path,
    result: EvaluationResult,
    history: pd.DataFrame | None = None,
    *,
    claims: Mapping[str, Any] | None = None,
    examples: Sequence[AttentionExample] = (),
) -> list[Path]:
    """Write every figure of a run as PNG.

    Args:
        folder: made if it does not exist.
        result: of the evaluation.
        history: columns fold, epoch, loss, uar, val_loss, val_uar, best and perhaps learning_rate.
        claims: what the paper reports; its `f1` by emotion is drawn beside ours.
        examples: recordings with a model's attention.

    Returns:
        The files written: confusion_matrix.png, per_class.png, per_speaker.png, roc.png, reliability.png,
        coverage.png, training_curves.png, attention_1.png …, without those that have nothing to draw.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures = [
        confusion_matrix(result),
        per_class(result, claims),
        per_speaker(result),
        roc(result),
        reliability(result),
        coverage(result),
        training_curves(history),
        *(attention(example, number) for number, example in enumerate(examples, start=1)),
    ]
    drawn = [picture for picture in pictures if picture]
    for picture in drawn:
        titled(picture, result).savefig(folder / f"{picture.name}.png", dpi=DPI, facecolor="white")
    return [folder / f"{picture.name}.png" for picture in drawn]


def drawing(artifact: Path, name: str) -> Drawing:
    """Draw one figure of a finished run.

    Args:
        artifact: its folder.
        name: a name in `FIGURES`.

    Raises:
        InputError: if there is no such figure.
        ArtifactError: if there is no result in the folder, or one of another version.
    """
    if name not in FIGURES:
        raise InputError(f"unknown figure {name!r}: expected one of {', '.join(FIGURES)}")
    result = read_result(artifact)
    return Drawing(FIGURES[name](result), subtitle(result))
