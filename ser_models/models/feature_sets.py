"""Default per-file input columns of the models.

>>> len(CORE_INPUTS), "pitch_mean" in CORE_INPUTS, "rms_mean" in CORE_INPUTS
(40, True, False)
"""

from ser_features.extractors import CORE_COLUMNS, FUNCTIONAL_COLUMNS, LEVEL_COLUMNS

CORE_INPUTS: tuple[str, ...] = tuple(
    column.name for column in CORE_COLUMNS if column.name not in ("sample_rate", *LEVEL_COLUMNS)
)
"""Core columns without the sample rate, which identifies the corpus, and the level as recorded, which depends
on microphone, distance and export."""

FUNCTIONAL_INPUTS: tuple[str, ...] = (
    "jitter",
    "shimmer",
    *(column.name for column in FUNCTIONAL_COLUMNS if "_delta__" not in column.name),
)
"""Functionals without those of Δ, which reduce accuracy (docs/accuracy.md), and the core columns that no
functional covers."""
