"""Rows in memory, as programs have them → `SplitTable`.

DataFrame or paths, for each side → `Listed` → `columns` → `folds` → `SplitTable`

>>> split = read_rows({"train": ["a.wav"], "test": pd.DataFrame({"file": ["b.wav"], "spk": [7]})}, Columns())
>>> split.rows.to_dict("list")
{'path': ['a.wav', 'b.wav'], 'side': ['train', 'test'], 'fold': ['1', '1'], 'spk': [None, '7']}
"""

import os
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import pandas as pd

from ser_models.auditing.sources.columns import Columns, understand
from ser_models.auditing.sources.folds import arranged
from ser_models.auditing.sources.listing import Listed
from ser_models.auditing.split_table import SplitTable

Rows: TypeAlias = pd.DataFrame | Sequence[str | os.PathLike[str]]
"""A row or a path per recording."""


def read_rows(given: Mapping[str | None, Rows], columns: Columns) -> SplitTable:
    """Read a split.

    Args:
        given: rows by side; of the side None, rows with a column of sides or folds.
        columns: names of columns.

    Raises:
        InputError: if there is no column of paths, or nothing states the sides.
    """
    lists = [
        understand(Listed(side or "the split", _cells(rows), side), columns) for side, rows in given.items()
    ]
    rows = pd.concat([one.rows for one in lists], ignore_index=True)
    arranged_rows, notes = arranged(rows, next((one.hint for one in lists if one.hint), ""))
    return SplitTable(
        arranged_rows.astype(object).where(arranged_rows.notna(), None),
        {key: name for one in lists for key, name in one.columns.items()},
        (*dict.fromkeys(note for one in lists for note in one.notes), *notes),
        listed=len(rows),
    )


def _cells(rows: Rows) -> pd.DataFrame:
    """The cells as text, null where missing; a named index is a column too, as in audformat."""
    if not isinstance(rows, pd.DataFrame):
        return pd.DataFrame({"path": [os.fspath(path) for path in rows]}, dtype=object)
    table = rows.reset_index() if any(name is not None for name in rows.index.names) else rows
    return pd.DataFrame(
        {str(name): table[name].map(str, na_action="ignore").astype(object) for name in table.columns}
    )
