"""Default per-file input columns of the models, and the shares of groups of them.

>>> len(CORE_INPUTS), "pitch_mean" in CORE_INPUTS, "rms_mean" in CORE_INPUTS
(40, True, False)
"""

from collections import Counter
from functools import lru_cache

import numpy as np

from ser_features.extractors import CORE_COLUMNS, FUNCTIONAL_COLUMNS, LEVEL_COLUMNS, LOUDNESS_COLUMNS
from ser_features.extractors.topics import topic_of_descriptor

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

GROUP_INPUTS: tuple[str, ...] = tuple(
    name for name in FUNCTIONAL_INPUTS if not name.partition("__")[0].endswith("_delta2")
)
"""Functionals without those of Δ and ΔΔ, jitter and shimmer."""

LOUDNESS_INPUTS: tuple[str, ...] = (*GROUP_INPUTS, *(column.name for column in LOUDNESS_COLUMNS))
"""The same, and the course of the loudness."""

GROUP_SHARES = {"mel": 0.2, "mfcc": 0.3, "spectrum": 0.3, "voice": 0.15, "rhythm": 0.05, "loudness": 1.0}
"""Share of each group of columns in the variance of a recording, relative to that of all functionals; the
loudness has as much as all of them. By their number, the mel bands would have 0.54 of the functionals, F0 and
voice quality 0.02; docs/accuracy.md has the UAR of both on other corpora."""

GROUP_OF = {"pitch": "voice", "voice quality": "voice", "rhythm": "rhythm"}
"""Group of the topics that are neither mel bands, MFCC nor of the spectrum's shape and level."""


def group_of(column: str) -> str:
    """Group of a column of `LOUDNESS_INPUTS`.

    >>> [group_of(name) for name in ("mel_07_voiced__p10", "f0__mean", "jitter", "alpha__std", "gap__mean")]
    ['mel', 'voice', 'voice', 'spectrum', 'rhythm']
    """
    descriptor = column.partition("__")[0]
    prefix = descriptor.partition("_")[0]
    topic = topic_of_descriptor(descriptor)
    return prefix if prefix in ("mel", "mfcc", "loudness") else GROUP_OF.get(topic, "spectrum")


@lru_cache(maxsize=8)
def group_weights(columns: tuple[str, ...]) -> np.ndarray:
    """Factors of standardised columns that give every group its share; (columns,) float32, mean square 1."""
    groups = [group_of(column) for column in columns]
    sizes = Counter(groups)
    shares = [GROUP_SHARES[group] / sizes[group] for group in groups]
    weights: np.ndarray = np.sqrt(np.array(shares) / np.mean(shares)).astype(np.float32)
    return weights
