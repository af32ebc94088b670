"""Figures of a finished run, drawn from its artifact.

artifacts/<name>/metrics.json → confusion_matrix, reliability, coverage or per_speaker → `Drawing`
"""

from collections.abc import Callable
from pathlib import Path

from ser_features.errors import InputError
from ser_models.evaluation.result import EvaluationResult, read_result
from ser_models.reporting.figures.classes import confusion_matrix, per_speaker
from ser_models.reporting.figures.curves import coverage, reliability
from ser_models.reporting.figures.picture import Drawing, Picture, subtitle

FIGURES: dict[str, Callable[[EvaluationResult], Picture]] = {
    "confusion": confusion_matrix,
    "reliability": reliability,
    "coverage": coverage,
    "per-speaker": per_speaker,
}
"""By name on the command line."""


def drawing(artifact: Path, name: str) -> Drawing:
    """Draw one figure of a run.

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
