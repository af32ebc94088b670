"""Error analysis: what a model was surest of and wrong about, and which emotions it takes for which.

predictions → `most_confident` → rows; confusion matrix → `confusions` → pairs
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

SHOWN = 20
"""Most confident mistakes that are listed."""
PAIRS = 10
"""Most frequent confusions that are listed."""


def most_confident(
    predictions: pd.DataFrame, labels: Sequence[str], probabilities: np.ndarray
) -> list[dict[str, Any]]:
    """List the wrong predictions with the highest confidence.

    Args:
        predictions: columns file_id and emotion, a row per recording.
        labels: the classes, in order.
        probabilities: (recordings, classes), in the order of the rows.

    Returns:
        At most 20 of {file_id, acted, predicted, confidence, acted_probability}, surest first, equals by
        file_id; probabilities are 0 to 1.
    """
    best = probabilities.argmax(axis=1)
    table = pd.DataFrame(
        {
            "file_id": predictions["file_id"].to_numpy(),
            "acted": predictions["emotion"].to_numpy(),
            "predicted": np.array(labels, dtype=object)[best],
            "confidence": probabilities.max(axis=1),
        }
    )
    acted = [list(labels).index(emotion) for emotion in table["acted"]]
    table["acted_probability"] = probabilities[np.arange(len(acted)), acted]
    wrong = table[table["acted"] != table["predicted"]]
    ranked = wrong.sort_values(["confidence", "file_id"], ascending=[False, True])
    return ranked.head(SHOWN).to_dict("records")


def confusions(matrix: np.ndarray, labels: Sequence[str]) -> list[dict[str, Any]]:
    """List the pairs of emotions that are confused most.

    Args:
        matrix: true classes in rows, predicted in columns, (classes, classes).
        labels: the classes, in order.

    Returns:
        At most 10 of {acted, predicted, n, share}, most frequent first; `share` of the acted emotion's
        recordings, 0 to 1, decides among equals.
    """
    found: list[dict[str, Any]] = [
        {
            "acted": labels[row],
            "predicted": labels[column],
            "n": int(n),
            "share": float(n / matrix[row].sum()),
        }
        for (row, column), n in np.ndenumerate(matrix)
        if row != column and n
    ]
    return sorted(found, key=lambda pair: (-pair["n"], -pair["share"]))[:PAIRS]
