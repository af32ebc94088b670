"""Columns of recordings on disk, read where they are accessed.

file of float32, places of rows → `StoredColumns` → (n, columns) of some rows, or all rows of a few columns

>>> stored = StoredColumns(np.arange(6.0).reshape(3, 2), places=np.array([2, 0]), columns=np.array([1]))
>>> len(stored), stored[:1].tolist(), [group.ravel().tolist() for group in stored.groups(1)]
(2, [[5.0]], [[5.0, 1.0]])
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

AT_ONCE = 8_192
"""Rows read at once."""


@dataclass(frozen=True)
class StoredColumns(Sequence[np.ndarray]):
    """Columns of some rows of a file.

    Attributes:
        values: of all rows and columns of the file, (rows of the file, its columns) float32, memory-mapped.
        places: of the rows in it, (rows,) integers.
        columns: positions of the columns, (columns,).
    """

    values: np.ndarray
    places: np.ndarray
    columns: np.ndarray

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, rows: Any) -> Any:
        """Read one row, (columns,) float32, or those of a slice or of an array of positions, (n, columns)."""
        return self.values[self.places[rows]][..., self.columns]

    def groups(self, size: int) -> Iterator[np.ndarray]:
        """Read all rows of a few columns after the other, (rows, n) float32, n at least 1.

        Args:
            size: bytes that they may take.
        """
        width = max(1, size // (4 * len(self)))
        for start in range(0, len(self.columns), width):
            columns = self.columns[start : start + width]
            group = np.empty((len(self), len(columns)), np.float32)
            for first in range(0, len(self), AT_ONCE):
                rows = slice(first, first + AT_ONCE)
                group[rows] = self.values[self.places[rows]][:, columns]
            yield group
