"""Figures of results, feature stores, recordings and models.

`Run` (result, history, claims) → `FIGURES` → `Picture`s (of one or more `Panel`s) → `save_all` → *.png
artifact → `artifact.drawing`; store, recording or model → `drawing` of the figure's module → `Drawing` → file

The report has the same panels as SVG; see `ser_models.reporting.report`. Figures of a store are the modules
`counts`, `distribution`, `speakers`, `contours`, `gallery` and `map`.
"""

from ser_models.reporting.figures.attention import AttentionExample, attention
from ser_models.reporting.figures.picture import DPI, Panel, Picture
from ser_models.reporting.figures.results import (
    FIGURES,
    Run,
    confusion_matrix,
    per_class,
    per_speaker,
    roc,
    save_all,
)
from ser_models.reporting.figures.subsets import coverage, reliability
from ser_models.reporting.figures.training import training_curves
from ser_models.reporting.figures.tuning import tuning

__all__ = [
    "DPI",
    "FIGURES",
    "AttentionExample",
    "Panel",
    "Picture",
    "Run",
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
