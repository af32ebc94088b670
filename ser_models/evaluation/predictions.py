"""The predictions table: one row per predicted recording.

`Examples`, probabilities → `prediction_table` → columns file_id … confidence and p_<label> → `score`
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ser_models.data.examples import Examples


def probability_columns(labels: Sequence[str]) -> list[str]:
    """Names of the probability columns of a predictions table, in the order of the labels."""
    return [f"p_{label}" for label in labels]


def prediction_table(examples: Examples, probabilities: np.ndarray, *, fold: int, split: str) -> pd.DataFrame:
    """Build the predictions table of some recordings.

    Args:
        examples: the recordings.
        probabilities: (recordings, classes), in the order of the examples and of their labels.
        fold: number of the fold, written to each row.
        split: "train", "validation" or "test", likewise.

    Returns:
        Columns file_id, dataset, path, speaker, emotion (the true class), fold, split, predicted,
        confidence (probability of the predicted class, 0 to 1) and one p_<label> per class.
    """
    best = probabilities.argmax(axis=1)
    table = examples.rows[["file_id", "dataset", "path", "speaker", "emotion"]].assign(
        fold=fold,
        split=split,
        predicted=np.array(examples.labels, dtype=object)[best],
        confidence=probabilities[np.arange(len(best)), best],
    )
    columns = probability_columns(examples.labels)
    return pd.concat([table, pd.DataFrame(probabilities, columns=columns, index=table.index)], axis=1)
