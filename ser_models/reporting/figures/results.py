"""Figures of a finished run, from what its artifact says of itself.

artifacts/<name>/metrics.json → confusion_matrix, reliability, coverage or per_speaker → `Drawing`
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ser_features.errors import InputError
from ser_models.reporting.figures.classes import confusion_matrix, per_speaker
from ser_models.reporting.figures.curves import coverage, reliability
from ser_models.reporting.figures.picture import Drawing, Picture, said

METRICS = "metrics.json"

FIGURES: dict[str, Callable[[Mapping[str, Any]], Picture]] = {
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
        InputError: if there is no such figure, or no result in the folder.
    """
    if name not in FIGURES:
        raise InputError(f"unknown figure {name!r}: expected one of {', '.join(FIGURES)}")
    path = artifact / METRICS
    try:
        metrics = json.loads(path.read_text(encoding="utf-8"))
        return Drawing(FIGURES[name](metrics), said(metrics))
    except OSError as error:
        raise InputError(f"no result in {artifact}: expected {path}: make one with ser train") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path} is no result of this version of ser ({error!r}): train again") from error
