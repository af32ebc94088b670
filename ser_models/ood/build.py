"""Training and validation recordings of a store → `TrainingDistribution`."""

import numpy as np
import pandas as pd

from ser_features.extractors import CORE_COLUMNS
from ser_features.store import Store
from ser_models.ood.distance import MEL, TrainingDistribution, describe, nearest

MOST = 2000
"""Training recordings that are kept, evenly spread: half a megabyte of 64 bands."""

RARE = 0.01
"""Share of the validation recordings that lie beyond a distance of 1."""


def build(store: Store, train: pd.DataFrame, validation: pd.DataFrame) -> TrainingDistribution | None:
    """Learn what the training recordings are like, and how far unheard voices are from them.

    Args:
        store: where their log-mel frames are.
        train: rows of the training recordings, without augmented copies.
        validation: rows of the validation speakers, which the model was not fitted on.

    Returns:
        None if the store has no log-mel frames.
    """
    if MEL not in store.families:
        return None
    kept = train.iloc[np.unique(np.linspace(0, len(train) - 1, MOST).astype(int))]
    descriptors = describe(store.frames(kept, MEL))
    mean, scale = descriptors.mean(axis=0), np.maximum(descriptors.std(axis=0), 1e-3)
    # Halves suffice: a thousandth of a deviation is nothing.
    recordings = ((descriptors - mean) / scale).astype(np.float16).astype(np.float32)
    held_out = ((describe(store.frames(validation, MEL)) - mean) / scale).astype(np.float32)
    limit = float(np.quantile(nearest(held_out, recordings), 1 - RARE))
    return TrainingDistribution(mean, scale, max(limit, 1e-3), recordings, _quantiles(train))


def _quantiles(train: pd.DataFrame) -> dict[str, np.ndarray]:
    """Percentiles of the core columns that some training recording has."""
    found = {}
    for column in CORE_COLUMNS:
        values = train[column.name].to_numpy(np.float64, na_value=np.nan)
        if np.isfinite(values).any():
            found[column.name] = np.nanpercentile(values, np.arange(101))
    return found
