"""The per-file columns that a model may look at by default.

>>> len(CORE_INPUTS), "pitch_mean" in CORE_INPUTS, "sample_rate" in CORE_INPUTS
(45, True, False)
"""

from ser_features.extractors import CORE_COLUMNS, FUNCTIONAL_COLUMNS

CORE_INPUTS: tuple[str, ...] = tuple(column.name for column in CORE_COLUMNS if column.name != "sample_rate")
"""The core columns without the sample rate, which tells the corpus and nothing of the voice."""

FUNCTIONAL_INPUTS: tuple[str, ...] = (
    "jitter",
    "shimmer",
    *(column.name for column in FUNCTIONAL_COLUMNS if "_delta__" not in column.name),
)
"""The functionals but those of Δ, which cost accuracy (docs/accuracy.md), and of the core columns what no
functional tells."""
