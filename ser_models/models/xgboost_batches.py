"""Columns on disk → XGBoost, batch by batch.

`Labelled` → `batches_of` → `xgboost.QuantileDMatrix`
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ser_models.models.base import Labelled

if TYPE_CHECKING:
    import xgboost

AT_ONCE = 65_536
"""Recordings per batch; of each XGBoost keeps a sketch of the columns."""


def batches_of(labelled: Labelled) -> "xgboost.DataIter":
    """Return an iterator that XGBoost reads several times."""
    import xgboost

    starts, weights = range(0, len(labelled.targets), AT_ONCE), labelled.weights

    class Batches(xgboost.DataIter):
        def __init__(self) -> None:
            super().__init__()
            self._rest = iter(starts)

        def reset(self) -> None:
            """Begin anew."""
            self._rest = iter(starts)

        def next(self, input_data: Callable[..., Any]) -> bool:
            """Pass the next batch to XGBoost; whether there was one."""
            start = next(self._rest, None)
            if start is None:
                return False
            rows = np.arange(start, min(start + AT_ONCE, len(labelled.targets)))
            columns = labelled.source.batch(rows)["columns"]
            input_data(data=columns, label=labelled.targets[rows], weight=weights[rows])
            return True

    return Batches()
