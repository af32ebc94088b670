"""Figures of results and of feature stores.

`EvaluationResult`, history → `Picture`s (of one or more `Panel`s) → `save_all` → *.png

The report has the same panels as SVG; see `ser_models.reporting.report`. Each figure of a store is a module
with a function `drawing`: `distribution`, `speakers`, `contours`, `gallery`, `map`.
"""

from ser_models.reporting.figures.attention import AttentionExample, attention
from ser_models.reporting.figures.picture import DPI, Panel, Picture
from ser_models.reporting.figures.results import (
    confusion_matrix,
    coverage,
    drawing,
    per_class,
    per_speaker,
    reliability,
    roc,
    save_all,
    training_curves,
)
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
