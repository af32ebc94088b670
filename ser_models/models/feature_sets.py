"""Default per-file input columns of the models.

>>> len(CORE_INPUTS), "pitch_mean" in CORE_INPUTS, "sample_rate" in CORE_INPUTS
(45, True, False)
"""

from ser_features.extractors import CORE_COLUMNS, FUNCTIONAL_COLUMNS

CORE_INPUTS: tuple[str, ...] = tuple(column.name for column in CORE_COLUMNS if column.name != "sample_rate")
"""Core columns without the sample rate, which identifies the corpus and says nothing about the voice."""

FUNCTIONAL_INPUTS: tuple[str, ...] = (
    "jitter",
    "shimmer",
    *(column.name for column in FUNCTIONAL_COLUMNS if "_delta__" not in column.name),
)
"""Functionals without those of Δ, which reduce accuracy (docs/accuracy.md), and the core columns that no
functional covers."""
