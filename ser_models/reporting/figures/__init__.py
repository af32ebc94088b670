"""Pictures of a result: what was measured, on whom, how well, how surely.

`EvaluationResult`, history → `Picture`s (one per question, of one or more `Panel`s) → `save_all` → *.png

The same panels stand in the report as SVG; see `ser_models.reporting.report`.

Figures of a store are a module each, with a function `drawing`: `distribution`, `speakers`, `contours`,
`gallery`, `map`; `results` draws a finished run again.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ser_models.evaluation.result import EvaluationResult
from ser_models.reporting.figures.attention import AttentionExample, attention
from ser_models.reporting.figures.classes import confusion_matrix, per_class, per_speaker
from ser_models.reporting.figures.curves import coverage, reliability, roc, training_curves
from ser_models.reporting.figures.picture import DPI, Panel, Picture, titled
from ser_models.reporting.figures.tuning import tuning

__all__ = [
    "DPI",
    "AttentionExample",
    "Panel",
    "Picture",
    "attention",
    "confusion_matrix",
    "coverage",
    "per_class",
    "per_speaker",
    "reliability",
    "roc",
    "save_all",
    "training_curves",
    "tuning",
]


def save_all(
    folder: Path,
    result: EvaluationResult,
    history: pd.DataFrame | None = None,
    *,
    claims: Mapping[str, Any] | None = None,
    examples: Sequence[AttentionExample] = (),
) -> list[Path]:
    """Draw every figure that the result has something for.

    Args:
        folder: made if it does not exist.
        result: of the evaluation.
        history: columns fold, epoch, loss, uar, val_loss, val_uar, kept and perhaps learning_rate.
        claims: what the paper reports; its `f1` by emotion is drawn beside ours.
        examples: recordings with a model's attention.

    Returns:
        The files written: confusion_matrix.png, per_class.png, per_speaker.png, roc.png, reliability.png,
        coverage.png, training_curves.png, attention_1.png …, as far as there is something to draw.
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
